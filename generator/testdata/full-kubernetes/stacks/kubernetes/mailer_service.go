package kubernetes

import (
	"fmt"

	"github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/apiextensions"
	appsv1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/apps/v1"
	autoscalingv2 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/autoscaling/v2"
	corev1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/core/v1"
	metav1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/meta/v1"
	networkingv1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/networking/v1"
	policyv1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/policy/v1"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"example.com/golden/stacks/settings"
)

// The mailer service, as app.yaml describes it.
const (
	mailerName           = app + "-mailer"
	mailerImage          = "registry.example.com/shop/mailer:3.1.0"
	mailerPort           = 8080
	mailerHealthPath     = "/healthz"
	mailerMetricsPath    = "/metrics"
	mailerCPU            = "250m" // requested for each pod: the autoscaler's 100%
	mailerMemoryMiB      = 512
	mailerTimeoutSeconds = 10
	mailerNamespace      = "shop"
	mailerMinReplicas    = 1
	mailerMaxReplicas    = 3
	mailerCPUTarget      = 70 // percent of mailerCPU, averaged over the pods
)

// mailerSettings is what a stack may change: pulumi config set mailer.memory 1Gi.
type mailerSettings struct {
	image                    string
	memoryMiB                int
	namespace                string
	minReplicas, maxReplicas int
	timeouts                 pulumi.ResourceOption // how long Pulumi waits; all services have the same
}

func readMailerConfiguration(read *settings.Settings) mailerSettings {
	mailer := mailerSettings{
		image:       read.Image("mailer.image", mailerImage),
		memoryMiB:   read.MemoryMiB("mailer.memory", mailerMemoryMiB, 4, 1048576),
		namespace:   read.Label("mailer.namespace", mailerNamespace),
		minReplicas: read.Int("mailer.min", mailerMinReplicas, 1, 1000),
		maxReplicas: read.Int("mailer.max", mailerMaxReplicas, 1, 1000),
		timeouts:    readTimeouts(read),
	}
	read.AtMost("mailer.min", mailer.minReplicas, "mailer.max", mailer.maxReplicas)
	return mailer
}

// deployMailerService declares the service's resources, each after those that it needs.
func deployMailerService(ctx *pulumi.Context, mailer mailerSettings) error {
	metadata := &metav1.ObjectMetaArgs{
		Name:      pulumi.String(mailerName), // fixed: other pods find the Service by it
		Namespace: pulumi.String(mailer.namespace),
		Labels:    labels(mailerName),
	}
	account, err := corev1.NewServiceAccount(ctx, mailerName, &corev1.ServiceAccountArgs{
		Metadata:                     metadata,
		AutomountServiceAccountToken: pulumi.Bool(false), // the app never calls the Kubernetes API
	})
	if err != nil {
		return err
	}
	if err = newMailerNetworkPolicy(ctx, metadata); err != nil {
		return err
	}
	deployment, err := newMailerDeployment(ctx, metadata, mailer, account)
	if err != nil {
		return err
	}
	_, err = corev1.NewService(ctx, mailerName, &corev1.ServiceArgs{
		Metadata: metadata,
		Spec: &corev1.ServiceSpecArgs{
			Type:     pulumi.String("ClusterIP"),
			Selector: selector(mailerName),
			Ports: corev1.ServicePortArray{corev1.ServicePortArgs{
				Name: pulumi.String("http"), Port: pulumi.Int(80), TargetPort: pulumi.String("http"),
			}},
		},
	}, mailer.timeouts)
	if err != nil {
		return err
	}
	ctx.Export("mailer.address", pulumi.String(address(mailerName, mailer.namespace)))
	if err = newMailerDisruptionBudget(ctx, metadata); err != nil {
		return err
	}
	if err = newMailerServiceMonitor(ctx, metadata); err != nil {
		return err
	}
	return newMailerAutoscaler(ctx, metadata, mailer, deployment.Metadata.Name().Elem())
}

// newMailerDeployment runs the image. It sets no replica count on purpose: the
// autoscaler owns it, and a number here would undo its work at each update.
func newMailerDeployment(ctx *pulumi.Context, metadata *metav1.ObjectMetaArgs, mailer mailerSettings, account *corev1.ServiceAccount) (*appsv1.Deployment, error) {
	memory := pulumi.String(fmt.Sprintf("%dMi", mailer.memoryMiB))
	container := corev1.ContainerArgs{
		Name:  pulumi.String("mailer"),
		Image: pulumi.String(mailer.image),
		Ports: corev1.ContainerPortArray{corev1.ContainerPortArgs{
			Name: pulumi.String("http"), ContainerPort: pulumi.Int(mailerPort),
		}},
		// No CPU limit: it would only throttle a pod that could use idle CPU.
		Resources: &corev1.ResourceRequirementsArgs{
			Requests: pulumi.StringMap{"cpu": pulumi.String(mailerCPU), "memory": memory, "ephemeral-storage": pulumi.String("128Mi")},
			Limits:   pulumi.StringMap{"memory": memory, "ephemeral-storage": pulumi.String("1Gi")}, // /tmp and logs
		},
		StartupProbe:   probe(mailerHealthPath, 2, 30), // a minute to start
		ReadinessProbe: probe(mailerHealthPath, 5, 2),
		LivenessProbe:  probe(mailerHealthPath, 10, 3),
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
		TerminationGracePeriodSeconds: pulumi.Int(drainSeconds + mailerTimeoutSeconds), // the last request may take its time
		TopologySpreadConstraints:     spread(mailerName),
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
	return appsv1.NewDeployment(ctx, mailerName, &appsv1.DeploymentArgs{
		Metadata: metadata,
		Spec: &appsv1.DeploymentSpecArgs{
			Selector: &metav1.LabelSelectorArgs{MatchLabels: selector(mailerName)},
			Strategy: &appsv1.DeploymentStrategyArgs{
				Type: pulumi.String("RollingUpdate"),
				RollingUpdate: &appsv1.RollingUpdateDeploymentArgs{
					MaxUnavailable: pulumi.Int(0), // a new pod is ready before an old one goes
					MaxSurge:       pulumi.String("25%"),
				},
			},
			Template: &corev1.PodTemplateSpecArgs{
				Metadata: &metav1.ObjectMetaArgs{Labels: labels(mailerName)},
				Spec:     pod,
			},
		},
	}, mailer.timeouts)
}

// newMailerNetworkPolicy lets requests reach the app's port and nothing else reach the
// pods, wherever the cluster's network enforces policies.
func newMailerNetworkPolicy(ctx *pulumi.Context, metadata *metav1.ObjectMetaArgs) error {
	_, err := networkingv1.NewNetworkPolicy(ctx, mailerName, &networkingv1.NetworkPolicyArgs{
		Metadata: metadata,
		Spec: &networkingv1.NetworkPolicySpecArgs{
			PodSelector: &metav1.LabelSelectorArgs{MatchLabels: selector(mailerName)},
			PolicyTypes: pulumi.ToStringArray([]string{"Ingress", "Egress"}),
			Ingress: networkingv1.NetworkPolicyIngressRuleArray{networkingv1.NetworkPolicyIngressRuleArgs{
				// By its name: in a rollout, old and new pods may listen on different numbers.
				Ports: networkingv1.NetworkPolicyPortArray{networkingv1.NetworkPolicyPortArgs{
					Protocol: pulumi.String("TCP"), Port: pulumi.String("http"),
				}},
				From: networkingv1.NetworkPolicyPeerArray{networkingv1.NetworkPolicyPeerArgs{
					NamespaceSelector: &metav1.LabelSelectorArgs{}, // any pod of the cluster, and nobody outside
				}},
			}},
			// Out to anywhere: app.yaml does not say what the app calls. Who narrows this
			// must let DNS through, UDP and TCP on port 53.
			Egress: networkingv1.NetworkPolicyEgressRuleArray{networkingv1.NetworkPolicyEgressRuleArgs{}},
		},
	})
	return err
}

// newMailerDisruptionBudget lets a drain of nodes take one pod at a time, and never
// keeps it from the last one.
func newMailerDisruptionBudget(ctx *pulumi.Context, metadata *metav1.ObjectMetaArgs) error {
	_, err := policyv1.NewPodDisruptionBudget(ctx, mailerName, &policyv1.PodDisruptionBudgetArgs{
		Metadata: metadata,
		Spec: &policyv1.PodDisruptionBudgetSpecArgs{
			MaxUnavailable:             pulumi.Int(1),
			Selector:                   &metav1.LabelSelectorArgs{MatchLabels: selector(mailerName)},
			UnhealthyPodEvictionPolicy: pulumi.String("AlwaysAllow"), // a broken pod must not hold up a drain
		},
	})
	return err
}

// newMailerServiceMonitor has the Prometheus Operator scrape every pod.
func newMailerServiceMonitor(ctx *pulumi.Context, metadata *metav1.ObjectMetaArgs) error {
	_, err := apiextensions.NewCustomResource(ctx, mailerName, &apiextensions.CustomResourceArgs{
		ApiVersion: pulumi.String("monitoring.coreos.com/v1"),
		Kind:       pulumi.String("ServiceMonitor"),
		Metadata:   metadata,
		OtherFields: map[string]any{"spec": pulumi.Map{
			"selector":  pulumi.Map{"matchLabels": selector(mailerName)},
			"endpoints": pulumi.Array{pulumi.Map{"port": pulumi.String("http"), "path": pulumi.String(mailerMetricsPath)}},
		}},
	})
	return err
}

// newMailerAutoscaler keeps the pods' average CPU near mailerCPUTarget. It needs
// metrics-server in the cluster, and the CPU request above.
func newMailerAutoscaler(ctx *pulumi.Context, metadata *metav1.ObjectMetaArgs, mailer mailerSettings, deployment pulumi.StringInput) error {
	_, err := autoscalingv2.NewHorizontalPodAutoscaler(ctx, mailerName, &autoscalingv2.HorizontalPodAutoscalerArgs{
		Metadata: metadata,
		Spec: &autoscalingv2.HorizontalPodAutoscalerSpecArgs{
			ScaleTargetRef: &autoscalingv2.CrossVersionObjectReferenceArgs{
				ApiVersion: pulumi.String("apps/v1"), Kind: pulumi.String("Deployment"), Name: deployment,
			},
			MinReplicas: pulumi.Int(mailer.minReplicas),
			MaxReplicas: pulumi.Int(mailer.maxReplicas),
			Metrics: autoscalingv2.MetricSpecArray{autoscalingv2.MetricSpecArgs{
				Type: pulumi.String("Resource"),
				Resource: &autoscalingv2.ResourceMetricSourceArgs{
					Name: pulumi.String("cpu"),
					Target: &autoscalingv2.MetricTargetArgs{
						Type: pulumi.String("Utilization"), AverageUtilization: pulumi.Int(mailerCPUTarget),
					},
				},
			}},
			Behavior: scalingBehavior,
		},
	})
	return err
}
