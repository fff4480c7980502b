package generator

import (
	"path"
	"slices"
	"time"

	"ambi/spec"
	"ambi/target/kubernetes"
)

// kubernetesFeatures are in the order in which their parts stand in a file.
//
//nolint:gochecknoglobals // a constant in all but name
var kubernetesFeatures = []feature[kubernetes.Service]{
	{"deployed", func(s kubernetes.Service) bool { return s.Schedule == nil && !s.Stateful() }},
	{"volumes", kubernetes.Service.Stateful},
	{"running", func(s kubernetes.Service) bool { return s.Schedule == nil }},
	{"http", kubernetes.Service.HasHTTP},
	{"variables", hasVariables},
	{"literal", func(s kubernetes.Service) bool {
		return hasVariables(s) || hasCommand(s) || s.Schedule != nil
	}},
	{"secrets", kubernetes.Service.HasSecrets},
	{"command", hasCommand},
	{"needs", func(s kubernetes.Service) bool { return len(s.Needs) > 0 }},
	{"across", func(s kubernetes.Service) bool { return len(s.NeedsAcross) > 0 }},
	{"invokes", kubernetes.Service.Invokes},
	{"writable-root", func(s kubernetes.Service) bool { return s.WritableRoot }},
	{"low-port", kubernetes.Service.LowPort},
	{"architecture", func(s kubernetes.Service) bool { return s.Architecture != "" }},
	{"pull-secrets", func(s kubernetes.Service) bool { return len(s.PullSecrets) > 0 }},
	{"uses", func(s kubernetes.Service) bool { return usesData(s.Access) }},
	{"network", func(s kubernetes.Service) bool { return len(s.Access.Reached()) > 0 }},
	{"listing", func(s kubernetes.Service) bool { return listsPrefixes(s.Access) }},
	{"indexes", func(s kubernetes.Service) bool { return usesIndexes(s.Access) }},
	{"identity", func(s kubernetes.Service) bool { return s.Identity != nil }},
	{"pod-identity", func(s kubernetes.Service) bool { return s.Identity != nil && !s.Identity.IRSA }},
	{"irsa", func(s kubernetes.Service) bool { return s.Identity != nil && s.Identity.IRSA }},
	{"paused", func(s kubernetes.Service) bool { return s.Events != nil || s.Schedule != nil }},
	{"switched", kubernetes.Service.Switched},
	{"consumer", func(s kubernetes.Service) bool { return s.Events != nil && s.Switched() }},
	{"timed", func(s kubernetes.Service) bool { return s.Schedule != nil && s.Switched() }},
	{"queue", func(s kubernetes.Service) bool { return s.Events != nil }},
	{"delivery", func(s kubernetes.Service) bool { return s.Events != nil && !s.Events.Pull }},
	{"fifo", func(s kubernetes.Service) bool { return s.Events != nil && s.Events.FIFO && !s.Events.Pull }},
	{"schedule", func(s kubernetes.Service) bool { return s.Schedule != nil }},
	{"worker", func(s kubernetes.Service) bool { return s.Worker }},
	{"closed", func(s kubernetes.Service) bool { return s.Events != nil || s.Worker }},
	{"anywhere", func(s kubernetes.Service) bool { return s.Reach == kubernetes.FromAnywhere }},
	{"cluster", func(s kubernetes.Service) bool { return s.Reach == kubernetes.FromCluster }},
	{"called", func(s kubernetes.Service) bool { return len(s.Callers) > 0 }},
	{"callers", func(s kubernetes.Service) bool { return s.Reach == kubernetes.FromCallers }},
	{"front", func(s kubernetes.Service) bool { return s.Ingress != nil || s.Gateway != nil || len(s.Callers) > 0 }},
	{"ingress", func(s kubernetes.Service) bool { return s.Ingress != nil }},
	{"gateway", func(s kubernetes.Service) bool { return s.Gateway != nil }},
	{"own-host", func(s kubernetes.Service) bool { return s.OwnHost != "" }},
	{"own-route", func(s kubernetes.Service) bool { return s.OwnHost != "" && s.Gateway != nil }},
	{"token-check", func(s kubernetes.Service) bool { return s.TokenCheck != nil }},
	{"monitor", func(s kubernetes.Service) bool { return s.MetricsPath != "" }},
	{"closed-monitor", func(s kubernetes.Service) bool {
		return s.MetricsPath != "" && s.Reach == kubernetes.FromCallers
	}},
	{"autoscaler", kubernetes.Service.Autoscaled},
	{"utilization", func(s kubernetes.Service) bool {
		return s.Autoscaled() && s.Metric != kubernetes.Requests
	}},
	{"rate", func(s kubernetes.Service) bool { return s.KEDA == nil && s.Metric == kubernetes.Requests }},
	{"keda", func(s kubernetes.Service) bool { return s.KEDA != nil }},
	{"backlog", func(s kubernetes.Service) bool { return s.Backlog > 0 }},
	{"keda-operator", func(s kubernetes.Service) bool { return s.KEDA != nil || s.Backlog > 0 }},
}

func hasVariables(s kubernetes.Service) bool {
	return len(s.Needs)+len(s.NeedsAcross) > 0 || slices.ContainsFunc(s.Environment, func(v kubernetes.Variable) bool { return v.SecretName == "" })
}

func hasCommand(s kubernetes.Service) bool { return len(s.Command)+len(s.Args) > 0 }

// kubernetesFeaturesOf lists what the services of an app have, and what only some of them
// together have.
func kubernetesFeaturesOf(m *kubernetes.Model) []string {
	list := namesOf(kubernetesFeatures, m.Services...)
	if slices.Contains(list, "schedule") || slices.Contains(list, "volumes") {
		list = append(list, "runners")
	}
	if slices.Contains(list, "volumes") && slices.Contains(list, "deployed") {
		list = append(list, "mixed-volumes")
	}
	if slices.Contains(list, "schedule") && slices.Contains(list, "running") {
		list = append(list, "mixed")
	}
	return append(list, activity(list)...)
}

type kubernetesView struct {
	App             string
	SettingsImport  string
	StacktestImport string
	DatastackImport string
	Services        []kubernetesService
	InOrder         []kubernetesService // of their declaration: each after those that it calls
	IngressClasses  []string
	MatchesPerRule  int
	MaxInstances    int
	DrainSeconds    int
	// DeliveryMilliCPU and DeliveryMemoryMiB are what a delivery container requests.
	DeliveryMilliCPU, DeliveryMemoryMiB int
	Config                              []value       // what a stack must set
	Kept                                keptWords     // the kinds of data
	Reached                             []reachedView // data that services reach through the network
	features                            []string
}

// Permits reports whether a service may do something in AWS, beside with its data.
func (v kubernetesView) Permits() bool {
	return slices.ContainsFunc(v.Services, func(s kubernetesService) bool {
		return s.Identity != nil && len(s.Identity.Statements) > 0 || s.Invokes()
	})
}

// Roles reports whether any pods have a role in AWS.
func (v kubernetesView) Roles() bool { return slices.Contains(v.features, "identity") }

func (v kubernetesView) featureNames() (string, []string) { return "kubernetes", v.features }

type kubernetesService struct {
	kubernetes.Service
	names
	StacktestImport string
	NeedViews       []needView
	Grants          []grantView
	Reached         []reachedView // data that it reaches through the network
	Located         []locatedView // variables that say where data is
	Source          string        // the field of the data that has the queue of its events
	CallerNames     []names
	features        []string
}

// ScheduleInput is what each run gets as its input, as Go.
func (s kubernetesService) ScheduleInput() string { return readable(s.Schedule.Input) }

func (s kubernetesService) featureNames() (string, []string) { return "kubernetes", s.features }

// locatedView is a variable with the data stack's output.
type locatedView struct{ Name, Output, Field string }

type needView struct {
	kubernetes.Need
	names
}

// MetricKey is the resource that the autoscaler watches.
func (s kubernetesService) MetricKey() string { return string(s.Metric) }

// ReachKey says who may connect.
func (s kubernetesService) ReachKey() string { return string(s.Reach) }

func newKubernetesView(in Input, all naming) kubernetesView {
	view := kubernetesView{
		App:             in.App,
		SettingsImport:  path.Join(in.Module, "stacks/settings"),
		StacktestImport: path.Join(in.Module, "stacks/stacktest"),
		DatastackImport: path.Join(in.Module, "stacks/datastack"),
		MatchesPerRule:  kubernetes.MaxMatchesPerRule,
		MaxInstances:    spec.MaxInstances,
		DrainSeconds:    int(kubernetes.Drain / time.Second),
		features:        kubernetesFeaturesOf(in.Kubernetes),
		Kept:            wordsOf(in.Data),

		DeliveryMilliCPU:  kubernetes.DeliveryMilliCPU,
		DeliveryMemoryMiB: kubernetes.DeliveryMemoryMiB,
	}
	for _, s := range in.Kubernetes.Services {
		service := kubernetesService{
			Service:         s,
			names:           all[s.Name],
			StacktestImport: view.StacktestImport,
			features:        namesOf(kubernetesFeatures, s),
		}
		service.Grants = grantViews(s.Access)
		service.Reached = reachedBy(s.Access)
		view.Reached = reachedBy(s.Access, view.Reached...)
		for _, v := range s.Access.Variables {
			service.Located = append(service.Located, locatedView{v.Name, v.Output.Name(), outputField(v.Output)})
		}
		if s.Events != nil {
			service.Source = dataField(s.Events.Queue, "queue")
		}
		for _, need := range s.Needs {
			service.NeedViews = append(service.NeedViews, needView{need, all[need.Service]})
		}
		for _, caller := range s.Callers {
			service.CallerNames = append(service.CallerNames, all[caller])
		}
		view.Services = append(view.Services, service)
		if s.Ingress != nil {
			view.IngressClasses = append(view.IngressClasses, s.Ingress.Class)
		}
	}
	slices.Sort(view.IngressClasses)
	view.IngressClasses = slices.Compact(view.IngressClasses)
	view.InOrder = calleesFirst(view.Services)
	view.Config = kubernetesTestConfig(in)
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

// kubernetesTestConfig is what the program's own test must set: what has no default.
func kubernetesTestConfig(in Input) []value {
	features := kubernetesFeaturesOf(in.Kubernetes)
	config := []value{{"kubernetes:context", "test"}}
	for _, v := range []struct{ feature, key, value string }{
		{"identity", "aws:region", "us-east-1"},
		{"network", "aws:region", "us-east-1"},
		{"pod-identity", "clusterName", "test"},
		{"irsa", "oidcProviderArn", "arn:aws:iam::123456789012:oidc-provider/oidc.example.com/id/TEST"},
		{"uses", "dataStack", "main"},
		{"demanded", "active", "true"},
		{"network", "podSecurityGroupId", "sg-2"},
		{"backlog", "kedaRoleArn", "arn:aws:iam::123456789012:role/keda-operator"},
		{"across", "apiArn", "arn:aws:execute-api:us-east-1:123456789012:a1b2c3d4e5"},
	} {
		if slices.Contains(features, v.feature) && !slices.ContainsFunc(config, func(c value) bool { return c.Key == v.key }) {
			config = append(config, value{v.key, v.value})
		}
	}
	return config
}

// kubernetesSettings lists what a stack must set for all services together.
func kubernetesSettings(in Input) []Setting {
	list := []Setting{{"readyTimeout", "kubernetes: how long an update waits for pods and addresses before it fails, such as 90s; 5m when empty"}}
	features := kubernetesFeaturesOf(in.Kubernetes)
	for _, s := range []struct{ feature, key, description string }{
		{"identity", "permissionsBoundaryArn", "kubernetes: the policy that bounds the pods' roles"},
		{"pod-identity", "clusterName", "kubernetes: the EKS cluster whose pods get roles by EKS Pod Identity"},
		{"uses", "dataStack", "kubernetes, required: the stack of stacks/data whose " + wordsOf(in.Data).Plural + " the services use"},
		{"demanded", "active", "kubernetes, required: true or false, whether it, and not another target's stack, runs the schedules"},
		{"consumer", "active", "kubernetes: true or false, whether it takes messages from the queues" + andRuns(features) + "; as the data stack's consumer says when empty"},
		{"delivery", "deliveryImage", "kubernetes: the image of the delivery container, Bento, such as one of a mirror"},
		{"schedule", "curlImage", "kubernetes: the image of the container that starts each run, curl, such as one of a mirror"},
		{"backlog", "kedaRoleArn", "kubernetes: the ARN of the role of KEDA's operator, which lets it count messages"},
		{"network", "podSecurityGroupId", "kubernetes, required: the security group that the pods' connections come from, which the databases' groups let in"},
		{"across", "apiArn", "kubernetes, required: the ARN of the API whose services the pods call, the output apiArn of the stack of target lambda"},
		{"ingress", "skipIngressWait", "kubernetes: true where the controller of an Ingress publishes no status, so that an update does not wait for its address"},
		{"irsa", "oidcProviderArn", "kubernetes: the ARN of the cluster's OpenID Connect provider in IAM, for pods' roles"},
	} {
		if slices.Contains(features, s.feature) {
			list = append(list, Setting{s.key, s.description})
		}
	}
	return list
}
