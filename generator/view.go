package generator

import (
	"path"
	"slices"
	"strconv"
	"strings"

	"ambi/spec"
)

// The views are what templates print: models with the names that they have in
// Go. Every choice of words that depends on the app is made here.

type sharedView struct {
	App             string
	SettingsImport  string
	StacktestImport string
	Imports         []string // the targets' packages, in alphabetical order
	Targets         []targetView
	FirstTarget     string
	TargetsList     string // "lambda or kubernetes"
	TargetsProse    string // "AWS Lambda or on Kubernetes"
	Kept            keptWords
	Outputs         []outputView
	Fields          []fieldView
	features        []string
}

func (v sharedView) featureNames() (string, []string) { return "shared", v.features }

type targetView struct {
	Name   string
	Only   string  // a type of resource that no other target has
	Config []value // what a stack must set for the program's own test
}

// value is a configuration key with a value.
type value struct{ Key, Value string }

func newSharedView(in Input) sharedView {
	view := sharedView{App: in.App, SettingsImport: path.Join(in.Module, "stacks/settings"), StacktestImport: path.Join(in.Module, "stacks/stacktest")}
	prose := map[spec.Target]string{spec.Lambda: "AWS Lambda", spec.Kubernetes: "Kubernetes"}
	var names, platforms []string
	for _, t := range in.Targets() {
		target := targetView{Name: string(t)}
		view.Imports = append(view.Imports, path.Join(in.Module, "stacks", string(t)))
		switch t {
		case spec.Lambda:
			target.Only, target.Config = "aws:lambda/function:Function", lambdaTestConfig(in)
		case spec.Kubernetes:
			target.Only, target.Config = "kubernetes:apps/v1:Deployment", kubernetesTestConfig(in)
			switch features := kubernetesFeaturesOf(in.Kubernetes); {
			case slices.Contains(features, "deployed"):
			case slices.Contains(features, "volumes"):
				target.Only = "kubernetes:apps/v1:StatefulSet"
			default:
				target.Only = "kubernetes:batch/v1:CronJob"
			}
		}
		view.Targets = append(view.Targets, target)
		names = append(names, string(t))
		platforms = append(platforms, prose[t])
	}
	if in.Data != nil {
		view.readData(in.Data)
	}
	slices.Sort(view.Imports)
	view.FirstTarget = names[0]
	view.TargetsList = strings.Join(names, " or ")
	view.TargetsProse = strings.Join(platforms, " or on ")
	return view
}

// activity says, of a target's features, what decides whether its stack is active: the data's
// stack if a service consumes messages, its own setting for schedules alone, and nothing if no
// other target has any of those services.
func activity(features []string) []string {
	switch has := func(name string) bool { return slices.Contains(features, name) }; {
	case has("switched") && !has("consumer"):
		return []string{"demanded"}
	case has("paused") && !has("switched"):
		return []string{"always"}
	}
	return nil
}

// andRuns adds to what a stack's setting active says of queues.
func andRuns(features []string) string {
	if slices.Contains(features, "timed") {
		return " and runs the schedules"
	}
	return ""
}

// readable is a text as Go, without escapes where it can be.
func readable(text string) string {
	if strconv.CanBackquote(text) {
		return "`" + text + "`"
	}
	return quote(text)
}

// feature is something that some services have and others do not. All text that it
// takes is in templates of its own: "target/features/NAME.tmpl" has the parts of files
// that all services have, by the place where they stand, and the folder of the same
// name has files that are written once if any service has the feature.
type feature[S any] struct {
	name string
	has  func(S) bool
}

// namesOf lists the features that at least one of the services has, in the table's order.
func namesOf[S any](table []feature[S], services ...S) []string {
	var list []string
	for _, f := range table {
		if slices.ContainsFunc(services, f.has) {
			list = append(list, f.name)
		}
	}
	return list
}
