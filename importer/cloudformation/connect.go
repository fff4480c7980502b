package cloudformation

import (
	"maps"
	"slices"
	"strings"

	"ambi/importer/functions"
	"ambi/importer/source"
	"ambi/internal/lazyregexp"
)

// called is the function that a value leads to: by a reference to it, or within the address by
// which API Gateway invokes it.
func (r *reading) called(n *source.Node) *functions.Function {
	if n == nil {
		return nil
	}
	if name, _ := r.target(n); r.functions[name] != nil {
		return r.functions[name]
	}
	for _, name := range slices.Sorted(maps.Keys(r.functions)) {
		f := r.functions[name]
		for _, form := range []string{"${" + name + "}", "${" + name + ".Arn}", "${" + name + ".Alias}", ":function:" + name} {
			if strings.HasSuffix(n.Text, form) || strings.Contains(n.Text, form+"/invocations") || strings.Contains(n.Text, form+":") {
				return f
			}
		}
	}
	// An alias or a version of a function.
	if _, other := r.target(n); other != nil && strings.HasPrefix(other.Get("Type").String(), "AWS::Lambda::") {
		if to := other.Get("Properties", "FunctionName"); to != nil && to.Text != n.Text {
			return r.called(to)
		}
	}
	return nil
}

// connect finds what starts functions among the resources.
func (r *reading) connect() {
	r.find("AWS::ApiGatewayV2::Route", r.routeV2)
	r.find("AWS::ApiGateway::Method", r.method)
	r.definitions()
	r.find("AWS::Lambda::EventSourceMapping", r.mapping)
	r.find("AWS::Events::Rule", r.rule)
	r.find("AWS::Scheduler::Schedule", r.schedule)
	r.find("AWS::S3::Bucket", r.notifications)
	r.find("AWS::Lambda::Url", func(name string, n *source.Node) {
		if f := r.called(n.Get("Properties", "TargetFunctionArn")); f != nil {
			r.used[name] = true
			n.Get("Properties", "TargetFunctionArn").See()
			r.url(f, n.Get("Properties"))
		}
	})
	r.find("AWS::Lambda::EventInvokeConfig", func(name string, n *source.Node) { r.about(name, n, "FunctionName") })
	for _, kind := range []string{"AWS::Lambda::Permission", "AWS::Lambda::Alias", "AWS::Lambda::Version"} {
		r.find(kind, func(name string, n *source.Node) {
			if r.called(n.Get("Properties", "FunctionName")) != nil {
				r.used[name] = true
				n.See()
			}
		})
	}
	r.find("AWS::Logs::LogGroup", func(name string, n *source.Node) {
		group := n.Get("Properties", "LogGroupName")
		for fn, f := range r.functions {
			if strings.HasSuffix(group.String(), "${"+fn+"}") || f.Node.Get("Properties", "FunctionName").String() != "" && strings.HasSuffix(group.String(), "/"+f.Node.Get("Properties", "FunctionName").String()) {
				r.used[name] = true
				f.Retention = n.Get("Properties", "RetentionInDays")
				f.Skip(group)
			}
		}
	})
	r.elsewhere()
}

// elsewhere finds what else starts functions that nothing of the above does: state machines,
// authorizers, resources of the template's own kinds.
func (r *reading) elsewhere() {
	for _, name := range r.resources.Keys {
		n := r.resources.Child(name)
		kind := n.Get("Type").String()
		if plumbing.MatchString(kind) {
			continue
		}
		found := map[string]bool{}
		mentions(n, found)
		for logical, f := range r.functions {
			if len(f.Triggers) == 0 && (found["${"+logical+"}"] || found["${"+logical+".Arn}"]) && !slices.Contains(f.Others, kind+" "+name) {
				f.Others = append(f.Others, kind+" "+name)
			}
		}
	}
}

// plumbing are resources that refer to functions and start none.
var plumbing = lazyregexp.New(`^AWS::(Serverless::Function|Lambda::|IAM::|Logs::|CloudWatch::|SSM::|Serverless::SimpleTable|DynamoDB::)`)

// mentions gathers the references that values have.
func mentions(n *source.Node, into map[string]bool) {
	if n.Why != "" {
		for _, m := range variable.FindAllString(n.Text, -1) {
			into[m] = true
		}
	}
	for _, item := range n.Items {
		mentions(item, into)
	}
	for _, key := range n.Keys {
		mentions(n.Child(key), into)
	}
}

// about notes a resource that belongs to a function, and that the stack makes itself.
func (r *reading) about(name string, n *source.Node, key string) {
	if r.called(n.Get("Properties", key)) != nil {
		r.used[name] = true
		r.objects[name].Leave(n.Get("Properties"), "the stack says how often a failed run is tried again", true)
	}
}

// routeV2 reads a route of an HTTP API.
func (r *reading) routeV2(name string, n *source.Node) {
	p := n.Get("Properties")
	apiName, api := r.target(p.Get("ApiId"))
	key := p.Get("RouteKey")
	if api.Get("Properties", "ProtocolType").String() == "WEBSOCKET" {
		r.used[name] = true
		r.objects[name].Leave(p, "a service answers requests, and no WebSocket", true)
		return
	}
	var integration *source.Node
	integrationName := ""
	for _, candidate := range r.resources.Keys {
		if strings.Contains(p.Get("Target").String(), "${"+candidate+"}") {
			integrationName, integration = candidate, r.resources.Get(candidate)
		}
	}
	f := r.called(integration.Get("Properties", "IntegrationUri"))
	if f == nil {
		return
	}
	method, path, found := strings.Cut(key.String(), " ")
	if !found {
		method, path = "ANY", ""
	}
	o := r.objects[name]
	routes, why := functions.Routes(method, path)
	for _, used := range []string{name, integrationName, apiName} {
		r.used[used] = true
	}
	integration.Get("Properties").See()
	if routes == nil {
		o.Leave(key, why, true)
		return
	}
	t := functions.Trigger{Object: o, Kind: "http", Name: name, At: n, HTTP: &functions.HTTP{Routes: routes, At: key, Why: why}}
	switch kind := p.Get("AuthorizationType").String(); kind {
	case "", "NONE":
	case "JWT":
		authorizerName, authorizer := r.target(p.Get("AuthorizerId"))
		r.used[authorizerName] = true
		jwt := authorizer.Get("Properties", "JwtConfiguration")
		t.HTTP.Authorizer = &functions.Authorizer{At: p.Get("AuthorizationType"), Kind: "callers with a token", Issuer: jwt.Get("Issuer"), Audience: jwt.Get("Audience")}
		if jwt.Get("Issuer") == nil {
			t.HTTP.Authorizer.Issuer = p.Get("AuthorizationType").Open("${"+authorizerName+"}", "names no issuer")
		}
		authorizer.See()
	case "AWS_IAM":
		t.HTTP.Authorizer = &functions.Authorizer{At: p.Get("AuthorizationType"), Kind: "callers with rights in AWS"}
	default:
		t.HTTP.Authorizer = &functions.Authorizer{At: p.Get("AuthorizationType"), Kind: "what an authorizer lets through"}
	}
	if cors := api.Get("Properties", "CorsConfiguration"); cors != nil {
		t.HTTP.CORS = corsOf(cors, "Allow")
	}
	o.Skip(p.Get("Target"), p.Get("ApiId"), p.Get("AuthorizerId"), p.Get("AuthorizationType"))
	f.Triggers = append(f.Triggers, t)
}

// method reads a method of a REST API's resource.
func (r *reading) method(name string, n *source.Node) {
	p := n.Get("Properties")
	f := r.called(p.Get("Integration", "Uri"))
	o := r.objects[name]
	if f == nil {
		if p.Get("HttpMethod").String() == "OPTIONS" && strings.EqualFold(p.Get("Integration", "Type").String(), "MOCK") {
			r.used[name] = true
			o.Leave(p, "set http.cors: the API then answers these itself", true)
		}
		return
	}
	path := ""
	at := p.Get("ResourceId")
	for range 50 {
		part, resource := r.target(at)
		if resource.Get("Type").String() != "AWS::ApiGateway::Resource" {
			break
		}
		r.used[part] = true
		path = "/" + resource.Get("Properties", "PathPart").String() + path
		resource.See()
		at = resource.Get("Properties", "ParentId")
	}
	if path == "" {
		path = "/"
	}
	routes, why := functions.Routes(p.Get("HttpMethod").String(), path)
	r.used[name] = true
	if routes == nil {
		o.Leave(p, why, true)
		return
	}
	t := functions.Trigger{Object: o, Kind: "http", Name: name, At: n, HTTP: &functions.HTTP{Routes: routes, At: p.Get("HttpMethod"), Why: why, Old: true}}
	switch kind := p.Get("AuthorizationType").String(); {
	case p.Get("ApiKeyRequired").String() == "true":
		t.HTTP.Authorizer = &functions.Authorizer{At: p.Get("ApiKeyRequired"), Kind: "callers with an API key"}
	case kind == "AWS_IAM":
		t.HTTP.Authorizer = &functions.Authorizer{At: p.Get("AuthorizationType"), Kind: "callers with rights in AWS"}
	case kind != "" && kind != "NONE":
		t.HTTP.Authorizer = &functions.Authorizer{At: p.Get("AuthorizationType"), Kind: "what an authorizer lets through"}
	}
	p.Get("Integration").See()
	o.Skip(p.Get("ResourceId"), p.Get("RestApiId"), p.Child("AuthorizationType"), p.Child("MethodResponses"), p.Child("AuthorizerId"))
	f.Triggers = append(f.Triggers, t)
}

// mapping reads what brings messages to a function.
func (r *reading) mapping(name string, n *source.Node) {
	p := n.Get("Properties")
	f := r.called(p.Get("FunctionName"))
	if f == nil {
		return
	}
	r.used[name] = true
	o := r.objects[name]
	from := p.Get("EventSourceArn")
	_, resource := r.target(from)
	kind := resource.Get("Type").String()
	if kind != "" && kind != "AWS::SQS::Queue" || kind == "" && !strings.Contains(from.String(), ":sqs:") && !strings.Contains(strings.ToLower(from.String()), "queue") {
		f.Others = append(f.Others, "a stream")
		o.Leave(p, Other("stream"), true)
		return
	}
	o.Skip(p.Get("FunctionName"))
	t := functions.Trigger{Object: o, Name: name, At: n}
	f.Triggers = append(f.Triggers, t.Queue(functions.Queue{
		Source: from, Batch: p.Get("BatchSize"), Window: p.Get("MaximumBatchingWindowInSeconds"), Most: p.Get("ScalingConfig", "MaximumConcurrency"),
		Failures: p.Get("FunctionResponseTypes"), Enabled: p.Get("Enabled"), Filter: p.Get("FilterCriteria"),
	}))
}

// rule reads a rule of EventBridge's that runs a function at set times.
func (r *reading) rule(name string, n *source.Node) {
	p := n.Get("Properties")
	for _, target := range p.Get("Targets").List() {
		f := r.called(target.Get("Arn"))
		if f == nil {
			continue
		}
		r.used[name] = true
		o := r.objects[name]
		if p.Get("ScheduleExpression") == nil {
			f.Others = append(f.Others, "a rule of EventBridge's")
			o.Leave(p, Other("EventBridgeRule"), true)
			return
		}
		o.Skip(p.Child("Targets"), p.Child("Name"), p.Child("Description"))
		t := functions.Trigger{Object: o, Name: name, At: n}
		f.Triggers = append(f.Triggers, t.Schedule(functions.Schedule{Expression: p.Get("ScheduleExpression"), Input: target.Get("Input"), Enabled: p.Get("State")}))
	}
}

// schedule reads a schedule of EventBridge Scheduler's.
func (r *reading) schedule(name string, n *source.Node) {
	p := n.Get("Properties")
	f := r.called(p.Get("Target", "Arn"))
	if f == nil {
		return
	}
	r.used[name] = true
	o := r.objects[name]
	o.Skip(p.Get("Target", "Arn"), p.Get("Target", "RoleArn"), p.Child("Name"), p.Child("Description"), p.Child("FlexibleTimeWindow"))
	t := functions.Trigger{Object: o, Name: name, At: n}
	f.Triggers = append(f.Triggers, t.Schedule(functions.Schedule{
		Expression: p.Get("ScheduleExpression"), Zone: p.Get("ScheduleExpressionTimezone"), Input: p.Get("Target", "Input"),
		Enabled: p.Get("State"), Attempts: p.Get("Target", "RetryPolicy", "MaximumRetryAttempts"),
	}))
}

// notifications reads which functions a bucket starts.
func (r *reading) notifications(name string, n *source.Node) {
	all := n.Get("Properties", "NotificationConfiguration", "LambdaConfigurations")
	for _, item := range all.List() {
		f := r.called(item.Get("Function"))
		if f == nil {
			continue
		}
		o := r.objects[name]
		events := functions.Items(item.Get("Event"))
		if !functions.Created(events) {
			o.Leave(item, "only new objects of a bucket start a service", true)
			continue
		}
		u := functions.Uploads{Bucket: item.Get("Function").Open("${"+name+"}", "is this bucket"), Events: events}
		r.filter(&u, item.Get("Filter", "S3Key", "Rules"))
		item.Get("Function").See()
		t := functions.Trigger{Object: o, Name: name, At: item}
		f.Triggers = append(f.Triggers, t.Uploads(u))
	}
}
