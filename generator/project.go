package generator

import (
	"bytes"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"text/template"

	"go.yaml.in/yaml/v3"

	"ambi/templates"
)

// Setting is one value that a stack's configuration may override, under the
// program's own namespace: pulumi config set KEY VALUE.
type Setting struct{ Key, Description string }

// Settings lists what the emitted program reads from its configuration, beside
// what Pulumi's own providers do.
func Settings(in Input) []Setting {
	var targets []string
	for _, t := range in.Targets() {
		targets = append(targets, string(t))
	}
	list := []Setting{{"target", "Where the app runs: " + strings.Join(targets, " or ")}}
	byService := map[string][]Setting{}
	var services []string
	add := func(service, key, description string) {
		if byService[service] == nil {
			services = append(services, service)
		}
		for i, s := range byService[service] {
			if s.Key == service+"."+key { // both targets have it
				byService[service][i].Description += "; " + description
				return
			}
		}
		byService[service] = append(byService[service], Setting{service + "." + key, description})
	}
	if in.Lambda != nil {
		list = append(list, lambdaSettings(in)...)
		for _, s := range in.Lambda.Services {
			if s.Zip != "" {
				add(s.Name, "zip", "lambda: the path of the zip, from stacks/")
				if s.AdapterLayer != "" {
					add(s.Name, "adapterLayer", "lambda: the ARN of the layer with the Lambda Web Adapter; AWS's own, in a commercial region, when empty")
				}
			} else {
				add(s.Name, "image", "lambda: the image, in an ECR repository of the stack's region")
			}
			add(s.Name, "memory", "lambda: the function's memory, such as 1Gi; CPU comes with it")
			add(s.Name, "logRetentionDays", "lambda: days that CloudWatch keeps the logs")
			if s.Provisioned > 0 {
				add(s.Name, "provisioned", "lambda: environments that are kept warm, and paid for; at least 1")
			}
			if s.Reserved > 0 {
				add(s.Name, "reserved", "lambda: how much of the account's concurrency is this function's, and its bound")
			}
		}
	}
	if in.Kubernetes != nil {
		for _, s := range kubernetesSettings(in) {
			same := func(other Setting) bool { return other.Key == s.Key }
			if i := slices.IndexFunc(list, same); i >= 0 { // both targets have it
				list[i].Description += "; " + s.Description
			} else {
				list = append(list, s)
			}
		}
		for _, s := range in.Kubernetes.Services {
			add(s.Name, "image", "kubernetes: the container's image")
			add(s.Name, "memory", "kubernetes: the memory request and limit, such as 1Gi")
			add(s.Name, "namespace", "kubernetes: the namespace, which must exist")
			if s.Schedule == nil {
				add(s.Name, "min", "kubernetes: the autoscaler's minReplicas")
				add(s.Name, "max", "kubernetes: the autoscaler's maxReplicas")
			}
			if s.Identity != nil && s.Identity.IRSA {
				add(s.Name, "roleName", "kubernetes: the name of the pods' role in AWS; empty for one that Pulumi makes up")
			}
			if s.Backlog > 0 {
				add(s.Name, "kedaRoleName", "kubernetes: the name of the role that KEDA counts messages with; empty for one that Pulumi makes up")
			}
		}
	}
	for _, service := range services {
		list = append(list, byService[service]...)
	}
	return list
}

// Project returns the files that a project starts with and that are the user's
// from then on: Pulumi.yaml, the configuration of one stack a target, and
// .gitignore and .gitattributes. Spec is the path of the spec, for comments.
func Project(in Input, spec string) ([]File, error) {
	view := struct {
		App, Description, Spec, Region string
		Settings                       []Setting
		Demanded                       []string // what the lambda stack must set
		KubernetesDemanded             []string // what the kubernetes stack must set
		Roles                          bool     // whether the kubernetes stack has resources in AWS
		Data                           bool     // whether the services use data
		LambdaActive, KubernetesActive string   // which of the targets runs the schedules; empty where the data's stack says it
	}{App: in.App, Spec: spec, Region: region(in), Settings: Settings(in), Data: in.Data != nil}
	view.Description = in.App + " on " + newSharedView(in).TargetsProse
	if in.Lambda != nil {
		view.Demanded = slices.DeleteFunc(lambdaDemands(in.Lambda), isGiven)
		if slices.Contains(lambdaFeaturesOf(in.Lambda), "demanded") {
			view.LambdaActive = "true"
		}
	}
	if in.Kubernetes != nil {
		view.Roles = slices.Contains(kubernetesFeaturesOf(in.Kubernetes), "identity")
		for _, v := range kubernetesTestConfig(in)[1:] { // the context stands by itself
			if !isGiven(v.Key) {
				view.KubernetesDemanded = append(view.KubernetesDemanded, v.Key)
			}
		}
		if slices.Contains(kubernetesFeaturesOf(in.Kubernetes), "demanded") {
			view.KubernetesActive = strconv.FormatBool(in.Lambda == nil) // two stacks would run each schedule twice
		}
	}
	names := []string{"Pulumi.yaml", "gitattributes", "gitignore"}
	for _, t := range in.Targets() {
		names = append(names, "Pulumi."+string(t)+".yaml")
	}
	var files []File
	for _, name := range names {
		content, err := projectFile(name, view)
		if err != nil {
			return nil, err
		}
		if strings.HasPrefix(name, "git") {
			name = "." + name
		}
		files = append(files, File{Path: name, Content: content})
	}
	return files, nil
}

// isGiven tells the settings that a new stack has a value for.
func isGiven(key string) bool { return key == "dataStack" || key == "active" }

// region is where a new stack is deployed: Lambda pulls images from its own region only.
func region(in Input) string {
	if in.Lambda != nil {
		for _, s := range in.Lambda.Services {
			if s.Region != "" {
				return s.Region
			}
		}
	}
	return "us-east-1"
}

// Beside is a program that an app has beside its own, with stacks of its own.
type Beside struct {
	Folder string // from the project's root
	// Files are what it starts with, and the user's from then on: Pulumi.yaml, and the
	// configuration of a stack main.
	Files []File
	// Placeholders are settings that a stack must have and that have no default, each with a
	// value that the program takes.
	Placeholders map[string]string
}

// Project is the program's Pulumi.yaml.
func (b Beside) Project() string { return b.Folder + "/Pulumi.yaml" }

// The folders of the programs beside an app's own.
const (
	DataFolder    = "stacks/data"
	TrafficFolder = "stacks/traffic"
	// BesideStack is the stack that each of them starts with.
	BesideStack = "main"
)

// ProgramsBeside lists the programs that an app has beside its own: that of its data, and that
// of the traffic between its targets.
func ProgramsBeside(in Input) ([]Beside, error) {
	var list []Beside
	if in.Data != nil {
		files, err := dataFiles(in)
		if err != nil {
			return nil, err
		}
		list = append(list, Beside{DataFolder, files, DataPlaceholders(in)})
	}
	if in.Traffic != nil {
		files, err := trafficFiles(in)
		if err != nil {
			return nil, err
		}
		list = append(list, Beside{TrafficFolder, files, trafficPlaceholders(in)})
	}
	return list, nil
}

// dataFiles returns the files that the program of the data starts with.
func dataFiles(in Input) ([]File, error) {
	return startFiles(DataFolder, "data", struct {
		App, Region string
		Switched    bool
		Consumer    string
		Demanded    []demandView // what a stack must set
		Kept        keptWords
	}{in.App, region(in), in.Data.Switched(), string(in.Targets()[0]), newDataView(in).Demands(), wordsOf(in.Data)})
}

// startFiles prints the files that a program in a folder starts with.
func startFiles(folder, name string, view any) ([]File, error) {
	var files []File
	for _, file := range []string{"Pulumi.yaml", "Pulumi." + BesideStack + ".yaml"} {
		content, err := projectFile(name+"."+file, view)
		if err != nil {
			return nil, err
		}
		files = append(files, File{Path: folder + "/" + file, Content: content})
	}
	return files, nil
}

// projectFile prints one of the files that are the user's.
func projectFile(name string, view any) ([]byte, error) {
	text, err := templates.FS.ReadFile("project/" + name + ".tmpl")
	if err != nil {
		return nil, err
	}
	t, err := template.New(name).Funcs(template.FuncMap{"yaml": yamlScalar}).Parse(string(text))
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	if err := t.Execute(&b, view); err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return b.Bytes(), nil
}

// Module returns go.mod and go.sum for a new project whose module has the given
// path: every version exact, so that neither needs "go mod tidy".
func Module(module string) ([]File, error) {
	mod, err := templates.FS.ReadFile("project/go.mod.tmpl")
	if err != nil {
		return nil, err
	}
	sum, err := templates.FS.ReadFile("project/go.sum.tmpl")
	if err != nil {
		return nil, err
	}
	_, rest, _ := strings.Cut(string(mod), "\n")
	return []File{
		{Path: "go.mod", Content: []byte("module " + module + "\n" + rest)},
		{Path: "go.sum", Content: sum},
	}, nil
}

// yamlScalar returns the YAML scalar of its parts joined, quoted where YAML would
// read anything but that string.
func yamlScalar(parts ...string) (string, error) {
	text, err := yaml.Marshal(strings.Join(parts, ""))
	return strings.TrimSuffix(string(text), "\n"), err
}
