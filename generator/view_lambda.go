package generator

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"ambi/internal/goname"
	"ambi/target/lambda"
)

// lambdaFeatures are in the order in which their parts stand in a file.
//
//nolint:gochecknoglobals // a constant in all but name
var lambdaFeatures = []feature[lambda.Service]{
	{"image", func(s lambda.Service) bool { return s.Zip == "" }},
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
	{"invokes", func(s lambda.Service) bool { return len(s.Invokes) > 0 }},
	{"permissions", func(s lambda.Service) bool { return len(s.Permissions) > 0 }},
	{"tracing", func(s lambda.Service) bool { return s.Tracing }},
	{"vpc", func(s lambda.Service) bool { return s.VPC }},
	{"reserved", func(s lambda.Service) bool { return s.Reserved > 0 }},
	{"provisioned", func(s lambda.Service) bool { return s.Provisioned > 0 }},
	{"bounded", func(s lambda.Service) bool { return s.Provisioned > 0 && s.Reserved > 0 }},
	{"authorizer", func(s lambda.Service) bool { return s.Authorizer != "" }},
	{"preflights", func(s lambda.Service) bool { return len(s.OpenRoutes) > 0 }},
}

// isPlain tells a value from a reference to a secret or to another service.
func isPlain(v lambda.Variable) bool { return v.SecretName == "" && v.Service == "" }

// lambdaFeaturesOf lists what the services of an app have, and what its API has.
func lambdaFeaturesOf(m *lambda.Model) []string {
	list := namesOf(lambdaFeatures, m.Services...)
	if m.CORS != nil {
		list = append(list, "cors")
	}
	if len(m.Domains) > 0 {
		list = append(list, "domains")
	}
	return list
}

type lambdaView struct {
	App             string
	SettingsImport  string
	StacktestImport string
	CORS            *lambda.CORS
	Authorizers     []authorizerView
	Domains         []string
	// AccessLogRetentionDays is a fact of the API, as the services' are theirs.
	AccessLogRetentionDays int
	Secrets                []secretView
	Services               []lambdaService
	features               []string
}

func (v lambdaView) featureNames() (string, []string) { return "lambda", v.features }

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

func (s lambdaService) featureNames() (string, []string) { return "lambda", s.features }

type lambdaVariable struct {
	Name, Value           string
	Secret                string // set for a reference: the secret's field
	SecretName, SecretKey string
	Service               string // set for an address
}

func newLambdaView(in Input, all naming) lambdaView {
	view := lambdaView{
		App:                    in.App,
		SettingsImport:         path.Join(in.Module, "stacks/settings"),
		StacktestImport:        path.Join(in.Module, "stacks/stacktest"),
		CORS:                   in.Lambda.CORS,
		Domains:                in.Lambda.Domains,
		AccessLogRetentionDays: in.Lambda.AccessLogRetentionDays,
		features:               lambdaFeaturesOf(in.Lambda),
	}
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
			service.Variables = append(service.Variables, lambdaVariable{
				Name: v.Name, Value: v.Value, Secret: secrets[v.SecretName].Field, SecretName: v.SecretName, SecretKey: v.SecretKey, Service: v.Service,
			})
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
	return config
}

// lambdaSettings are those of the stack as a whole.
func lambdaSettings(m *lambda.Model) []Setting {
	list := []Setting{
		{"throttleRate", "lambda: requests a second that each route takes"},
		{"throttleBurst", "lambda: requests that each route takes at once"},
		{"alarmTopicArn", "lambda: the SNS topic, in the stack's region, that alarms are sent to"},
		{"permissionsBoundaryArn", "lambda: the policy that bounds every role"},
	}
	for _, key := range lambdaDemands(m) {
		list = append(list, Setting{key, map[string]string{
			"certificateArn":   "lambda, required: the certificate for " + strings.Join(m.Domains, " and ") + ", from ACM in the stack's region",
			"subnetIds":        "lambda, required: the subnets that functions run in, with commas between",
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
	return keys
}
