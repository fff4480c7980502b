package generator

import (
	"fmt"
	"path"
	"reflect"
	"slices"
	"strings"

	"ambi/internal/goname"
	"ambi/target/lambda"
)

type lambdaView struct {
	App             string
	SettingsImport  string
	StacktestImport string
	CORS            *lambda.CORS
	Authorizers     []authorizerView
	Domains         []string
	// AccessLogRetentionDays is a fact of the stack, as the services' are theirs.
	AccessLogRetentionDays int
	Secrets                []secretView
	Services               []lambdaService
	Earlier                []lambdaService // all but the last
	Last                   lambdaService
	lambda.Options              // what at least one service has
	Permissions            bool // whether any service has statements of its own
	Adapter                bool // whether any service gets the Web Adapter's own layer
	Needs                  bool // whether any service calls another
}

type secretView struct{ Name, Local, Description string }

type authorizerView struct {
	lambda.Authorizer
	Local  string
	Suffix string // follows the app's name in the resource's
}

type lambdaService struct {
	lambda.Service
	names
	SettingsImport     string
	ZipFromStacks      string // the program runs in stacks/
	MemoryComment      string
	Secrets            []secretView
	SecretPlaceholders string // one quoted %s a secret
	Variables          []lambdaVariable
	Rights             []string        // the comment on what the role may do, in lines
	Guard              *authorizerView // of the service's routes; nil for none
	HasNeeds           bool
	SortedPermissions  []lambda.Permission // for comparison
}

type lambdaVariable struct {
	Name, Value           string
	Secret, Format        string // set for a reference: the variable in Go, and what is made of its ARN
	SecretName, SecretKey string
	Service               string // set for an address
}

func newLambdaView(in Input, all naming) lambdaView {
	view := lambdaView{App: in.App, SettingsImport: path.Join(in.Module, "stacks/settings"), StacktestImport: path.Join(in.Module, "stacks/stacktest")}
	used := map[string]bool{"newSecret": true, "newAuthorizer": true} // functions, which a secret or an issuer called new would hide
	for _, s := range in.Lambda.Services {
		used[all[s.Name].Local] = true
	}
	secrets := map[string]secretView{}
	for _, s := range in.Lambda.Secrets {
		secret := secretView{
			Name:        s.Name,
			Local:       unused(used, goname.Unexported(secretStem(in.App, s.Name))+"Secret"),
			Description: "Set its value outside Pulumi: a JSON object with " + keys(s.Keys),
		}
		secrets[s.Name] = secret
		view.Secrets = append(view.Secrets, secret)
	}
	view.CORS, view.Domains, view.AccessLogRetentionDays = in.Lambda.CORS, in.Lambda.Domains, in.Lambda.AccessLogRetentionDays
	for _, a := range in.Lambda.Authorizers {
		view.Authorizers = append(view.Authorizers, authorizerView{
			Authorizer: a,
			Local:      unused(used, goname.Unexported(letterFirst(issuerStem(a.Issuer)))+"Authorizer"),
			Suffix:     "-" + a.Name,
		})
	}
	for _, s := range in.Lambda.Services {
		view.Permissions = view.Permissions || len(s.Permissions) > 0
		view.Adapter = view.Adapter || s.AdapterLayer != ""
		fill(&view.Options, s.Options)
		service := lambdaService{
			Service:        s,
			names:          all[s.Name],
			SettingsImport: view.SettingsImport,
			ZipFromStacks:  "../" + s.Zip,
			MemoryComment:  "CPU comes with it: 1,769 MB is one vCPU",
		}
		if s.MemoryDecidedBy == "cpu" {
			service.MemoryComment = fmt.Sprintf("gives %s of CPU: 1,769 MB is one vCPU", s.CPU)
		}
		var placeholders []string
		for _, name := range s.Secrets {
			service.Secrets = append(service.Secrets, secrets[name])
			placeholders = append(placeholders, `"%s"`)
		}
		service.SecretPlaceholders = strings.Join(placeholders, ", ")
		for _, v := range s.Environment {
			service.HasNeeds = service.HasNeeds || v.Service != ""
			variable := lambdaVariable{Name: v.Name, Value: v.Value, SecretName: v.SecretName, SecretKey: v.SecretKey, Service: v.Service}
			if v.SecretName != "" {
				variable.Secret = secrets[v.SecretName].Local
				variable.Format = "%s:" + v.SecretKey + "::"
			}
			service.Variables = append(service.Variables, variable)
		}
		service.Rights = wrap("new"+service.Title+"Role declares the role that the function runs as. It may "+rights(s)+", and nothing else.", 85)
		view.Needs = view.Needs || service.HasNeeds
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
	last := len(view.Services) - 1
	view.Earlier, view.Last = view.Services[:last], view.Services[last]
	return view
}

// fill takes over each field of a struct that the other has and it has not.
func fill[T any](into *T, from T) {
	to, other := reflect.ValueOf(into).Elem(), reflect.ValueOf(from)
	for i := range to.NumField() {
		if to.Field(i).IsZero() {
			to.Field(i).Set(other.Field(i))
		}
	}
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
			config = append(config, value{s.Name + ".zip", "main_test.go"})
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

// rights says what a service's role may do.
func rights(s lambda.Service) string {
	all := []string{"write to the function's own log group"}
	if len(s.Secrets) > 0 {
		all = append(all, "read the service's own secrets")
	}
	if len(s.Permissions) > 0 {
		all = append(all, "do what app.yaml permits")
	}
	if s.Tracing {
		all = append(all, "send traces")
	}
	if s.VPC {
		all = append(all, "join its subnets")
	}
	last := len(all) - 1
	if last == 0 {
		return all[0]
	}
	return strings.Join(all[:last], ", ") + " and " + all[last]
}

// wrap breaks prose into lines of at most width bytes.
func wrap(text string, width int) []string {
	var lines []string
	line := ""
	for _, word := range strings.Fields(text) {
		if line != "" && len(line)+1+len(word) > width {
			lines, line = append(lines, line), ""
		}
		line = strings.TrimPrefix(line+" "+word, " ")
	}
	return append(lines, line)
}
