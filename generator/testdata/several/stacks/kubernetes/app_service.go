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

// The app service, as app.yaml describes it.
const (
	appName           = app + "-app"
	appImage          = "123456789012.dkr.ecr.eu-west-1.amazonaws.com/many/app:2.0.0"
	appPort           = 8080
	appHealthPath     = "/healthz"
	appCPU            = "250m" // requested for each pod: the autoscaler's 100%
	appMemoryMiB      = 512
	appTimeoutSeconds = 10
	appNamespace      = "default"
	appMinReplicas    = 1
	appMaxReplicas    = 10
	appCPUTarget      = 70 // percent of appCPU, averaged over the pods
)

// appSettings is what a stack may change: pulumi config set app.memory 1Gi.
type appSettings struct {
	image                    string
	memoryMiB                int
	namespace                string
	minReplicas, maxReplicas int
	timeouts                 pulumi.ResourceOption // how long Pulumi waits; all services have the same
}

func readAppConfiguration(read *settings.Settings) appSettings {
	appService := appSettings{
		image:       read.Image("app.image", appImage),
		memoryMiB:   read.MemoryMiB("app.memory", appMemoryMiB, 4, 1048576),
		namespace:   read.Label("app.namespace", appNamespace),
		minReplicas: read.Int("app.min", appMinReplicas, 1, 1000),
		maxReplicas: read.Int("app.max", appMaxReplicas, 1, 1000),
		timeouts:    readTimeouts(read),
	}
	read.AtMost("app.min", appService.minReplicas, "app.max", appService.maxReplicas)
	return appService
}

// deployAppService declares the service's resources, each after those that it needs.
func deployAppService(ctx *pulumi.Context, appService appSettings) error {
	metadata := &metav1.ObjectMetaArgs{
		Name:      pulumi.String(appName), // fixed: other pods find the Service by it
		Namespace: pulumi.String(appService.namespace),
		Labels:    labels(appName),
	}
	account, err := corev1.NewServiceAccount(ctx, appName, &corev1.ServiceAccountArgs{
		Metadata:                     metadata,
		AutomountServiceAccountToken: pulumi.Bool(false), // the app never calls the Kubernetes API
	})
	if err != nil {
		return err
	}
	if err = newAppNetworkPolicy(ctx, metadata); err != nil {
		return err
	}
	deployment, err := newAppDeployment(ctx, metadata, appService, account)
	if err != nil {
		return err
	}
	_, err = corev1.NewService(ctx, appName, &corev1.ServiceArgs{
		Metadata: metadata,
		Spec: &corev1.ServiceSpecArgs{
			Type:     pulumi.String("ClusterIP"),
			Selector: selector(appName),
			Ports: corev1.ServicePortArray{corev1.ServicePortArgs{
				Name: pulumi.String("http"), Port: pulumi.Int(80), TargetPort: pulumi.String("http"),
			}},
		},
	}, appService.timeouts)
	if err != nil {
		return err
	}
	ctx.Export("app.address", pulumi.String(address(appName, appService.namespace)))
	if err = newAppDisruptionBudget(ctx, metadata); err != nil {
		return err
	}
	return newAppAutoscaler(ctx, metadata, appService, deployment.Metadata.Name().Elem())
}

// newAppDeployment runs the image. It sets no replica count on purpose: the
// autoscaler owns it, and a number here would undo its work at each update.
func newAppDeployment(ctx *pulumi.Context, metadata *metav1.ObjectMetaArgs, appService appSettings, account *corev1.ServiceAccount) (*appsv1.Deployment, error) {
	memory := pulumi.String(fmt.Sprintf("%dMi", appService.memoryMiB))
	container := corev1.ContainerArgs{
		Name:  pulumi.String("app"),
		Image: pulumi.String(appService.image),
		Ports: corev1.ContainerPortArray{corev1.ContainerPortArgs{
			Name: pulumi.String("http"), ContainerPort: pulumi.Int(appPort),
		}},
		// No CPU limit: it would only throttle a pod that could use idle CPU.
		Resources: &corev1.ResourceRequirementsArgs{
			Requests: pulumi.StringMap{"cpu": pulumi.String(appCPU), "memory": memory, "ephemeral-storage": pulumi.String("128Mi")},
			Limits:   pulumi.StringMap{"memory": memory, "ephemeral-storage": pulumi.String("1Gi")}, // /tmp and logs
		},
		StartupProbe:   probe(appHealthPath, 2, 30), // a minute to start
		ReadinessProbe: probe(appHealthPath, 5, 2),
		LivenessProbe:  probe(appHealthPath, 10, 3),
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
		TerminationGracePeriodSeconds: pulumi.Int(drainSeconds + appTimeoutSeconds), // the last request may take its time
		TopologySpreadConstraints:     spread(appName),
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
	return appsv1.NewDeployment(ctx, appName, &appsv1.DeploymentArgs{
		Metadata: metadata,
		Spec: &appsv1.DeploymentSpecArgs{
			Selector: &metav1.LabelSelectorArgs{MatchLabels: selector(appName)},
			Strategy: &appsv1.DeploymentStrategyArgs{
				Type: pulumi.String("RollingUpdate"),
				RollingUpdate: &appsv1.RollingUpdateDeploymentArgs{
					MaxUnavailable: pulumi.Int(0), // a new pod is ready before an old one goes
					MaxSurge:       pulumi.String("25%"),
				},
			},
			Template: &corev1.PodTemplateSpecArgs{
				Metadata: &metav1.ObjectMetaArgs{Labels: labels(appName)},
				Spec:     pod,
			},
		},
	}, appService.timeouts)
}

// newAppNetworkPolicy lets requests reach the app's port and nothing else reach the
// pods, wherever the cluster's network enforces policies.
func newAppNetworkPolicy(ctx *pulumi.Context, metadata *metav1.ObjectMetaArgs) error {
	_, err := networkingv1.NewNetworkPolicy(ctx, appName, &networkingv1.NetworkPolicyArgs{
		Metadata: metadata,
		Spec: &networkingv1.NetworkPolicySpecArgs{
			PodSelector: &metav1.LabelSelectorArgs{MatchLabels: selector(appName)},
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

// newAppDisruptionBudget lets a drain of nodes take one pod at a time, and never
// keeps it from the last one.
func newAppDisruptionBudget(ctx *pulumi.Context, metadata *metav1.ObjectMetaArgs) error {
	_, err := policyv1.NewPodDisruptionBudget(ctx, appName, &policyv1.PodDisruptionBudgetArgs{
		Metadata: metadata,
		Spec: &policyv1.PodDisruptionBudgetSpecArgs{
			MaxUnavailable:             pulumi.Int(1),
			Selector:                   &metav1.LabelSelectorArgs{MatchLabels: selector(appName)},
			UnhealthyPodEvictionPolicy: pulumi.String("AlwaysAllow"), // a broken pod must not hold up a drain
		},
	})
	return err
}

// newAppAutoscaler keeps the pods' average CPU near appCPUTarget. It needs
// metrics-server in the cluster, and the CPU request above.
func newAppAutoscaler(ctx *pulumi.Context, metadata *metav1.ObjectMetaArgs, appService appSettings, deployment pulumi.StringInput) error {
	_, err := autoscalingv2.NewHorizontalPodAutoscaler(ctx, appName, &autoscalingv2.HorizontalPodAutoscalerArgs{
		Metadata: metadata,
		Spec: &autoscalingv2.HorizontalPodAutoscalerSpecArgs{
			ScaleTargetRef: &autoscalingv2.CrossVersionObjectReferenceArgs{
				ApiVersion: pulumi.String("apps/v1"), Kind: pulumi.String("Deployment"), Name: deployment,
			},
			MinReplicas: pulumi.Int(appService.minReplicas),
			MaxReplicas: pulumi.Int(appService.maxReplicas),
			Metrics: autoscalingv2.MetricSpecArray{autoscalingv2.MetricSpecArgs{
				Type: pulumi.String("Resource"),
				Resource: &autoscalingv2.ResourceMetricSourceArgs{
					Name: pulumi.String("cpu"),
					Target: &autoscalingv2.MetricTargetArgs{
						Type: pulumi.String("Utilization"), AverageUtilization: pulumi.Int(appCPUTarget),
					},
				},
			}},
			Behavior: scalingBehavior,
		},
	})
	return err
}
