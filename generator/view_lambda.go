package generator

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"ambi/internal/goname"
	"ambi/internal/textwrap"
	"ambi/spec"
	"ambi/target/lambda"
)

// lambdaFeatures are in the order in which their parts stand in a file.
//
//nolint:gochecknoglobals // a constant in all but name
var lambdaFeatures = []feature[lambda.Service]{
	{"http", lambda.Service.HasHTTP},
	{"image", func(s lambda.Service) bool { return s.Zip == "" }},
	{"command", func(s lambda.Service) bool { return len(s.EntryPoint)+len(s.Command) > 0 }},
	{"zip", func(s lambda.Service) bool { return s.Zip != "" }},
	{"adapter", func(s lambda.Service) bool { return s.AdapterLayer != "" }},
	{"variables", func(s lambda.Service) bool { return slices.ContainsFunc(s.Environment, isPlain) }},
	{"references", func(s lambda.Service) bool {
		return slices.ContainsFunc(s.Environment, func(v lambda.Variable) bool { return !isPlain(v) })
	}},
	{"secrets", func(s lambda.Service) bool { return len(s.Secrets) > 0 }},
	{"needs", func(s lambda.Service) bool {
		return slices.ContainsFunc(s.Environment, func(v lambda.Variable) bool { return v.Service != "" })
	}},
	{"internal", func(s lambda.Service) bool { return s.Internal }},
	{"called-across", func(s lambda.Service) bool { return len(s.CallersAcross) > 0 }},
	{"invokes", func(s lambda.Service) bool { return len(s.Invokes) > 0 }},
	{"permissions", func(s lambda.Service) bool { return len(s.Permissions) > 0 }},
	{"tracing", func(s lambda.Service) bool { return s.Tracing }},
	{"vpc", func(s lambda.Service) bool { return s.VPC }},
	{"reserved", func(s lambda.Service) bool { return s.Reserved > 0 }},
	{"uses", func(s lambda.Service) bool { return usesData(s.Access) }},
	{"network", func(s lambda.Service) bool { return len(s.Access.Reached()) > 0 }},
	{"listing", func(s lambda.Service) bool { return listsPrefixes(s.Access) }},
	{"indexes", func(s lambda.Service) bool { return usesIndexes(s.Access) }},
	{"paused", func(s lambda.Service) bool { return s.Events != nil || s.Schedule != nil }},
	{"switched", lambda.Service.Switched},
	{"consumer", func(s lambda.Service) bool { return s.Events != nil && s.Switched() }},
	{"timed", func(s lambda.Service) bool { return s.Schedule != nil && s.Switched() }},
	{"queue", func(s lambda.Service) bool { return s.Events != nil }},
	{"fifo", func(s lambda.Service) bool { return s.Events != nil && s.Events.FIFO }},
	{"uploads", func(s lambda.Service) bool { return s.Events != nil && s.Events.Uploads }},
	{"schedule", func(s lambda.Service) bool { return s.Schedule != nil }},
	{"provisioned", func(s lambda.Service) bool { return s.Provisioned > 0 }},
	{"bounded", func(s lambda.Service) bool { return s.Provisioned > 0 && s.Reserved > 0 }},
	{"authorizer", func(s lambda.Service) bool { return s.Authorizer != "" }},
	{"health-route", func(s lambda.Service) bool { return s.HealthRoute != "" }},
	{"preflights", func(s lambda.Service) bool { return len(s.OpenRoutes) > 0 }},
}

// isPlain tells a value from a reference to a secret, to another service or to data.
func isPlain(v lambda.Variable) bool {
	return v.SecretName == "" && v.Service == "" && v.Output.Key == ""
}

// lambdaFeaturesOf lists what the services of an app have, and what its API has.
func lambdaFeaturesOf(m *lambda.Model) []string {
	list := namesOf(lambdaFeatures, m.Services...)
	if m.CORS != nil {
		list = append(list, "cors")
	}
	if len(m.Domains) > 0 {
		list = append(list, "domains")
	}
	queues, schedules := slices.Contains(list, "queue"), slices.Contains(list, "schedule")
	if schedules && !queues && m.HasHTTP() {
		list = append(list, "requests-only")
	}
	return append(list, activity(list)...)
}

type lambdaView struct {
	App             string
	Intro           []string // the lines of the package's comment
	Declares        string   // what Deploy declares
	SettingsImport  string
	StacktestImport string
	DatastackImport string
	CORS            *lambda.CORS
	Authorizers     []authorizerView
	Domains         []string
	// AccessLogRetentionDays is a fact of the API, as the services' are theirs.
	AccessLogRetentionDays int
	Kept                   keptWords // the kinds of data
	Secrets                []secretView
	Services               []lambdaService
	lambdaLimits
	Reached  []reachedView // data that services reach through the network
	features []string
}

// lambdaLimits are what emitted code checks settings against: the limits of the target,
// and the ranges of the spec.
type lambdaLimits struct {
	MinMemoryMB, MaxMemoryMB                  int
	MemoryForOneVCPU                          string
	MaxTimeoutSeconds, MaxRouteTimeoutSeconds int
	MaxProvisioned                            int
	RouteRate, RouteBurst                     int
	LogRetentions                             []int
}

func newLambdaLimits() lambdaLimits {
	return lambdaLimits{
		MinMemoryMB: lambda.MinMemoryMB, MaxMemoryMB: lambda.MaxMemoryMB,
		MemoryForOneVCPU:  fmt.Sprintf("%d,%03d", lambda.MemoryMBForOneVCPU/1000, lambda.MemoryMBForOneVCPU%1000),
		MaxTimeoutSeconds: lambda.MaxTimeoutSeconds, MaxRouteTimeoutSeconds: lambda.MaxRouteTimeoutSeconds,
		MaxProvisioned: spec.MaxInstances,
		RouteRate:      lambda.RoutePerSecond, RouteBurst: lambda.RouteBurst,
		LogRetentions: spec.LogRetentions(),
	}
}

func (v lambdaView) featureNames() (string, []string) { return "lambda", v.features }

// introduce says what the program has, by what starts its functions.
func (v *lambdaView) introduce(m *lambda.Model) {
	v.Intro = []string{
		"Package lambda declares " + v.App + " on AWS: a Lambda function for each service, behind one HTTP",
		"API. function.go says what every service is made of, gateway.go how requests reach it,",
		"and each service has a file of its own with its facts and what it has beside that. ambi",
		`wrote it from app/app.yaml, and it is yours to edit; "ambi diff" shows how it differs`,
		"from what ambi would write today.",
	}
	v.Declares = "the API and then each service behind it"
	features := lambdaFeaturesOf(m)
	events := slices.Contains(features, "queue")
	switch {
	case slices.Contains(features, "schedule"):
		v.introduceRuns(m, events)
	case events && m.HasHTTP():
		v.Declares = "the API and then each service"
		v.Intro = slices.Concat([]string{
			"Package lambda declares " + v.App + " on AWS: a Lambda function for each service, behind one HTTP",
			"API or fed by a queue. function.go says what every service is made of, gateway.go and",
			"events.go how requests and messages reach it,",
		}, v.Intro[2:])
	case events:
		v.Declares = "each service"
		v.Intro = slices.Concat([]string{
			"Package lambda declares " + v.App + " on AWS: a Lambda function for each service, fed by a",
			"queue. function.go says what every service is made of, events.go how messages reach it,",
		}, v.Intro[2:])
	}
}

// introduceRuns is the same where schedules run some of the functions.
func (v *lambdaView) introduceRuns(m *lambda.Model, events bool) {
	by, files := []string{}, []string{}
	if m.HasHTTP() {
		v.Declares = "the API and then each service"
		by, files = append(by, "behind one HTTP API"), append(files, "gateway.go")
	} else {
		v.Declares = "each service"
	}
	if events {
		by, files = append(by, "fed by a queue"), append(files, "events.go")
	}
	by, files = append(by, "run at set times"), append(files, "schedule.go")
	text := "Package lambda declares " + v.App + " on AWS: a Lambda function for each service, " + sentence(by, "or") + ". function.go says what every service is made of, " +
		sentence(files, "and") + " what starts it, " + strings.Join(v.Intro[2:], " ")
	v.Intro = textwrap.Lines(text, 90)
}

type secretView struct{ Name, Field, Description string }

type authorizerView struct {
	lambda.Authorizer
	Field  string
	Suffix string // follows the app's name in the resource's
}

type lambdaService struct {
	lambda.Service
	names
	StacktestImport   string
	ZipFromStacks     string // the program runs in stacks/
	MemoryComment     string
	Secrets           []secretView
	Variables         []lambdaVariable
	Grants            []grantView
	Reached           []reachedView       // data that it reaches through the network
	Source            string              // the field of the data that has the queue of its events
	Guard             *authorizerView     // of the service's routes; nil for none
	SortedPermissions []lambda.Permission // for comparison
	InvokeNames       []names             // of the internal services that it calls
	features          []string
}

// RouteList is the elements of a list of the route keys: on its line where there is one.
func (s lambdaService) RouteList() string {
	if len(s.Routes) == 1 {
		return quote(s.Routes[0])
	}
	var b strings.Builder
	for _, key := range s.Routes {
		b.WriteString("\n" + quote(key) + ",")
	}
	return b.String() + "\n"
}

// ScheduleInput is what each run of the function gets, as Go.
func (s lambdaService) ScheduleInput() string { return readable(s.Schedule.Input) }

func (s lambdaService) featureNames() (string, []string) { return "lambda", s.features }

type lambdaVariable struct {
	Name, Value           string
	Plain                 bool   // a value, and no reference
	Secret                string // set for a reference: the secret's field
	SecretName, SecretKey string
	Service               string // set for an address
	Output, Field         string // set for where data is: the data stack's output, and its field
}

func newLambdaView(in Input, all naming) lambdaView {
	view := lambdaView{
		App:                    in.App,
		SettingsImport:         path.Join(in.Module, "stacks/settings"),
		StacktestImport:        path.Join(in.Module, "stacks/stacktest"),
		DatastackImport:        path.Join(in.Module, "stacks/datastack"),
		CORS:                   in.Lambda.CORS,
		Domains:                in.Lambda.Domains,
		AccessLogRetentionDays: in.Lambda.AccessLogRetentionDays,
		Kept:                   wordsOf(in.Data),
		lambdaLimits:           newLambdaLimits(),
		features:               lambdaFeaturesOf(in.Lambda),
	}
	view.introduce(in.Lambda)
	secrets, used := map[string]secretView{}, map[string]bool{}
	for _, s := range in.Lambda.Secrets {
		secret := secretView{
			Name:        s.Name,
			Field:       unused(used, goname.Local(secretStem(in.App, s.Name), "Secret")),
			Description: "Set its value outside Pulumi: a JSON object with " + keys(s.Keys),
		}
		secrets[s.Name] = secret
		view.Secrets = append(view.Secrets, secret)
	}
	used = map[string]bool{}
	for _, a := range in.Lambda.Authorizers {
		view.Authorizers = append(view.Authorizers, authorizerView{
			Authorizer: a,
			Field:      unused(used, goname.Local(letterFirst(issuerStem(a.Issuer)), "Issuer")),
			Suffix:     "-" + a.Name,
		})
	}
	for _, s := range in.Lambda.Services {
		service := lambdaService{
			Service:         s,
			names:           all[s.Name],
			StacktestImport: view.StacktestImport,
			ZipFromStacks:   "../" + s.Zip,
			features:        namesOf(lambdaFeatures, s),
		}
		if s.MemoryDecidedBy == "cpu" {
			service.MemoryComment = fmt.Sprintf(" // gives %s of CPU", s.CPU)
		}
		for _, callee := range s.Invokes {
			service.InvokeNames = append(service.InvokeNames, all[callee])
		}
		for _, name := range s.Secrets {
			service.Secrets = append(service.Secrets, secrets[name])
		}
		for _, v := range s.Environment {
			variable := lambdaVariable{
				Name: v.Name, Value: v.Value, Plain: isPlain(v), Secret: secrets[v.SecretName].Field, SecretName: v.SecretName, SecretKey: v.SecretKey, Service: v.Service,
			}
			if v.Output.Key != "" {
				variable.Output, variable.Field = v.Output.Name(), outputField(v.Output)
			}
			service.Variables = append(service.Variables, variable)
		}
		service.Grants = grantViews(s.Access)
		service.Reached = reachedBy(s.Access)
		view.Reached = reachedBy(s.Access, view.Reached...)
		if s.Events != nil {
			service.Source = dataField(s.Events.Queue, "queue")
		}
		for _, p := range s.Permissions {
			service.SortedPermissions = append(service.SortedPermissions, lambda.Permission{
				Actions: slices.Sorted(slices.Values(p.Actions)), Resources: slices.Sorted(slices.Values(p.Resources)),
			})
		}
		for i := range view.Authorizers {
			if view.Authorizers[i].Name == s.Authorizer {
				service.Guard = &view.Authorizers[i]
			}
		}
		view.Services = append(view.Services, service)
	}
	return view
}

// secretStem leaves the app's name out of a secret's where it only repeats it.
func secretStem(app, secret string) string {
	if rest, ok := strings.CutPrefix(secret, app+"-"); ok && rest != "" && rest[0] >= 'a' {
		return rest
	}
	if secret[0] < 'a' { // an identifier does not begin with a digit
		return app + "-" + secret
	}
	return secret
}

// issuerStem is the first label of an issuer's host, which tells most apart: login
// of https://login.example.com.
func issuerStem(issuer string) string {
	host := strings.TrimPrefix(issuer, "https://")
	return host[:strings.IndexAny(host+".", ".:/")]
}

// letterFirst makes a name that may begin with a digit begin with a letter.
func letterFirst(name string) string {
	if name[0] < 'a' {
		return "issuer-" + name
	}
	return name
}

func unused(used map[string]bool, name string) string {
	candidate := name
	for i := 2; used[candidate]; i++ {
		candidate = fmt.Sprintf("%s%d", name, i)
	}
	used[candidate] = true
	return candidate
}

func keys(names []string) string {
	if len(names) == 1 {
		return "the key " + names[0]
	}
	return "the keys " + strings.Join(names, ", ")
}

// lambdaTestConfig is what the program's own test must set: what has no default.
func lambdaTestConfig(in Input) []value {
	var config []value
	for _, s := range in.Lambda.Services {
		if s.Zip != "" { // a test needs no build; any file stands in
			config = append(config, value{s.Name + ".zip", "main.go"})
		}
		if s.AdapterLayer != "" {
			config = append(config, value{s.Name + ".adapterLayer", "arn:aws:lambda:us-east-1:123456789012:layer:adapter:1"})
		}
	}
	if len(in.Lambda.Domains) > 0 {
		config = append(config, value{"certificateArn", "arn:aws:acm:us-east-1:123456789012:certificate/test"})
	}
	if slices.ContainsFunc(in.Lambda.Services, func(s lambda.Service) bool { return s.VPC }) {
		config = append(config, value{"subnetIds", "subnet-1,subnet-2"}, value{"securityGroupIds", "sg-1"})
	}
	if slices.ContainsFunc(in.Lambda.Services, func(s lambda.Service) bool { return usesData(s.Access) }) {
		config = append(config, value{"dataStack", "main"})
	}
	if slices.Contains(lambdaFeaturesOf(in.Lambda), "demanded") {
		config = append(config, value{"active", "true"})
	}
	return config
}

// lambdaSettings are those of the stack as a whole.
func lambdaSettings(in Input) []Setting {
	var list []Setting
	m := in.Lambda
	if m.HasHTTP() {
		list = []Setting{
			{"throttleRate", "lambda: requests a second that each route takes"},
			{"throttleBurst", "lambda: requests that each route takes at once"},
		}
	}
	list = append(list, []Setting{
		{"alarmTopicArn", "lambda: the SNS topic, in the stack's region, that alarms are sent to"},
		{"permissionsBoundaryArn", "lambda: the policy that bounds every role"},
	}...)
	if features := lambdaFeaturesOf(m); slices.Contains(features, "consumer") {
		list = append(list, Setting{"active", "lambda: true or false, whether it takes messages from the queues" + andRuns(features) + "; as the data stack's consumer says when empty"})
	}
	for _, key := range lambdaDemands(m) {
		list = append(list, Setting{key, map[string]string{
			"certificateArn":   "lambda, required: the certificate for " + strings.Join(m.Domains, " and ") + ", from ACM in the stack's region",
			"active":           "lambda, required: true or false, whether it, and not another target's stack, runs the schedules",
			"subnetIds":        "lambda, required: the subnets that functions run in, with commas between",
			"dataStack":        "lambda, required: the stack of stacks/data whose " + wordsOf(in.Data).Plural + " the services use",
			"securityGroupIds": "lambda, required: the security groups that functions run in, with commas between",
		}[key]})
	}
	return list
}

// lambdaDemands lists the settings that no stack can do without.
func lambdaDemands(m *lambda.Model) []string {
	var keys []string
	if len(m.Domains) > 0 {
		keys = append(keys, "certificateArn")
	}
	if slices.ContainsFunc(m.Services, func(s lambda.Service) bool { return s.VPC }) {
		keys = append(keys, "subnetIds", "securityGroupIds")
	}
	if slices.ContainsFunc(m.Services, func(s lambda.Service) bool { return usesData(s.Access) }) {
		keys = append(keys, "dataStack")
	}
	if slices.Contains(lambdaFeaturesOf(m), "demanded") {
		keys = append(keys, "active")
	}
	return keys
}
