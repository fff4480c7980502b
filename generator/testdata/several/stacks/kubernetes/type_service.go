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

// The type service, as app.yaml describes it.
const (
	typeName           = app + "-type"
	typeImage          = "123456789012.dkr.ecr.eu-west-1.amazonaws.com/many/type:2.0.0"
	typePort           = 8080
	typeHealthPath     = "/healthz"
	typeCPU            = "250m" // requested for each pod: the autoscaler's 100%
	typeMemoryMiB      = 512
	typeTimeoutSeconds = 10
	typeNamespace      = "default"
	typeMinReplicas    = 1
	typeMaxReplicas    = 10
	typeCPUTarget      = 70 // percent of typeCPU, averaged over the pods
)

// typeSettings is what a stack may change: pulumi config set type.memory 1Gi.
type typeSettings struct {
	image                    string
	memoryMiB                int
	namespace                string
	minReplicas, maxReplicas int
	timeouts                 pulumi.ResourceOption // how long Pulumi waits; all services have the same
}

func readTypeConfiguration(read *settings.Settings) typeSettings {
	typeService := typeSettings{
		image:       read.Image("type.image", typeImage),
		memoryMiB:   read.MemoryMiB("type.memory", typeMemoryMiB, 4, 1048576),
		namespace:   read.Label("type.namespace", typeNamespace),
		minReplicas: read.Int("type.min", typeMinReplicas, 1, 1000),
		maxReplicas: read.Int("type.max", typeMaxReplicas, 1, 1000),
		timeouts:    readTimeouts(read),
	}
	read.AtMost("type.min", typeService.minReplicas, "type.max", typeService.maxReplicas)
	return typeService
}

// deployTypeService declares the service's resources, each after those that it needs.
func deployTypeService(ctx *pulumi.Context, typeService typeSettings) error {
	metadata := &metav1.ObjectMetaArgs{
		Name:      pulumi.String(typeName), // fixed: other pods find the Service by it
		Namespace: pulumi.String(typeService.namespace),
		Labels:    labels(typeName),
	}
	account, err := corev1.NewServiceAccount(ctx, typeName, &corev1.ServiceAccountArgs{
		Metadata:                     metadata,
		AutomountServiceAccountToken: pulumi.Bool(false), // the app never calls the Kubernetes API
	})
	if err != nil {
		return err
	}
	if err = newTypeNetworkPolicy(ctx, metadata); err != nil {
		return err
	}
	deployment, err := newTypeDeployment(ctx, metadata, typeService, account)
	if err != nil {
		return err
	}
	_, err = corev1.NewService(ctx, typeName, &corev1.ServiceArgs{
		Metadata: metadata,
		Spec: &corev1.ServiceSpecArgs{
			Type:     pulumi.String("ClusterIP"),
			Selector: selector(typeName),
			Ports: corev1.ServicePortArray{corev1.ServicePortArgs{
				Name: pulumi.String("http"), Port: pulumi.Int(80), TargetPort: pulumi.String("http"),
			}},
		},
	}, typeService.timeouts)
	if err != nil {
		return err
	}
	ctx.Export("type.address", pulumi.String(address(typeName, typeService.namespace)))
	if err = newTypeDisruptionBudget(ctx, metadata); err != nil {
		return err
	}
	return newTypeAutoscaler(ctx, metadata, typeService, deployment.Metadata.Name().Elem())
}

// newTypeDeployment runs the image. It sets no replica count on purpose: the
// autoscaler owns it, and a number here would undo its work at each update.
func newTypeDeployment(ctx *pulumi.Context, metadata *metav1.ObjectMetaArgs, typeService typeSettings, account *corev1.ServiceAccount) (*appsv1.Deployment, error) {
	memory := pulumi.String(fmt.Sprintf("%dMi", typeService.memoryMiB))
	container := corev1.ContainerArgs{
		Name:  pulumi.String("type"),
		Image: pulumi.String(typeService.image),
		Ports: corev1.ContainerPortArray{corev1.ContainerPortArgs{
			Name: pulumi.String("http"), ContainerPort: pulumi.Int(typePort),
		}},
		// No CPU limit: it would only throttle a pod that could use idle CPU.
		Resources: &corev1.ResourceRequirementsArgs{
			Requests: pulumi.StringMap{"cpu": pulumi.String(typeCPU), "memory": memory, "ephemeral-storage": pulumi.String("128Mi")},
			Limits:   pulumi.StringMap{"memory": memory, "ephemeral-storage": pulumi.String("1Gi")}, // /tmp and logs
		},
		StartupProbe:   probe(typeHealthPath, 2, 30), // a minute to start
		ReadinessProbe: probe(typeHealthPath, 5, 2),
		LivenessProbe:  probe(typeHealthPath, 10, 3),
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
		TerminationGracePeriodSeconds: pulumi.Int(drainSeconds + typeTimeoutSeconds), // the last request may take its time
		TopologySpreadConstraints:     spread(typeName),
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
	return appsv1.NewDeployment(ctx, typeName, &appsv1.DeploymentArgs{
		Metadata: metadata,
		Spec: &appsv1.DeploymentSpecArgs{
			Selector: &metav1.LabelSelectorArgs{MatchLabels: selector(typeName)},
			Strategy: &appsv1.DeploymentStrategyArgs{
				Type: pulumi.String("RollingUpdate"),
				RollingUpdate: &appsv1.RollingUpdateDeploymentArgs{
					MaxUnavailable: pulumi.Int(0), // a new pod is ready before an old one goes
					MaxSurge:       pulumi.String("25%"),
				},
			},
			Template: &corev1.PodTemplateSpecArgs{
				Metadata: &metav1.ObjectMetaArgs{Labels: labels(typeName)},
				Spec:     pod,
			},
		},
	}, typeService.timeouts)
}

// newTypeNetworkPolicy lets requests reach the app's port and nothing else reach the
// pods, wherever the cluster's network enforces policies.
func newTypeNetworkPolicy(ctx *pulumi.Context, metadata *metav1.ObjectMetaArgs) error {
	_, err := networkingv1.NewNetworkPolicy(ctx, typeName, &networkingv1.NetworkPolicyArgs{
		Metadata: metadata,
		Spec: &networkingv1.NetworkPolicySpecArgs{
			PodSelector: &metav1.LabelSelectorArgs{MatchLabels: selector(typeName)},
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

// newTypeDisruptionBudget lets a drain of nodes take one pod at a time, and never
// keeps it from the last one.
func newTypeDisruptionBudget(ctx *pulumi.Context, metadata *metav1.ObjectMetaArgs) error {
	_, err := policyv1.NewPodDisruptionBudget(ctx, typeName, &policyv1.PodDisruptionBudgetArgs{
		Metadata: metadata,
		Spec: &policyv1.PodDisruptionBudgetSpecArgs{
			MaxUnavailable:             pulumi.Int(1),
			Selector:                   &metav1.LabelSelectorArgs{MatchLabels: selector(typeName)},
			UnhealthyPodEvictionPolicy: pulumi.String("AlwaysAllow"), // a broken pod must not hold up a drain
		},
	})
	return err
}

// newTypeAutoscaler keeps the pods' average CPU near typeCPUTarget. It needs
// metrics-server in the cluster, and the CPU request above.
func newTypeAutoscaler(ctx *pulumi.Context, metadata *metav1.ObjectMetaArgs, typeService typeSettings, deployment pulumi.StringInput) error {
	_, err := autoscalingv2.NewHorizontalPodAutoscaler(ctx, typeName, &autoscalingv2.HorizontalPodAutoscalerArgs{
		Metadata: metadata,
		Spec: &autoscalingv2.HorizontalPodAutoscalerSpecArgs{
			ScaleTargetRef: &autoscalingv2.CrossVersionObjectReferenceArgs{
				ApiVersion: pulumi.String("apps/v1"), Kind: pulumi.String("Deployment"), Name: deployment,
			},
			MinReplicas: pulumi.Int(typeService.minReplicas),
			MaxReplicas: pulumi.Int(typeService.maxReplicas),
			Metrics: autoscalingv2.MetricSpecArray{autoscalingv2.MetricSpecArgs{
				Type: pulumi.String("Resource"),
				Resource: &autoscalingv2.ResourceMetricSourceArgs{
					Name: pulumi.String("cpu"),
					Target: &autoscalingv2.MetricTargetArgs{
						Type: pulumi.String("Utilization"), AverageUtilization: pulumi.Int(typeCPUTarget),
					},
				},
			}},
			Behavior: scalingBehavior,
		},
	})
	return err
}
