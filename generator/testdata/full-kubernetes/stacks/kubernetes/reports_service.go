package kubernetes

import (
	"fmt"

	appsv1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/apps/v1"
	autoscalingv2 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/autoscaling/v2"
	corev1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/core/v1"
	metav1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/meta/v1"
	networkingv1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/networking/v1"
	policyv1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/policy/v1"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"example.com/golden/stacks/settings"
)

// The reports service, as app.yaml describes it.
const (
	reportsName           = app + "-reports"
	reportsImage          = "registry.example.com/shop/reports:3.1.0"
	reportsPort           = 8080
	reportsHealthPath     = "/healthz"
	reportsCPU            = "250m" // requested for each pod: the autoscaler's 100%
	reportsMemoryMiB      = 512
	reportsTimeoutSeconds = 10
	reportsNamespace      = "shop"
	reportsMinReplicas    = 1
	reportsMaxReplicas    = 10
	reportsCPUTarget      = 70 // percent of reportsCPU, averaged over the pods
	reportsDomain         = "reports.example.com"
)

// newReportsEnvironment is what the app finds in its environment: beside its own
// variables, the addresses of the services that it calls.
func newReportsEnvironment(orders ordersSettings) corev1.EnvVarArray {
	return corev1.EnvVarArray{
		corev1.EnvVarArgs{Name: pulumi.String("ORDERS_URL"), Value: pulumi.String(address(ordersName, orders.namespace))},
	}
}

// reportsPaths are what the Ingress sends here. It knows no methods and no
// parameters, so a path may let in more than the routes beside it.
var reportsPaths = []ingressPath{
	{"Prefix", "/reports"}, // GET /reports/{year}
}

// reportsAnnotations are for the controller of the class alb.
var reportsAnnotations = pulumi.StringMap{
	"alb.ingress.kubernetes.io/healthcheck-path": pulumi.String("/healthz"),
	"alb.ingress.kubernetes.io/listen-ports":     pulumi.String("[{\"HTTPS\":443}]"), // with the certificate that ACM has for the host
	"alb.ingress.kubernetes.io/target-type":      pulumi.String("ip"),                // the Service has no port on the nodes
}

// reportsSettings is what a stack may change: pulumi config set reports.memory 1Gi.
type reportsSettings struct {
	image                    string
	memoryMiB                int
	namespace                string
	minReplicas, maxReplicas int
	timeouts                 pulumi.ResourceOption // how long Pulumi waits; all services have the same
}

func readReportsConfiguration(read *settings.Settings) reportsSettings {
	reports := reportsSettings{
		image:       read.Image("reports.image", reportsImage),
		memoryMiB:   read.MemoryMiB("reports.memory", reportsMemoryMiB, 4, 1048576),
		namespace:   read.Label("reports.namespace", reportsNamespace),
		minReplicas: read.Int("reports.min", reportsMinReplicas, 1, 1000),
		maxReplicas: read.Int("reports.max", reportsMaxReplicas, 1, 1000),
		timeouts:    readTimeouts(read),
	}
	read.AtMost("reports.min", reports.minReplicas, "reports.max", reports.maxReplicas)
	return reports
}

// deployReportsService declares the service's resources, each after those that it needs.
func deployReportsService(ctx *pulumi.Context, needed map[string][]pulumi.Resource, reports reportsSettings, orders ordersSettings) error {
	metadata := &metav1.ObjectMetaArgs{
		Name:      pulumi.String(reportsName), // fixed: other pods find the Service by it
		Namespace: pulumi.String(reports.namespace),
		Labels:    labels(reportsName),
	}
	account, err := corev1.NewServiceAccount(ctx, reportsName, &corev1.ServiceAccountArgs{
		Metadata:                     metadata,
		AutomountServiceAccountToken: pulumi.Bool(false), // the app never calls the Kubernetes API
	})
	if err != nil {
		return err
	}
	if err = newReportsNetworkPolicy(ctx, metadata); err != nil {
		return err
	}
	deployment, err := newReportsDeployment(ctx, metadata, reports, account, needed[reportsName], newReportsEnvironment(orders))
	if err != nil {
		return err
	}
	serving, err := corev1.NewService(ctx, reportsName, &corev1.ServiceArgs{
		Metadata: metadata,
		Spec: &corev1.ServiceSpecArgs{
			Type:     pulumi.String("ClusterIP"),
			Selector: selector(reportsName),
			Ports: corev1.ServicePortArray{corev1.ServicePortArgs{
				Name: pulumi.String("http"), Port: pulumi.Int(80), TargetPort: pulumi.String("http"),
			}},
		},
	}, reports.timeouts)
	if err != nil {
		return err
	}
	ctx.Export("reports.address", pulumi.String(address(reportsName, reports.namespace)))
	if err = newReportsDisruptionBudget(ctx, metadata); err != nil {
		return err
	}
	if err = newReportsIngress(ctx, metadata, reports, serving.Metadata.Name().Elem()); err != nil {
		return err
	}
	return newReportsAutoscaler(ctx, metadata, reports, deployment.Metadata.Name().Elem())
}

// newReportsDeployment runs the image. It sets no replica count on purpose: the
// autoscaler owns it, and a number here would undo its work at each update.
func newReportsDeployment(ctx *pulumi.Context, metadata *metav1.ObjectMetaArgs, reports reportsSettings, account *corev1.ServiceAccount, needed []pulumi.Resource, environment corev1.EnvVarArray) (*appsv1.Deployment, error) {
	memory := pulumi.String(fmt.Sprintf("%dMi", reports.memoryMiB))
	container := corev1.ContainerArgs{
		Name:  pulumi.String("reports"),
		Image: pulumi.String(reports.image),
		Env:   environment,
		Ports: corev1.ContainerPortArray{corev1.ContainerPortArgs{
			Name: pulumi.String("http"), ContainerPort: pulumi.Int(reportsPort),
		}},
		// No CPU limit: it would only throttle a pod that could use idle CPU.
		Resources: &corev1.ResourceRequirementsArgs{
			Requests: pulumi.StringMap{"cpu": pulumi.String(reportsCPU), "memory": memory, "ephemeral-storage": pulumi.String("128Mi")},
			Limits:   pulumi.StringMap{"memory": memory, "ephemeral-storage": pulumi.String("1Gi")}, // /tmp and logs
		},
		StartupProbe:   probe(reportsHealthPath, 2, 30), // a minute to start
		ReadinessProbe: probe(reportsHealthPath, 5, 2),
		LivenessProbe:  probe(reportsHealthPath, 10, 3),
		Lifecycle: &corev1.LifecycleArgs{PreStop: &corev1.LifecycleHandlerArgs{
			Sleep: &corev1.SleepActionArgs{Seconds: pulumi.Int(drainSeconds)}, // works in images without a shell
		}},
		SecurityContext: &corev1.SecurityContextArgs{
			AllowPrivilegeEscalation: pulumi.Bool(false),
			ReadOnlyRootFilesystem:   pulumi.Bool(true),
			Capabilities:             &corev1.CapabilitiesArgs{Drop: pulumi.StringArray{pulumi.String("ALL")}},
		},
		VolumeMounts: corev1.VolumeMountArray{corev1.VolumeMountArgs{
			Name: pulumi.String("tmp"), MountPath: pulumi.String("/tmp"),
		}},
	}
	pod := &corev1.PodSpecArgs{
		ServiceAccountName:            account.Metadata.Name(),
		AutomountServiceAccountToken:  pulumi.Bool(false),
		Containers:                    corev1.ContainerArray{container},
		TerminationGracePeriodSeconds: pulumi.Int(drainSeconds + reportsTimeoutSeconds), // the last request may take its time
		TopologySpreadConstraints:     spread(reportsName),
		SecurityContext: &corev1.PodSecurityContextArgs{
			RunAsNonRoot:   pulumi.Bool(true),
			RunAsUser:      pulumi.Int(65532),
			RunAsGroup:     pulumi.Int(65532),
			SeccompProfile: &corev1.SeccompProfileArgs{Type: pulumi.String("RuntimeDefault")},
		},
		Volumes: corev1.VolumeArray{corev1.VolumeArgs{
			Name: pulumi.String("tmp"), EmptyDir: &corev1.EmptyDirVolumeSourceArgs{SizeLimit: pulumi.String("512Mi")},
		}},
	}
	return appsv1.NewDeployment(ctx, reportsName, &appsv1.DeploymentArgs{
		Metadata: metadata,
		Spec: &appsv1.DeploymentSpecArgs{
			Selector: &metav1.LabelSelectorArgs{MatchLabels: selector(reportsName)},
			Strategy: &appsv1.DeploymentStrategyArgs{
				Type: pulumi.String("RollingUpdate"),
				RollingUpdate: &appsv1.RollingUpdateDeploymentArgs{
					MaxUnavailable: pulumi.Int(0), // a new pod is ready before an old one goes
					MaxSurge:       pulumi.String("25%"),
				},
			},
			Template: &corev1.PodTemplateSpecArgs{
				Metadata: &metav1.ObjectMetaArgs{Labels: labels(reportsName)},
				Spec:     pod,
			},
		},
	}, reports.timeouts, pulumi.DependsOn(needed)) // pods change over to what they call once that is ready
}

// newReportsNetworkPolicy lets requests reach the app's port and nothing else reach the
// pods, wherever the cluster's network enforces policies.
func newReportsNetworkPolicy(ctx *pulumi.Context, metadata *metav1.ObjectMetaArgs) error {
	_, err := networkingv1.NewNetworkPolicy(ctx, reportsName, &networkingv1.NetworkPolicyArgs{
		Metadata: metadata,
		Spec: &networkingv1.NetworkPolicySpecArgs{
			PodSelector: &metav1.LabelSelectorArgs{MatchLabels: selector(reportsName)},
			PolicyTypes: pulumi.ToStringArray([]string{"Ingress", "Egress"}),
			Ingress: networkingv1.NetworkPolicyIngressRuleArray{networkingv1.NetworkPolicyIngressRuleArgs{
				// By its name: in a rollout, old and new pods may listen on different numbers.
				Ports: networkingv1.NetworkPolicyPortArray{networkingv1.NetworkPolicyPortArgs{
					Protocol: pulumi.String("TCP"), Port: pulumi.String("http"),
				}},
				// From anywhere: what serves the routes from outside may run in any namespace,
				// on the nodes' own network, or beside the cluster.
			}},
			// Out to anywhere: app.yaml does not say what the app calls. Who narrows this
			// must let DNS through, UDP and TCP on port 53.
			Egress: networkingv1.NetworkPolicyEgressRuleArray{networkingv1.NetworkPolicyEgressRuleArgs{}},
		},
	})
	return err
}

// newReportsDisruptionBudget lets a drain of nodes take one pod at a time, and never
// keeps it from the last one.
func newReportsDisruptionBudget(ctx *pulumi.Context, metadata *metav1.ObjectMetaArgs) error {
	_, err := policyv1.NewPodDisruptionBudget(ctx, reportsName, &policyv1.PodDisruptionBudgetArgs{
		Metadata: metadata,
		Spec: &policyv1.PodDisruptionBudgetSpecArgs{
			MaxUnavailable:             pulumi.Int(1),
			Selector:                   &metav1.LabelSelectorArgs{MatchLabels: selector(reportsName)},
			UnhealthyPodEvictionPolicy: pulumi.String("AlwaysAllow"), // a broken pod must not hold up a drain
		},
	})
	return err
}

// newReportsIngress serves reportsPaths from outside the cluster.
func newReportsIngress(ctx *pulumi.Context, metadata *metav1.ObjectMetaArgs, reports reportsSettings, serviceName pulumi.StringInput) error {
	_, err := networkingv1.NewIngress(ctx, reportsName, &networkingv1.IngressArgs{
		Metadata: annotated(metadata, reportsAnnotations),
		Spec: &networkingv1.IngressSpecArgs{
			IngressClassName: pulumi.String("alb"),
			Rules: networkingv1.IngressRuleArray{networkingv1.IngressRuleArgs{
				Host: pulumi.String(reportsDomain),
				Http: &networkingv1.HTTPIngressRuleValueArgs{Paths: pathsTo(serviceName, reportsPaths)},
			}},
			Tls: networkingv1.IngressTLSArray{networkingv1.IngressTLSArgs{
				Hosts: pulumi.StringArray{pulumi.String(reportsDomain)},
			}},
		},
	}, reports.timeouts)
	return err
}

// newReportsAutoscaler keeps the pods' average CPU near reportsCPUTarget. It needs
// metrics-server in the cluster, and the CPU request above.
func newReportsAutoscaler(ctx *pulumi.Context, metadata *metav1.ObjectMetaArgs, reports reportsSettings, deployment pulumi.StringInput) error {
	_, err := autoscalingv2.NewHorizontalPodAutoscaler(ctx, reportsName, &autoscalingv2.HorizontalPodAutoscalerArgs{
		Metadata: metadata,
		Spec: &autoscalingv2.HorizontalPodAutoscalerSpecArgs{
			ScaleTargetRef: &autoscalingv2.CrossVersionObjectReferenceArgs{
				ApiVersion: pulumi.String("apps/v1"), Kind: pulumi.String("Deployment"), Name: deployment,
			},
			MinReplicas: pulumi.Int(reports.minReplicas),
			MaxReplicas: pulumi.Int(reports.maxReplicas),
			Metrics: autoscalingv2.MetricSpecArray{autoscalingv2.MetricSpecArgs{
				Type: pulumi.String("Resource"),
				Resource: &autoscalingv2.ResourceMetricSourceArgs{
					Name: pulumi.String("cpu"),
					Target: &autoscalingv2.MetricTargetArgs{
						Type: pulumi.String("Utilization"), AverageUtilization: pulumi.Int(reportsCPUTarget),
					},
				},
			}},
			Behavior: scalingBehavior,
		},
	})
	return err
}
