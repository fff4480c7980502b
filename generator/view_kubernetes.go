package generator

import (
	"path"
	"slices"

	"ambi/target/kubernetes"
)

type kubernetesView struct {
	App             string
	SettingsImport  string
	StacktestImport string
	Services        []kubernetesService
	Earlier         []kubernetesService // in the order of their declaration, each after those that it calls; all but the last
	Last            kubernetesService
	Any             kubernetesFeatures
	Config          []value // what a stack must set
	IngressClasses  []string
}

// kubernetesFeatures says what at least one service has: only then does the code
// that they share hold what it takes.
type kubernetesFeatures struct {
	Needs, PullSecrets, Ingress, Gateway, Outside   bool
	Called                                          bool // some service is for its callers only
	Autoscaler, Utilization, Rate, PodsMetric, KEDA bool
	Roles, PodIdentity, IRSA                        bool // Roles is either of the others
	Monitor                                         bool
	ClosedMonitor                                   bool // one that Prometheus reaches only by a rule for it
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
	NeedViews       []needView
	CallerNames     []names
	Others          []names // the services that this one calls or is called by
	Custom          bool    // whether there is an object that only a CustomResource can declare
	MatchesPerRule  int
}

type needView struct {
	kubernetes.Need
	names
}

// MetricKey is the resource that the autoscaler watches.
func (s kubernetesService) MetricKey() string { return string(s.Metric) }

// ReachKey says who may connect.
func (s kubernetesService) ReachKey() string { return string(s.Reach) }

// Autoscaled says whether a HorizontalPodAutoscaler sets the number of pods.
func (s kubernetesService) Autoscaled() bool { return s.KEDA == nil }

// ByPodsMetric says whether the autoscaler follows a metric that an adapter serves.
func (s kubernetesService) ByPodsMetric() bool {
	return s.Autoscaled() && s.Metric == kubernetes.Requests
}

// PodIdentity says whether EKS Pod Identity gives the pods their role.
func (s kubernetesService) PodIdentity() bool { return s.Identity != nil && !s.Identity.IRSA }

// IRSA says whether the pods' ServiceAccount gives them their role.
func (s kubernetesService) IRSA() bool { return s.Identity != nil && s.Identity.IRSA }

// Linked says whether the service calls another one or is called by one.
func (s kubernetesService) Linked() bool { return len(s.Needs)+len(s.Callers) > 0 }

// Exposed says whether something outside serves the routes.
func (s kubernetesService) Exposed() bool { return s.Ingress != nil || s.Gateway != nil }

// LeastReplicas is the smallest number that a stack may set.
func (s kubernetesService) LeastReplicas() int {
	if s.Autoscaled() {
		return 1
	}
	return 0
}

func newKubernetesView(in Input, all naming) kubernetesView {
	view := kubernetesView{App: in.App, SettingsImport: path.Join(in.Module, "stacks/settings"), StacktestImport: path.Join(in.Module, "stacks/stacktest")}
	for _, s := range in.Kubernetes.Services {
		service := newKubernetesService(s, all)
		service.SettingsImport, service.StacktestImport = view.SettingsImport, view.StacktestImport
		view.Services = append(view.Services, service)
		view.Any.add(service)
		if s.Ingress != nil {
			view.IngressClasses = append(view.IngressClasses, s.Ingress.Class)
		}
	}
	slices.Sort(view.IngressClasses)
	view.IngressClasses = slices.Compact(view.IngressClasses)
	view.Config = view.Any.needed()
	ordered := calleesFirst(view.Services)
	last := len(ordered) - 1
	view.Earlier, view.Last = ordered[:last], ordered[last]
	return view
}

// calleesFirst orders services so that each comes after those that it calls, and else
// by name. The spec has no cycles.
func calleesFirst(services []kubernetesService) []kubernetesService {
	byName := map[string]kubernetesService{}
	for _, s := range services {
		byName[s.Name] = s
	}
	var ordered []kubernetesService
	placed := map[string]bool{}
	var place func(s kubernetesService)
	place = func(s kubernetesService) {
		if placed[s.Name] {
			return
		}
		placed[s.Name] = true
		for _, need := range s.Needs {
			place(byName[need.Service])
		}
		ordered = append(ordered, s)
	}
	for _, s := range services {
		place(s)
	}
	return ordered
}

func (f *kubernetesFeatures) add(s kubernetesService) {
	f.Needs = f.Needs || len(s.Needs) > 0
	f.Called = f.Called || s.Reach == kubernetes.FromCallers
	f.Ingress = f.Ingress || s.Ingress != nil
	f.Gateway = f.Gateway || s.Gateway != nil
	f.PodsMetric = f.PodsMetric || s.ByPodsMetric()
	f.Utilization = f.Utilization || s.Autoscaled() && s.Metric != kubernetes.Requests
	f.Rate = f.Rate || s.Metric == kubernetes.Requests || !s.Autoscaled()
	f.Outside = f.Outside || s.Exposed()
	f.Autoscaler = f.Autoscaler || s.Autoscaled()
	f.KEDA = f.KEDA || !s.Autoscaled()
	f.PullSecrets = f.PullSecrets || len(s.PullSecrets) > 0
	f.Monitor = f.Monitor || s.MetricsPath != ""
	f.ClosedMonitor = f.ClosedMonitor || s.MetricsPath != "" && s.Reach == kubernetes.FromCallers
	f.PodIdentity = f.PodIdentity || s.PodIdentity()
	f.IRSA = f.IRSA || s.IRSA()
	f.Roles = f.PodIdentity || f.IRSA
}

func newKubernetesService(s kubernetes.Service, all naming) kubernetesService {
	service := kubernetesService{
		Service:        s,
		names:          all[s.Name],
		CPUComment:     "requested for each pod",
		MatchesPerRule: kubernetes.MaxMatchesPerRule,
		Custom:         s.Gateway != nil || s.KEDA != nil || s.MetricsPath != "",
	}
	switch s.Metric {
	case kubernetes.Memory:
		service.MetricName = "memory"
		service.MemoryComment = " // requested for each pod: the autoscaler's 100%"
		service.RequestConst, service.TargetConst = service.Ident+"MemoryMiB", service.Ident+"MemoryTarget"
	case kubernetes.Requests:
		service.MetricName = "request rate"
		service.TargetConst = service.Ident + "RateTarget"
	default:
		service.MetricName = "CPU"
		service.CPUComment = "requested for each pod: the autoscaler's 100%"
		service.RequestConst, service.TargetConst = service.Ident+"CPU", service.Ident+"CPUTarget"
	}
	service.Secrets = s.HasSecrets()
	var others []string
	for _, need := range s.Needs {
		service.NeedViews = append(service.NeedViews, needView{need, all[need.Service]})
		others = append(others, need.Service)
	}
	for _, caller := range s.Callers {
		service.CallerNames = append(service.CallerNames, all[caller])
		if s.Reach == kubernetes.FromCallers {
			others = append(others, caller)
		}
	}
	slices.Sort(others)
	for _, other := range slices.Compact(others) {
		service.Others = append(service.Others, all[other])
	}
	return service
}

// kubernetesTestConfig is what the program's own test must set: what has no default.
func kubernetesTestConfig(in Input) []value { return newKubernetesView(in, nil).Config }

// needed lists the configuration that has no default, with values for tests.
func (f kubernetesFeatures) needed() []value {
	config := []value{{"kubernetes:context", "test"}}
	if f.Roles {
		config = append(config, value{"aws:region", "us-east-1"})
	}
	if f.PodIdentity {
		config = append(config, value{"clusterName", "test"})
	}
	if f.IRSA {
		config = append(config, value{"oidcProviderArn", "arn:aws:iam::123456789012:oidc-provider/oidc.example.com/id/TEST"})
	}
	return config
}

// kubernetesSettings lists what a stack must set for all services together.
func kubernetesSettings(in Input) []Setting {
	list := []Setting{{"readyTimeout", "kubernetes: how long an update waits for pods and addresses before it fails, such as 90s; 5m when empty"}}
	any := newKubernetesView(in, nil).Any
	if any.Roles {
		list = append(list, Setting{"permissionsBoundaryArn", "kubernetes: the policy that bounds the pods' roles"})
	}
	if any.PodIdentity {
		list = append(list, Setting{"clusterName", "kubernetes: the EKS cluster whose pods get roles by EKS Pod Identity"})
	}
	if any.IRSA {
		list = append(list, Setting{"oidcProviderArn", "kubernetes: the ARN of the cluster's OpenID Connect provider in IAM, for pods' roles"})
	}
	return list
}
