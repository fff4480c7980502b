package generator

import (
	"path"

	"ambi/target/kubernetes"
)

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

// kubernetesTestConfig is what the program's own test must set: what has no default.
func kubernetesTestConfig(Input) []value {
	return []value{{"kubernetes:context", "test"}}
}
