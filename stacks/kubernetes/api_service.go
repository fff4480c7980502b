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

	"ambi/stacks/settings"
)

// The api service, as app.yaml describes it.
const (
	apiName           = app + "-api"
	apiImage          = "ghcr.io/example/thumbs:1.4.2"
	apiPort           = 8080
	apiHealthPath     = "/healthz"
	apiCPU            = "500m" // requested for each pod: the autoscaler's 100%
	apiMemoryMiB      = 512
	apiTimeoutSeconds = 10
	apiNamespace      = "thumbs"
	apiMinReplicas    = 1
	apiMaxReplicas    = 50
	apiCPUTarget      = 70 // percent of apiCPU, averaged over the pods
)

// apiEnvironment is what the app finds in its environment. The Secrets exist
// already; this program knows their names only.
var apiEnvironment = corev1.EnvVarArray{
	corev1.EnvVarArgs{Name: pulumi.String("API_KEY"), ValueFrom: &corev1.EnvVarSourceArgs{
		SecretKeyRef: &corev1.SecretKeySelectorArgs{
			Name: pulumi.String("thumbs-api-key"), Key: pulumi.String("value"),
		},
	}},
	corev1.EnvVarArgs{Name: pulumi.String("LOG_LEVEL"), Value: pulumi.String("info")},
}

// apiSettings is what a stack may change: pulumi config set api.memory 1Gi.
type apiSettings struct {
	image                    string
	memoryMiB                int
	namespace                string
	minReplicas, maxReplicas int
	timeouts                 pulumi.ResourceOption // how long Pulumi waits; all services have the same
}

func readAPIConfiguration(read *settings.Settings) apiSettings {
	api := apiSettings{
		image:       read.Image("api.image", apiImage),
		memoryMiB:   read.MemoryMiB("api.memory", apiMemoryMiB, 4, 1048576),
		namespace:   read.Label("api.namespace", apiNamespace),
		minReplicas: read.Int("api.min", apiMinReplicas, 1, 1000),
		maxReplicas: read.Int("api.max", apiMaxReplicas, 1, 1000),
		timeouts:    readTimeouts(read),
	}
	read.AtMost("api.min", api.minReplicas, "api.max", api.maxReplicas)
	return api
}

// deployAPIService declares the service's resources, each after those that it needs.
func deployAPIService(ctx *pulumi.Context, api apiSettings) error {
	metadata := &metav1.ObjectMetaArgs{
		Name:      pulumi.String(apiName), // fixed: other pods find the Service by it
		Namespace: pulumi.String(api.namespace),
		Labels:    labels(apiName),
	}
	account, err := corev1.NewServiceAccount(ctx, apiName, &corev1.ServiceAccountArgs{
		Metadata:                     metadata,
		AutomountServiceAccountToken: pulumi.Bool(false), // the app never calls the Kubernetes API
	})
	if err != nil {
		return err
	}
	if err = newAPINetworkPolicy(ctx, metadata); err != nil {
		return err
	}
	deployment, err := newAPIDeployment(ctx, metadata, api, account)
	if err != nil {
		return err
	}
	_, err = corev1.NewService(ctx, apiName, &corev1.ServiceArgs{
		Metadata: metadata,
		Spec: &corev1.ServiceSpecArgs{
			Type:     pulumi.String("ClusterIP"),
			Selector: selector(apiName),
			Ports: corev1.ServicePortArray{corev1.ServicePortArgs{
				Name: pulumi.String("http"), Port: pulumi.Int(80), TargetPort: pulumi.String("http"),
			}},
		},
	}, api.timeouts)
	if err != nil {
		return err
	}
	ctx.Export("api.address", pulumi.String(address(apiName, api.namespace)))
	if err = newAPIDisruptionBudget(ctx, metadata); err != nil {
		return err
	}
	return newAPIAutoscaler(ctx, metadata, api, deployment.Metadata.Name().Elem())
}

// newAPIDeployment runs the image. It sets no replica count on purpose: the
// autoscaler owns it, and a number here would undo its work at each update.
func newAPIDeployment(ctx *pulumi.Context, metadata *metav1.ObjectMetaArgs, api apiSettings, account *corev1.ServiceAccount) (*appsv1.Deployment, error) {
	memory := pulumi.String(fmt.Sprintf("%dMi", api.memoryMiB))
	container := corev1.ContainerArgs{
		Name:  pulumi.String("api"),
		Image: pulumi.String(api.image),
		Env:   apiEnvironment,
		Ports: corev1.ContainerPortArray{corev1.ContainerPortArgs{
			Name: pulumi.String("http"), ContainerPort: pulumi.Int(apiPort),
		}},
		// No CPU limit: it would only throttle a pod that could use idle CPU.
		Resources: &corev1.ResourceRequirementsArgs{
			Requests: pulumi.StringMap{"cpu": pulumi.String(apiCPU), "memory": memory, "ephemeral-storage": pulumi.String("128Mi")},
			Limits:   pulumi.StringMap{"memory": memory, "ephemeral-storage": pulumi.String("1Gi")}, // /tmp and logs
		},
		StartupProbe:   probe(apiHealthPath, 2, 30), // a minute to start
		ReadinessProbe: probe(apiHealthPath, 5, 2),
		LivenessProbe:  probe(apiHealthPath, 10, 3),
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
		TerminationGracePeriodSeconds: pulumi.Int(drainSeconds + apiTimeoutSeconds), // the last request may take its time
		TopologySpreadConstraints:     spread(apiName),
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
	return appsv1.NewDeployment(ctx, apiName, &appsv1.DeploymentArgs{
		Metadata: metadata,
		Spec: &appsv1.DeploymentSpecArgs{
			Selector: &metav1.LabelSelectorArgs{MatchLabels: selector(apiName)},
			Strategy: &appsv1.DeploymentStrategyArgs{
				Type: pulumi.String("RollingUpdate"),
				RollingUpdate: &appsv1.RollingUpdateDeploymentArgs{
					MaxUnavailable: pulumi.Int(0), // a new pod is ready before an old one goes
					MaxSurge:       pulumi.String("25%"),
				},
			},
			Template: &corev1.PodTemplateSpecArgs{
				Metadata: &metav1.ObjectMetaArgs{Labels: labels(apiName)},
				Spec:     pod,
			},
		},
	}, api.timeouts)
}

// newAPINetworkPolicy lets requests reach the app's port and nothing else reach the
// pods, wherever the cluster's network enforces policies.
func newAPINetworkPolicy(ctx *pulumi.Context, metadata *metav1.ObjectMetaArgs) error {
	_, err := networkingv1.NewNetworkPolicy(ctx, apiName, &networkingv1.NetworkPolicyArgs{
		Metadata: metadata,
		Spec: &networkingv1.NetworkPolicySpecArgs{
			PodSelector: &metav1.LabelSelectorArgs{MatchLabels: selector(apiName)},
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

// newAPIDisruptionBudget lets a drain of nodes take one pod at a time, and never
// keeps it from the last one.
func newAPIDisruptionBudget(ctx *pulumi.Context, metadata *metav1.ObjectMetaArgs) error {
	_, err := policyv1.NewPodDisruptionBudget(ctx, apiName, &policyv1.PodDisruptionBudgetArgs{
		Metadata: metadata,
		Spec: &policyv1.PodDisruptionBudgetSpecArgs{
			MaxUnavailable:             pulumi.Int(1),
			Selector:                   &metav1.LabelSelectorArgs{MatchLabels: selector(apiName)},
			UnhealthyPodEvictionPolicy: pulumi.String("AlwaysAllow"), // a broken pod must not hold up a drain
		},
	})
	return err
}

// newAPIAutoscaler keeps the pods' average CPU near apiCPUTarget. It needs
// metrics-server in the cluster, and the CPU request above.
func newAPIAutoscaler(ctx *pulumi.Context, metadata *metav1.ObjectMetaArgs, api apiSettings, deployment pulumi.StringInput) error {
	_, err := autoscalingv2.NewHorizontalPodAutoscaler(ctx, apiName, &autoscalingv2.HorizontalPodAutoscalerArgs{
		Metadata: metadata,
		Spec: &autoscalingv2.HorizontalPodAutoscalerSpecArgs{
			ScaleTargetRef: &autoscalingv2.CrossVersionObjectReferenceArgs{
				ApiVersion: pulumi.String("apps/v1"), Kind: pulumi.String("Deployment"), Name: deployment,
			},
			MinReplicas: pulumi.Int(api.minReplicas),
			MaxReplicas: pulumi.Int(api.maxReplicas),
			Metrics: autoscalingv2.MetricSpecArray{autoscalingv2.MetricSpecArgs{
				Type: pulumi.String("Resource"),
				Resource: &autoscalingv2.ResourceMetricSourceArgs{
					Name: pulumi.String("cpu"),
					Target: &autoscalingv2.MetricTargetArgs{
						Type: pulumi.String("Utilization"), AverageUtilization: pulumi.Int(apiCPUTarget),
					},
				},
			}},
			Behavior: scalingBehavior,
		},
	})
	return err
}
