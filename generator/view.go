package generator

import (
	"fmt"
	"path"
	"strings"

	"ambi/internal/goname"
	"ambi/spec"
	"ambi/target/kubernetes"
	"ambi/target/lambda"
)

// The views are what templates print: models with the names that they have in
// Go. Every choice of words that depends on the app is made here.

type sharedView struct {
	App             string
	SettingsImport  string
	StacktestImport string
	Targets         []targetView
	FirstTarget     string
	TargetsList     string // "lambda or kubernetes"
	TargetsProse    string // "AWS Lambda or on Kubernetes"
}

type targetView struct{ Name, Import string }

func newSharedView(in Input) sharedView {
	view := sharedView{App: in.App, SettingsImport: path.Join(in.Module, "stacks/settings"), StacktestImport: path.Join(in.Module, "stacks/stacktest")}
	prose := map[spec.Target]string{spec.Lambda: "AWS Lambda", spec.Kubernetes: "Kubernetes"}
	var names, platforms []string
	for _, t := range in.Targets() {
		view.Targets = append(view.Targets, targetView{Name: string(t), Import: path.Join(in.Module, "stacks", string(t))})
		names = append(names, string(t))
		platforms = append(platforms, prose[t])
	}
	// Imports stand in alphabetical order, targets in their own.
	view.FirstTarget = names[0]
	view.TargetsList = strings.Join(names, " or ")
	view.TargetsProse = strings.Join(platforms, " or on ")
	return view
}

// names are what a service is called in emitted Go.
type names struct {
	Ident  string // begins its constants: api in apiMemoryMB
	Title  string // stands within its functions: API in newAPIFunction
	Local  string // its settings, as a variable
	File   string // the stem of its file
	Suffix string // follows the app's name in its resources' names
}

// taken are the identifiers that Deploy uses itself.
var taken = []string{"app", "ctx", "err", "gateway", "pulumi", "read", "secretsmanager", "settings", "config"}

func newNames(service string) names {
	return names{
		Ident:  goname.Unexported(service),
		Title:  goname.Exported(service),
		Local:  goname.Local(service, "Service", taken...),
		File:   goname.File(service, "service"),
		Suffix: "-" + service,
	}
}

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

type kubernetesView struct {
	App             string
	SettingsImport  string
	StacktestImport string
	Services        []kubernetesService
	Earlier         []kubernetesService // all but the last
	Last            kubernetesService
}

type kubernetesService struct {
	kubernetes.Service
	names
	SettingsImport  string
	StacktestImport string
	MetricName      string // as prose has it
	CPUComment      string
	MemoryComment   string
	RequestConst    string // the constant that the autoscaler's target is a percentage of
	TargetConst     string
	Secrets         bool // whether any variable comes from a Secret
}

func newKubernetesView(in Input) kubernetesView {
	view := kubernetesView{App: in.App, SettingsImport: path.Join(in.Module, "stacks/settings"), StacktestImport: path.Join(in.Module, "stacks/stacktest")}
	for _, s := range in.Kubernetes.Services {
		service := kubernetesService{
			Service:        s,
			names:          newNames(s.Name),
			SettingsImport: view.SettingsImport,
			MetricName:     "CPU",
			CPUComment:     "requested for each pod: the autoscaler's 100%",
		}
		service.RequestConst, service.TargetConst = service.Ident+"CPU", service.Ident+"CPUTarget"
		if s.Metric == "memory" {
			service.MetricName = "memory"
			service.CPUComment = "requested for each pod"
			service.MemoryComment = " // requested for each pod: the autoscaler's 100%"
			service.RequestConst, service.TargetConst = service.Ident+"MemoryMiB", service.Ident+"MemoryTarget"
		}
		for _, v := range s.Environment {
			service.Secrets = service.Secrets || v.SecretName != ""
		}
		view.Services = append(view.Services, service)
	}
	last := len(view.Services) - 1
	view.Earlier, view.Last = view.Services[:last], view.Services[last]
	return view
}
