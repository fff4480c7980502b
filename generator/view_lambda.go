package generator

import (
	"fmt"
	"path"
	"strings"

	"ambi/internal/goname"
	"ambi/target/lambda"
)

type lambdaView struct {
	App             string
	SettingsImport  string
	StacktestImport string
	Secrets         []secretView
	Services        []lambdaService
	Earlier         []lambdaService // all but the last
	Last            lambdaService
}

type secretView struct{ Name, Local, Description string }

type lambdaService struct {
	lambda.Service
	names
	SettingsImport     string
	ZipFromStacks      string // the program runs in stacks/
	MemoryComment      string
	Secrets            []secretView
	SecretPlaceholders string // one quoted %s a secret
	Variables          []lambdaVariable
}

type lambdaVariable struct {
	Name, Value           string
	Secret, Format        string // set for a reference: the variable in Go, and what is made of its ARN
	SecretName, SecretKey string
}

func newLambdaView(in Input) lambdaView {
	view := lambdaView{App: in.App, SettingsImport: path.Join(in.Module, "stacks/settings"), StacktestImport: path.Join(in.Module, "stacks/stacktest")}
	used := map[string]bool{}
	for _, s := range in.Lambda.Services {
		used[newNames(s.Name).Local] = true
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
	for _, s := range in.Lambda.Services {
		service := lambdaService{
			Service:        s,
			names:          newNames(s.Name),
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
			variable := lambdaVariable{Name: v.Name, Value: v.Value, SecretName: v.SecretName, SecretKey: v.SecretKey}
			if v.SecretName != "" {
				variable.Secret = secrets[v.SecretName].Local
				variable.Format = "%s:" + v.SecretKey + "::"
			}
			service.Variables = append(service.Variables, variable)
		}
		view.Services = append(view.Services, service)
	}
	last := len(view.Services) - 1
	view.Earlier, view.Last = view.Services[:last], view.Services[last]
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
	}
	return config
}
