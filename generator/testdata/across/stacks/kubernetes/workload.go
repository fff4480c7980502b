package kubernetes

import (
	"fmt"
	"strings"
	"time"

	appsv1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/apps/v1"
	autoscalingv2 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/autoscaling/v2"
	corev1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/core/v1"
	metav1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/meta/v1"
	networkingv1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/networking/v1"
	policyv1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/policy/v1"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"example.com/golden/stacks/settings"
)

// facts are what app.yaml says of one service. The rest of this file makes of them what
// every service has: a function for each part, which returns what a service's own file may
// change before it passes the part on.
type facts struct {
	service        string // its name in app.yaml, which begins its settings: api in api.memory
	image          string
	port           int    // the app listens there
	healthPath     string // answers 2xx while the app is well
	cpu            string // requested for each pod
	memoryMiB      int    // requested for each pod, and its limit
	timeoutSeconds int    // the longest that a request takes
	startSeconds   int    // the longest that the app takes to start
	user           int    // that the pods run as, and their group
	namespace      string // exists already
	scale          scale
	environment    corev1.EnvVarArray
	timeouts       pulumi.ResourceOption // how long Pulumi waits; all services have the same
	permissions    []statement           // what the app may do in AWS
	roleName       string                // of the pods' role in AWS; empty for one that Pulumi makes up
	paused         bool                  // what starts it is off, because another stack's is on
	schedule       schedule              // when the app runs
	ingress        ingress               // how it is served from outside
}

// scale is how many pods run: as many, from min to max, as keep the metric near its target.
type scale struct {
	min, max int
	metric   metric
}

// metric is what an autoscaler watches, and its target.
type metric interface {
	spec() autoscalingv2.MetricSpecArgs
}

// configured is the service with what the stack's configuration changes of it.
func (f facts) configured(read *settings.Settings) facts {
	least := min(1, f.scale.min) // an autoscaler keeps one pod, unless app.yaml has one that need not
	f.image = read.Image(f.service+".image", f.image)
	f.memoryMiB = read.MemoryMiB(f.service+".memory", f.memoryMiB, 4, 1048576)
	f.timeouts = readTimeouts(read)
	f.namespace = read.Label(f.service+".namespace", f.namespace)
	if f.schedule.cron != "" {
		return f // each run is one pod
	}
	f.scale.min = read.Int(f.service+".min", f.scale.min, least, 1000)
	f.scale.max = read.Int(f.service+".max", f.scale.max, 1, 1000)
	read.AtMost(f.service+".min", f.scale.min, f.service+".max", f.scale.max)
	return f
}

// name is what the service's resources are called, in Pulumi and in the cluster.
func (f facts) name() string { return app + "-" + f.service }

// address is where pods of the cluster reach the service.
func (f facts) address() string { return fmt.Sprintf("http://%s.%s.svc", f.name(), f.namespace) }

// selector tells a service's pods from all others. Kubernetes does not let it change, so
// it holds nothing that could.
func selector(f facts) pulumi.StringMap {
	return pulumi.StringMap{
		"app.kubernetes.io/name":     pulumi.String(f.name()),
		"app.kubernetes.io/instance": pulumi.String(app),
	}
}

// labels are on every object of a service: its selector, and the other labels that
// Kubernetes recommends.
func labels(f facts) pulumi.StringMap {
	all := selector(f)
	all["app.kubernetes.io/part-of"] = pulumi.String(app)
	all["app.kubernetes.io/managed-by"] = pulumi.String("pulumi")
	return all
}

// metadata is the same on all objects of a service.
func metadata(f facts) *metav1.ObjectMetaArgs {
	return &metav1.ObjectMetaArgs{
		Name:      pulumi.String(f.name()), // fixed: other pods find the Service by it
		Namespace: pulumi.String(f.namespace),
		Labels:    labels(f),
	}
}

// readTimeouts reads how long Pulumi waits for pods, addresses and load balancers, and then
// fails: its default of ten minutes is long where a node or a controller is missing.
func readTimeouts(read *settings.Settings) pulumi.ResourceOption {
	wait := read.Duration("readyTimeout", 5*time.Minute, 10*time.Second, time.Hour).String()
	return pulumi.Timeouts(&pulumi.CustomTimeouts{Create: wait, Update: wait})
}

// newAccount declares the account that the pods run as. They have no token for it: the app
// does not call the Kubernetes API.
func newAccount(ctx *pulumi.Context, f facts, object *metav1.ObjectMetaArgs) (*corev1.ServiceAccount, error) {
	return corev1.NewServiceAccount(ctx, f.name(), &corev1.ServiceAccountArgs{
		Metadata:                     object,
		AutomountServiceAccountToken: pulumi.Bool(false),
	})
}

// containerOf is the app's own container.
func containerOf(f facts) *corev1.ContainerArgs {
	memory := pulumi.String(fmt.Sprintf("%dMi", f.memoryMiB))
	return &corev1.ContainerArgs{
		Name:  pulumi.String(f.service),
		Image: pulumi.String(f.image),
		Env:   f.environment,
		Ports: corev1.ContainerPortArray{corev1.ContainerPortArgs{
			Name: pulumi.String("http"), ContainerPort: pulumi.Int(f.port),
		}},
		// No CPU limit: it would only throttle a pod that could use idle CPU.
		Resources: &corev1.ResourceRequirementsArgs{
			Requests: pulumi.StringMap{"cpu": pulumi.String(f.cpu), "memory": memory, "ephemeral-storage": pulumi.String("128Mi")},
			Limits:   pulumi.StringMap{"memory": memory, "ephemeral-storage": pulumi.String("1Gi")}, // /tmp and logs
		},
		StartupProbe:   probe(f, 2, (f.startSeconds+1)/2),
		ReadinessProbe: probe(f, 5, 2),
		LivenessProbe:  probe(f, 10, 3),
		Lifecycle: &corev1.LifecycleArgs{PreStop: &corev1.LifecycleHandlerArgs{
			Sleep: &corev1.SleepActionArgs{Seconds: pulumi.Int(drainSeconds)}, // works in images without a shell
		}},
		SecurityContext: restricted(),
		VolumeMounts: corev1.VolumeMountArray{corev1.VolumeMountArgs{
			Name: pulumi.String("tmp"), MountPath: pulumi.String("/tmp"),
		}},
	}
}

// restricted is what a container may do: the Pod Security Standard of that name, and a
// root file system that is read-only. For one container that needs more, change what this
// returns in the service's file and set it as the container's SecurityContext.
func restricted() *corev1.SecurityContextArgs {
	return &corev1.SecurityContextArgs{
		AllowPrivilegeEscalation: pulumi.Bool(false),
		ReadOnlyRootFilesystem:   pulumi.Bool(true),
		Capabilities:             &corev1.CapabilitiesArgs{Drop: pulumi.StringArray{pulumi.String("ALL")}},
	}
}

// probe asks the app over HTTP whether it is well, each period, and believes a failure once
// it has seen it failures times in a row.
func probe(f facts, periodSeconds, failures int) *corev1.ProbeArgs {
	return &corev1.ProbeArgs{
		HttpGet:          &corev1.HTTPGetActionArgs{Path: pulumi.String(f.healthPath), Port: pulumi.String("http")},
		PeriodSeconds:    pulumi.Int(periodSeconds),
		TimeoutSeconds:   pulumi.Int(2),
		FailureThreshold: pulumi.Int(failures),
	}
}

// drainSeconds is how long a pod that was told to stop goes on serving, so that every load
// balancer has learned of it before its app stops.
const drainSeconds = 10

// podOf runs containers as an account. The app can write to /tmp, and nowhere else unless
// its service's file says so.
func podOf(f facts, account *corev1.ServiceAccount, containers ...corev1.ContainerInput) *corev1.PodSpecArgs {
	return &corev1.PodSpecArgs{
		ServiceAccountName:            account.Metadata.Name(),
		AutomountServiceAccountToken:  pulumi.Bool(false),
		Containers:                    corev1.ContainerArray(containers),
		TerminationGracePeriodSeconds: pulumi.Int(drainSeconds + f.timeoutSeconds), // the last request may take its time
		TopologySpreadConstraints: corev1.TopologySpreadConstraintArray{
			spread(f, "kubernetes.io/hostname"),
			spread(f, "topology.kubernetes.io/zone"),
		},
		SecurityContext: &corev1.PodSecurityContextArgs{
			RunAsNonRoot:   pulumi.Bool(true),
			RunAsUser:      pulumi.Int(f.user),
			RunAsGroup:     pulumi.Int(f.user),
			SeccompProfile: &corev1.SeccompProfileArgs{Type: pulumi.String("RuntimeDefault")},
		},
		Volumes: corev1.VolumeArray{corev1.VolumeArgs{
			Name: pulumi.String("tmp"), EmptyDir: &corev1.EmptyDirVolumeSourceArgs{SizeLimit: pulumi.String("512Mi")},
		}},
	}
}

// spread asks for pods in different places, and lets them share one where the cluster has
// no room.
func spread(f facts, places string) corev1.TopologySpreadConstraintArgs {
	return corev1.TopologySpreadConstraintArgs{
		MaxSkew:           pulumi.Int(1),
		TopologyKey:       pulumi.String(places),
		WhenUnsatisfiable: pulumi.String("ScheduleAnyway"),
		LabelSelector:     &metav1.LabelSelectorArgs{MatchLabels: selector(f)},
	}
}

// deploymentOf runs pods, and replaces them without losing a request. It sets no replica
// count on purpose: an autoscaler owns it, and each update would undo its work.
func deploymentOf(f facts, pod *corev1.PodSpecArgs) *appsv1.DeploymentSpecArgs {
	return &appsv1.DeploymentSpecArgs{
		Selector: &metav1.LabelSelectorArgs{MatchLabels: selector(f)},
		Strategy: &appsv1.DeploymentStrategyArgs{
			Type: pulumi.String("RollingUpdate"),
			RollingUpdate: &appsv1.RollingUpdateDeploymentArgs{
				MaxUnavailable: pulumi.Int(0), // a new pod is ready before an old one goes
				MaxSurge:       pulumi.String("25%"),
			},
		},
		Template: &corev1.PodTemplateSpecArgs{
			Metadata: &metav1.ObjectMetaArgs{Labels: labels(f)},
			Spec:     pod,
		},
	}
}

func newDeployment(ctx *pulumi.Context, f facts, spec *appsv1.DeploymentSpecArgs, options ...pulumi.ResourceOption) (*appsv1.Deployment, error) {
	return appsv1.NewDeployment(ctx, f.name(), &appsv1.DeploymentArgs{Metadata: metadata(f), Spec: spec}, append(options, f.timeouts)...)
}

// newService declares the address that the pods share.
func newService(ctx *pulumi.Context, f facts) (*corev1.Service, error) {
	ctx.Export(f.service+".address", pulumi.String(f.address()))
	return corev1.NewService(ctx, f.name(), &corev1.ServiceArgs{
		Metadata: metadata(f),
		Spec: &corev1.ServiceSpecArgs{
			Type:     pulumi.String("ClusterIP"),
			Selector: selector(f),
			Ports: corev1.ServicePortArray{corev1.ServicePortArgs{
				Name: pulumi.String("http"), Port: pulumi.Int(80), TargetPort: pulumi.String("http"),
			}},
		},
	}, f.timeouts)
}

// newDisruptionBudget lets a drain of nodes take one pod at a time, and never keeps it from
// the last one.
func newDisruptionBudget(ctx *pulumi.Context, f facts) error {
	_, err := policyv1.NewPodDisruptionBudget(ctx, f.name(), &policyv1.PodDisruptionBudgetArgs{
		Metadata: metadata(f),
		Spec: &policyv1.PodDisruptionBudgetSpecArgs{
			MaxUnavailable:             pulumi.Int(1),
			Selector:                   &metav1.LabelSelectorArgs{MatchLabels: selector(f)},
			UnhealthyPodEvictionPolicy: pulumi.String("AlwaysAllow"), // a broken pod must not hold up a drain
		},
	})
	return err
}

// networkPolicyOf lets in what the rules say and nothing else, wherever the cluster's network
// enforces policies.
func networkPolicyOf(f facts, rules ...networkingv1.NetworkPolicyIngressRuleInput) *networkingv1.NetworkPolicySpecArgs {
	policy := &networkingv1.NetworkPolicySpecArgs{
		PodSelector: &metav1.LabelSelectorArgs{MatchLabels: selector(f)},
		PolicyTypes: pulumi.ToStringArray([]string{"Ingress", "Egress"}),
		// Out to anywhere: app.yaml does not say what the app calls. If you narrow this,
		// allow DNS, UDP and TCP on port 53.
		Egress: networkingv1.NetworkPolicyEgressRuleArray{networkingv1.NetworkPolicyEgressRuleArgs{}},
	}
	if len(rules) > 0 { // an empty list the API server does not keep, so that each apply would change it
		policy.Ingress = networkingv1.NetworkPolicyIngressRuleArray(rules)
	}
	return policy
}

// requests are what some pods send to the app's port: by its name, since old and new pods
// may listen on different numbers in a rollout.
func requests(from ...networkingv1.NetworkPolicyPeerInput) networkingv1.NetworkPolicyIngressRuleArgs {
	rule := networkingv1.NetworkPolicyIngressRuleArgs{
		Ports: networkingv1.NetworkPolicyPortArray{networkingv1.NetworkPolicyPortArgs{
			Protocol: pulumi.String("TCP"), Port: pulumi.String("http"),
		}},
	}
	if len(from) > 0 {
		rule.From = networkingv1.NetworkPolicyPeerArray(from)
	}
	return rule
}

func newNetworkPolicy(ctx *pulumi.Context, f facts, spec *networkingv1.NetworkPolicySpecArgs, options ...pulumi.ResourceOption) error {
	_, err := networkingv1.NewNetworkPolicy(ctx, f.name(), &networkingv1.NetworkPolicyArgs{Metadata: metadata(f), Spec: spec}, options...)
	return err
}

// scalingBehavior grows at once, doubling if need be, and shrinks to what the last five
// minutes needed. These are Kubernetes' own defaults, written out: an autoscaler without
// them follows older, slower rules.
var scalingBehavior = &autoscalingv2.HorizontalPodAutoscalerBehaviorArgs{
	ScaleUp: &autoscalingv2.HPAScalingRulesArgs{
		StabilizationWindowSeconds: pulumi.Int(0),
		SelectPolicy:               pulumi.String("Max"),
		Policies: autoscalingv2.HPAScalingPolicyArray{
			autoscalingv2.HPAScalingPolicyArgs{Type: pulumi.String("Percent"), Value: pulumi.Int(100), PeriodSeconds: pulumi.Int(15)},
			autoscalingv2.HPAScalingPolicyArgs{Type: pulumi.String("Pods"), Value: pulumi.Int(4), PeriodSeconds: pulumi.Int(15)},
		},
	},
	ScaleDown: &autoscalingv2.HPAScalingRulesArgs{
		StabilizationWindowSeconds: pulumi.Int(300),
		SelectPolicy:               pulumi.String("Max"),
		Policies: autoscalingv2.HPAScalingPolicyArray{
			autoscalingv2.HPAScalingPolicyArgs{Type: pulumi.String("Percent"), Value: pulumi.Int(100), PeriodSeconds: pulumi.Int(15)},
		},
	},
}

// variable is an environment variable.
func variable(name, value string) corev1.EnvVarArgs {
	return corev1.EnvVarArgs{Name: pulumi.String(name), Value: pulumi.String(literal(value))}
}

// literal is a text that Kubernetes passes on as it is: in a variable's value or a
// container's command it puts another variable, a secret one too, in place of $(NAME).
func literal(text string) string { return strings.ReplaceAll(text, "$", "$$") }

// fromAnywhere is requests of the controller that serves the routes: it may run in any
// namespace, on the nodes' own network, or beside the cluster.
func fromAnywhere() networkingv1.NetworkPolicyIngressRuleArgs { return requests() }

// fromPods is requests of every pod of the cluster, and of nothing outside it.
func fromPods() networkingv1.NetworkPolicyIngressRuleArgs {
	return requests(networkingv1.NetworkPolicyPeerArgs{NamespaceSelector: &metav1.LabelSelectorArgs{}})
}

// utilization is how much the pods use of the cpu or memory that they request, in percent,
// on average. The cluster needs metrics-server for it.
type utilization struct {
	resource string
	percent  int
}

func (u utilization) spec() autoscalingv2.MetricSpecArgs {
	return autoscalingv2.MetricSpecArgs{
		Type: pulumi.String("Resource"),
		Resource: &autoscalingv2.ResourceMetricSourceArgs{
			Name: pulumi.String(u.resource),
			Target: &autoscalingv2.MetricTargetArgs{
				Type: pulumi.String("Utilization"), AverageUtilization: pulumi.Int(u.percent),
			},
		},
	}
}
