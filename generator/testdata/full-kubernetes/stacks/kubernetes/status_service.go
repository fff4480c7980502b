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

// The status service, as app.yaml describes it.
const (
	statusName           = app + "-status"
	statusImage          = "registry.example.com/shop/status:3.1.0"
	statusPort           = 8080
	statusHealthPath     = "/healthz"
	statusCPU            = "250m" // requested for each pod: the autoscaler's 100%
	statusMemoryMiB      = 512
	statusTimeoutSeconds = 10
	statusNamespace      = "default"
	statusMinReplicas    = 1
	statusMaxReplicas    = 10
	statusCPUTarget      = 70 // percent of statusCPU, averaged over the pods
)

// statusPaths are what the Ingress sends here. It knows no methods and no
// parameters, so a path may let in more than the routes beside it.
var statusPaths = []ingressPath{
	{"Exact", "/status"}, // ANY /status
}

// statusSettings is what a stack may change: pulumi config set status.memory 1Gi.
type statusSettings struct {
	image                    string
	memoryMiB                int
	namespace                string
	minReplicas, maxReplicas int
	timeouts                 pulumi.ResourceOption // how long Pulumi waits; all services have the same
}

func readStatusConfiguration(read *settings.Settings) statusSettings {
	status := statusSettings{
		image:       read.Image("status.image", statusImage),
		memoryMiB:   read.MemoryMiB("status.memory", statusMemoryMiB, 4, 1048576),
		namespace:   read.Label("status.namespace", statusNamespace),
		minReplicas: read.Int("status.min", statusMinReplicas, 1, 1000),
		maxReplicas: read.Int("status.max", statusMaxReplicas, 1, 1000),
		timeouts:    readTimeouts(read),
	}
	read.AtMost("status.min", status.minReplicas, "status.max", status.maxReplicas)
	return status
}

// deployStatusService declares the service's resources, each after those that it needs.
func deployStatusService(ctx *pulumi.Context, status statusSettings) error {
	metadata := &metav1.ObjectMetaArgs{
		Name:      pulumi.String(statusName), // fixed: other pods find the Service by it
		Namespace: pulumi.String(status.namespace),
		Labels:    labels(statusName),
	}
	account, err := corev1.NewServiceAccount(ctx, statusName, &corev1.ServiceAccountArgs{
		Metadata:                     metadata,
		AutomountServiceAccountToken: pulumi.Bool(false), // the app never calls the Kubernetes API
	})
	if err != nil {
		return err
	}
	if err = newStatusNetworkPolicy(ctx, metadata); err != nil {
		return err
	}
	deployment, err := newStatusDeployment(ctx, metadata, status, account)
	if err != nil {
		return err
	}
	serving, err := corev1.NewService(ctx, statusName, &corev1.ServiceArgs{
		Metadata: metadata,
		Spec: &corev1.ServiceSpecArgs{
			Type:     pulumi.String("ClusterIP"),
			Selector: selector(statusName),
			Ports: corev1.ServicePortArray{corev1.ServicePortArgs{
				Name: pulumi.String("http"), Port: pulumi.Int(80), TargetPort: pulumi.String("http"),
			}},
		},
	}, status.timeouts)
	if err != nil {
		return err
	}
	ctx.Export("status.address", pulumi.String(address(statusName, status.namespace)))
	if err = newStatusDisruptionBudget(ctx, metadata); err != nil {
		return err
	}
	if err = newStatusIngress(ctx, metadata, status, serving.Metadata.Name().Elem()); err != nil {
		return err
	}
	return newStatusAutoscaler(ctx, metadata, status, deployment.Metadata.Name().Elem())
}

// newStatusDeployment runs the image. It sets no replica count on purpose: the
// autoscaler owns it, and a number here would undo its work at each update.
func newStatusDeployment(ctx *pulumi.Context, metadata *metav1.ObjectMetaArgs, status statusSettings, account *corev1.ServiceAccount) (*appsv1.Deployment, error) {
	memory := pulumi.String(fmt.Sprintf("%dMi", status.memoryMiB))
	container := corev1.ContainerArgs{
		Name:  pulumi.String("status"),
		Image: pulumi.String(status.image),
		Ports: corev1.ContainerPortArray{corev1.ContainerPortArgs{
			Name: pulumi.String("http"), ContainerPort: pulumi.Int(statusPort),
		}},
		// No CPU limit: it would only throttle a pod that could use idle CPU.
		Resources: &corev1.ResourceRequirementsArgs{
			Requests: pulumi.StringMap{"cpu": pulumi.String(statusCPU), "memory": memory, "ephemeral-storage": pulumi.String("128Mi")},
			Limits:   pulumi.StringMap{"memory": memory, "ephemeral-storage": pulumi.String("1Gi")}, // /tmp and logs
		},
		StartupProbe:   probe(statusHealthPath, 2, 30), // a minute to start
		ReadinessProbe: probe(statusHealthPath, 5, 2),
		LivenessProbe:  probe(statusHealthPath, 10, 3),
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
		TerminationGracePeriodSeconds: pulumi.Int(drainSeconds + statusTimeoutSeconds), // the last request may take its time
		TopologySpreadConstraints:     spread(statusName),
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
	return appsv1.NewDeployment(ctx, statusName, &appsv1.DeploymentArgs{
		Metadata: metadata,
		Spec: &appsv1.DeploymentSpecArgs{
			Selector: &metav1.LabelSelectorArgs{MatchLabels: selector(statusName)},
			Strategy: &appsv1.DeploymentStrategyArgs{
				Type: pulumi.String("RollingUpdate"),
				RollingUpdate: &appsv1.RollingUpdateDeploymentArgs{
					MaxUnavailable: pulumi.Int(0), // a new pod is ready before an old one goes
					MaxSurge:       pulumi.String("25%"),
				},
			},
			Template: &corev1.PodTemplateSpecArgs{
				Metadata: &metav1.ObjectMetaArgs{Labels: labels(statusName)},
				Spec:     pod,
			},
		},
	}, status.timeouts)
}

// newStatusNetworkPolicy lets requests reach the app's port and nothing else reach the
// pods, wherever the cluster's network enforces policies.
func newStatusNetworkPolicy(ctx *pulumi.Context, metadata *metav1.ObjectMetaArgs) error {
	_, err := networkingv1.NewNetworkPolicy(ctx, statusName, &networkingv1.NetworkPolicyArgs{
		Metadata: metadata,
		Spec: &networkingv1.NetworkPolicySpecArgs{
			PodSelector: &metav1.LabelSelectorArgs{MatchLabels: selector(statusName)},
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

// newStatusDisruptionBudget lets a drain of nodes take one pod at a time, and never
// keeps it from the last one.
func newStatusDisruptionBudget(ctx *pulumi.Context, metadata *metav1.ObjectMetaArgs) error {
	_, err := policyv1.NewPodDisruptionBudget(ctx, statusName, &policyv1.PodDisruptionBudgetArgs{
		Metadata: metadata,
		Spec: &policyv1.PodDisruptionBudgetSpecArgs{
			MaxUnavailable:             pulumi.Int(1),
			Selector:                   &metav1.LabelSelectorArgs{MatchLabels: selector(statusName)},
			UnhealthyPodEvictionPolicy: pulumi.String("AlwaysAllow"), // a broken pod must not hold up a drain
		},
	})
	return err
}

// newStatusIngress serves statusPaths from outside the cluster.
func newStatusIngress(ctx *pulumi.Context, metadata *metav1.ObjectMetaArgs, status statusSettings, serviceName pulumi.StringInput) error {
	_, err := networkingv1.NewIngress(ctx, statusName, &networkingv1.IngressArgs{
		Metadata: metadata,
		Spec: &networkingv1.IngressSpecArgs{
			IngressClassName: pulumi.String("traefik"),
			Rules: networkingv1.IngressRuleArray{networkingv1.IngressRuleArgs{
				Http: &networkingv1.HTTPIngressRuleValueArgs{Paths: pathsTo(serviceName, statusPaths)},
			}},
		},
	}, status.timeouts)
	return err
}

// newStatusAutoscaler keeps the pods' average CPU near statusCPUTarget. It needs
// metrics-server in the cluster, and the CPU request above.
func newStatusAutoscaler(ctx *pulumi.Context, metadata *metav1.ObjectMetaArgs, status statusSettings, deployment pulumi.StringInput) error {
	_, err := autoscalingv2.NewHorizontalPodAutoscaler(ctx, statusName, &autoscalingv2.HorizontalPodAutoscalerArgs{
		Metadata: metadata,
		Spec: &autoscalingv2.HorizontalPodAutoscalerSpecArgs{
			ScaleTargetRef: &autoscalingv2.CrossVersionObjectReferenceArgs{
				ApiVersion: pulumi.String("apps/v1"), Kind: pulumi.String("Deployment"), Name: deployment,
			},
			MinReplicas: pulumi.Int(status.minReplicas),
			MaxReplicas: pulumi.Int(status.maxReplicas),
			Metrics: autoscalingv2.MetricSpecArray{autoscalingv2.MetricSpecArgs{
				Type: pulumi.String("Resource"),
				Resource: &autoscalingv2.ResourceMetricSourceArgs{
					Name: pulumi.String("cpu"),
					Target: &autoscalingv2.MetricTargetArgs{
						Type: pulumi.String("Utilization"), AverageUtilization: pulumi.Int(statusCPUTarget),
					},
				},
			}},
			Behavior: scalingBehavior,
		},
	})
	return err
}
