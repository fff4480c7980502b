package cloudformation

import (
	"slices"
	"strings"

	"ambi/importer/functions"
	"ambi/importer/source"
)

// properties are those of a function, with what the template sets for all of its kind.
type properties struct {
	own, all *source.Node
}

func (p properties) get(keys ...string) *source.Node {
	if n := p.own.Get(keys...); n != nil {
		return n
	}
	return p.all.Get(keys...)
}

// serverless reads a function of SAM's.
// Source: https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-resource-function.html
func (r *reading) serverless(name string, n *source.Node) {
	p := properties{n.Get("Properties"), r.globals.Get("Function")}
	f := r.function(name, n, p)
	f.Code = p.get("CodeUri")
	if f.Code == nil {
		f.Code = p.get("InlineCode")
	}
	f.VPC = p.get("VpcConfig")
	f.Provisioned = p.get("ProvisionedConcurrencyConfig", "ProvisionedConcurrentExecutions")
	if p.get("PackageType").String() == "Image" {
		f.Code = nil
		if f.Image = p.get("ImageUri"); f.Image == nil {
			if f.Built = n.Get("Metadata", "DockerContext"); f.Built == nil {
				f.Built = p.get("PackageType")
			}
		}
	}
	f.Skip(p.get("PackageType"))
	r.policies(f, p.get("Policies"))
	if role := p.get("Role"); role != nil {
		r.role(f, role)
	}
	if url := p.get("FunctionUrlConfig"); url != nil {
		r.url(f, url)
	}
	events := p.own.Get("Events")
	if events != nil {
		for _, key := range events.Keys {
			r.event(f, key, events.Child(key))
		}
	}
}

// plain reads a function of CloudFormation's own.
func (r *reading) plain(name string, n *source.Node) {
	p := properties{own: n.Get("Properties")}
	f := r.function(name, n, p)
	f.Code = p.get("Code")
	if image := p.get("Code", "ImageUri"); image != nil {
		f.Image, f.Code = image, nil
	}
	f.Skip(p.get("PackageType"))
	f.VPC = p.get("VpcConfig")
	r.role(f, p.get("Role"))
}

// function is what functions of both kinds say alike.
func (r *reading) function(name string, n *source.Node, p properties) *functions.Function {
	f := &functions.Function{
		Object: r.objects[name], Name: name, Node: n,
		Handler: p.get("Handler"), Runtime: p.get("Runtime"),
		Memory: p.get("MemorySize"), Timeout: p.get("Timeout"), Reserved: p.get("ReservedConcurrentExecutions"),
		EntryPoint: p.get("ImageConfig", "EntryPoint"), Command: p.get("ImageConfig", "Command"),
	}
	if architectures := p.get("Architectures").List(); len(architectures) > 0 {
		f.Architecture = architectures[0]
		f.Skip(architectures[1:]...)
	}
	if f.Tracing = p.get("Tracing"); f.Tracing == nil {
		f.Tracing = p.get("TracingConfig", "Mode")
	}
	if layers := p.get("Layers"); layers != nil && len(layers.List()) > 0 {
		kept := layers.Empty(source.List)
		for _, layer := range layers.Items {
			if strings.Contains(layer.Text, "LambdaAdapterLayer") {
				f.Adapted = true
				f.Skip(layer)
				continue
			}
			kept.Items = append(kept.Items, layer)
		}
		if len(kept.Items) > 0 {
			f.Layers = layers
		}
	}
	// What all functions have stays below what one has itself.
	for _, all := range []*source.Node{p.all.Get("Environment", "Variables"), p.own.Get("Environment", "Variables")} {
		if all == nil {
			continue
		}
		for _, key := range all.Keys {
			f.Variables = slices.DeleteFunc(f.Variables, func(v functions.Variable) bool { return v.Name == key })
			f.Variables = append(f.Variables, functions.Variable{Name: key, At: all.Child(key)})
		}
	}
	r.used[name] = true
	r.functions[name] = f
	r.app.Functions = append(r.app.Functions, f)
	return f
}

// policies reads the policies of a function of SAM's: templates, statements, documents and
// names of managed policies.
func (r *reading) policies(f *functions.Function, n *source.Node) {
	items := n.List()
	if n != nil && n.Kind != source.List {
		items = []*source.Node{n}
	}
	for _, item := range items {
		switch {
		case item.Kind == source.Scalar:
			managed(f, item)
		case item.Get("Statement") != nil:
			statements(f, item.Get("Statement"))
			f.Skip(item.Child("Version"), item.Child("Id"))
		case len(item.Keys) == 1:
			template(f, item.Keys[0], item)
		}
	}
}

// managed notes a policy that AWS or the account has.
func managed(f *functions.Function, n *source.Node) {
	name := n.Text[strings.LastIndex(n.Text, "/")+1:]
	switch name {
	case "AWSLambdaBasicExecutionRole", "AWSXRayDaemonWriteAccess", "AWSXrayWriteOnlyAccess", "AWSLambdaVPCAccessExecutionRole", "AWSLambdaSQSQueueExecutionRole":
		f.Skip(n)
		return
	}
	if n.Why == "" && strings.HasPrefix(n.Text, "AWSLambda") && strings.HasSuffix(n.Text, "ExecutionRole") {
		f.Skip(n)
		return
	}
	f.RoleOutside = true
	f.Leave(n, "a spec names no policies: write what it may do under permissions", true)
}

// statements reads one statement of IAM's, or a list of them.
func statements(f *functions.Function, n *source.Node) {
	all := n.List()
	if n != nil && n.Kind == source.Map {
		all = []*source.Node{n}
	}
	for _, s := range all {
		f.Statements = append(f.Statements, functions.StatementOf(s))
	}
}

// templates of SAM's policies whose rights a spec has.
// Source: https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/serverless-policy-template-list.html
func template(f *functions.Function, name string, n *source.Node) {
	const bucket = "its rights are on objects and their list: not on their access lists and versions"
	const table = "its rights are on items: not on the table's description"
	about := n.Child(name)
	s := functions.Statement{At: n}
	switch name {
	case "S3ReadPolicy":
		s.Rights, s.Of, s.Why = []string{"read"}, about.Get("BucketName"), bucket
	case "S3WritePolicy":
		s.Rights, s.Of, s.Why = []string{"write"}, about.Get("BucketName"), bucket
	case "S3CrudPolicy", "S3FullAccessPolicy":
		s.Rights, s.Of, s.Why = []string{"read", "write", "delete"}, about.Get("BucketName"), bucket
	case "DynamoDBReadPolicy":
		s.Rights, s.Of, s.Why = []string{"read"}, about.Get("TableName"), table
	case "DynamoDBWritePolicy":
		s.Rights, s.Of, s.Why = []string{"write"}, about.Get("TableName"), "write includes deleting items"
	case "DynamoDBCrudPolicy":
		s.Rights, s.Of, s.Why = []string{"read", "write"}, about.Get("TableName"), table
	case "SQSSendMessagePolicy":
		s.Rights, s.Of = []string{"send"}, about.Get("QueueName")
	case "SQSPollerPolicy", "VPCAccessPolicy", "EventBridgePutEventsPolicy":
		if name != "EventBridgePutEventsPolicy" {
			f.Skip(n) // a trigger, or the stack, gives it
			return
		}
		fallthrough
	case "LambdaInvokePolicy":
		f.Leave(n, "functions of the app call each other by needs, over HTTP; for what is outside, write permissions", true)
		return
	default:
		f.Leave(n, "is no policy that a spec has: write what it may do under permissions", true)
		return
	}
	f.Statements = append(f.Statements, s)
}

// role reads what a role of the template may do.
func (r *reading) role(f *functions.Function, n *source.Node) {
	name, role := r.target(n)
	if role.Get("Type").String() != "AWS::IAM::Role" {
		if n == nil {
			return
		}
		f.RoleOutside = true
		if r.told[n.Place()] {
			return // of all functions
		}
		r.told[n.Place()] = true
		f.Leave(n, "ambi makes a role for each service: write what it may do under permissions", true)
		return
	}
	f.Skip(n)
	r.used[name] = true
	o := r.objects[name]
	p := role.Get("Properties")
	o.Skip(p.Child("AssumeRolePolicyDocument"), p.Child("RoleName"), p.Child("Path"), p.Child("Description"), p.Child("Tags"))
	for _, policy := range p.Get("ManagedPolicyArns").List() {
		managed(f, policy)
	}
	for _, policy := range p.Get("Policies").List() {
		o.Skip(policy.Child("PolicyName"), policy.Get("PolicyDocument").Child("Version"))
		statements(f, policy.Get("PolicyDocument", "Statement"))
	}
	for _, other := range r.resources.Keys {
		policy := r.resources.Child(other)
		if kind := policy.Get("Type").String(); !slices.Contains([]string{"AWS::IAM::Policy", "AWS::IAM::ManagedPolicy", "AWS::IAM::RolePolicy"}, kind) {
			continue
		}
		for _, of := range append(functions.Items(policy.Get("Properties", "RoleName")), policy.Get("Properties", "Roles").List()...) {
			if to, _ := r.target(of); to == name {
				r.used[other] = true
				statements(f, policy.Get("Properties", "PolicyDocument", "Statement"))
				r.objects[other].Skip(policy.Get("Properties", "PolicyDocument").Child("Version"), policy.Get("Properties").Child("PolicyName"), policy.Get("Properties").Child("Roles"), policy.Get("Properties").Child("RoleName"))
			}
		}
	}
}

// url makes a route of a function's own address.
func (r *reading) url(f *functions.Function, n *source.Node) {
	t := functions.Trigger{Object: f.Object, Kind: "http", At: n, HTTP: &functions.HTTP{At: n, Why: functions.URL}}
	t.HTTP.Routes, _ = functions.Routes("", "")
	auth := n.Get("AuthType")
	if auth.String() == "AWS_IAM" {
		t.HTTP.Authorizer = &functions.Authorizer{At: auth, Kind: "callers with rights in AWS"}
	} else {
		f.Skip(auth)
	}
	if cors := n.Get("Cors"); cors != nil {
		t.HTTP.CORS = corsOf(cors, "Allow")
	}
	f.Leave(n.Get("InvokeMode"), "an HTTP API sends whole answers: a stream of them needs another way", true)
	f.Triggers = append(f.Triggers, t)
}
