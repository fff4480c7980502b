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

// The load-test service, as app.yaml describes it.
const (
	loadTestName           = app + "-load-test"
	loadTestImage          = "123456789012.dkr.ecr.eu-west-1.amazonaws.com/many/load-test:2.0.0"
	loadTestPort           = 8080
	loadTestHealthPath     = "/healthz"
	loadTestCPU            = "250m" // requested for each pod
	loadTestMemoryMiB      = 512    // requested for each pod: the autoscaler's 100%
	loadTestTimeoutSeconds = 10
	loadTestNamespace      = "default"
	loadTestMinReplicas    = 2
	loadTestMaxReplicas    = 4
	loadTestMemoryTarget   = 80 // percent of loadTestMemoryMiB, averaged over the pods
)

// loadTestEnvironment is what the app finds in its environment. The Secrets exist
// already; this program knows their names only.
var loadTestEnvironment = corev1.EnvVarArray{
	corev1.EnvVarArgs{Name: pulumi.String("BACKTICK"), Value: pulumi.String("a`b")},
	corev1.EnvVarArgs{Name: pulumi.String("BRACES"), Value: pulumi.String("{{.App}} ${HOME} %s %d")},
	corev1.EnvVarArgs{Name: pulumi.String("DATABASE_PASSWORD"), ValueFrom: &corev1.EnvVarSourceArgs{
		SecretKeyRef: &corev1.SecretKeySelectorArgs{
			Name: pulumi.String("many-database"), Key: pulumi.String("password"),
		},
	}},
	corev1.EnvVarArgs{Name: pulumi.String("DATABASE_URL"), ValueFrom: &corev1.EnvVarSourceArgs{
		SecretKeyRef: &corev1.SecretKeySelectorArgs{
			Name: pulumi.String("many-database"), Key: pulumi.String("url"),
		},
	}},
	corev1.EnvVarArgs{Name: pulumi.String("LINES"), Value: pulumi.String("one\ntwo\ttabbed")},
	corev1.EnvVarArgs{Name: pulumi.String("QUOTES"), Value: pulumi.String("\"; panic(\"no\") //")},
	corev1.EnvVarArgs{Name: pulumi.String("RIGHT_TO_LEFT"), Value: pulumi.String("\u202egnp.exe\u200f")},
	corev1.EnvVarArgs{Name: pulumi.String("TOKEN"), ValueFrom: &corev1.EnvVarSourceArgs{
		SecretKeyRef: &corev1.SecretKeySelectorArgs{
			Name: pulumi.String("3rd.party"), Key: pulumi.String("token.v1"),
		},
	}},
}

// loadTestSettings is what a stack may change: pulumi config set load-test.memory 1Gi.
type loadTestSettings struct {
	image                    string
	memoryMiB                int
	namespace                string
	minReplicas, maxReplicas int
	timeouts                 pulumi.ResourceOption // how long Pulumi waits; all services have the same
}

func readLoadTestConfiguration(read *settings.Settings) loadTestSettings {
	loadTest := loadTestSettings{
		image:       read.Image("load-test.image", loadTestImage),
		memoryMiB:   read.MemoryMiB("load-test.memory", loadTestMemoryMiB, 4, 1048576),
		namespace:   read.Label("load-test.namespace", loadTestNamespace),
		minReplicas: read.Int("load-test.min", loadTestMinReplicas, 1, 1000),
		maxReplicas: read.Int("load-test.max", loadTestMaxReplicas, 1, 1000),
		timeouts:    readTimeouts(read),
	}
	read.AtMost("load-test.min", loadTest.minReplicas, "load-test.max", loadTest.maxReplicas)
	return loadTest
}

// deployLoadTestService declares the service's resources, each after those that it needs.
func deployLoadTestService(ctx *pulumi.Context, loadTest loadTestSettings) error {
	metadata := &metav1.ObjectMetaArgs{
		Name:      pulumi.String(loadTestName), // fixed: other pods find the Service by it
		Namespace: pulumi.String(loadTest.namespace),
		Labels:    labels(loadTestName),
	}
	account, err := corev1.NewServiceAccount(ctx, loadTestName, &corev1.ServiceAccountArgs{
		Metadata:                     metadata,
		AutomountServiceAccountToken: pulumi.Bool(false), // the app never calls the Kubernetes API
	})
	if err != nil {
		return err
	}
	if err = newLoadTestNetworkPolicy(ctx, metadata); err != nil {
		return err
	}
	deployment, err := newLoadTestDeployment(ctx, metadata, loadTest, account)
	if err != nil {
		return err
	}
	_, err = corev1.NewService(ctx, loadTestName, &corev1.ServiceArgs{
		Metadata: metadata,
		Spec: &corev1.ServiceSpecArgs{
			Type:     pulumi.String("ClusterIP"),
			Selector: selector(loadTestName),
			Ports: corev1.ServicePortArray{corev1.ServicePortArgs{
				Name: pulumi.String("http"), Port: pulumi.Int(80), TargetPort: pulumi.String("http"),
			}},
		},
	}, loadTest.timeouts)
	if err != nil {
		return err
	}
	ctx.Export("load-test.address", pulumi.String(address(loadTestName, loadTest.namespace)))
	if err = newLoadTestDisruptionBudget(ctx, metadata); err != nil {
		return err
	}
	return newLoadTestAutoscaler(ctx, metadata, loadTest, deployment.Metadata.Name().Elem())
}

// newLoadTestDeployment runs the image. It sets no replica count on purpose: the
// autoscaler owns it, and a number here would undo its work at each update.
func newLoadTestDeployment(ctx *pulumi.Context, metadata *metav1.ObjectMetaArgs, loadTest loadTestSettings, account *corev1.ServiceAccount) (*appsv1.Deployment, error) {
	memory := pulumi.String(fmt.Sprintf("%dMi", loadTest.memoryMiB))
	container := corev1.ContainerArgs{
		Name:  pulumi.String("load-test"),
		Image: pulumi.String(loadTest.image),
		Env:   loadTestEnvironment,
		Ports: corev1.ContainerPortArray{corev1.ContainerPortArgs{
			Name: pulumi.String("http"), ContainerPort: pulumi.Int(loadTestPort),
		}},
		// No CPU limit: it would only throttle a pod that could use idle CPU.
		Resources: &corev1.ResourceRequirementsArgs{
			Requests: pulumi.StringMap{"cpu": pulumi.String(loadTestCPU), "memory": memory, "ephemeral-storage": pulumi.String("128Mi")},
			Limits:   pulumi.StringMap{"memory": memory, "ephemeral-storage": pulumi.String("1Gi")}, // /tmp and logs
		},
		StartupProbe:   probe(loadTestHealthPath, 2, 30), // a minute to start
		ReadinessProbe: probe(loadTestHealthPath, 5, 2),
		LivenessProbe:  probe(loadTestHealthPath, 10, 3),
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
		TerminationGracePeriodSeconds: pulumi.Int(drainSeconds + loadTestTimeoutSeconds), // the last request may take its time
		TopologySpreadConstraints:     spread(loadTestName),
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
	return appsv1.NewDeployment(ctx, loadTestName, &appsv1.DeploymentArgs{
		Metadata: metadata,
		Spec: &appsv1.DeploymentSpecArgs{
			Selector: &metav1.LabelSelectorArgs{MatchLabels: selector(loadTestName)},
			Strategy: &appsv1.DeploymentStrategyArgs{
				Type: pulumi.String("RollingUpdate"),
				RollingUpdate: &appsv1.RollingUpdateDeploymentArgs{
					MaxUnavailable: pulumi.Int(0), // a new pod is ready before an old one goes
					MaxSurge:       pulumi.String("25%"),
				},
			},
			Template: &corev1.PodTemplateSpecArgs{
				Metadata: &metav1.ObjectMetaArgs{Labels: labels(loadTestName)},
				Spec:     pod,
			},
		},
	}, loadTest.timeouts)
}

// newLoadTestNetworkPolicy lets requests reach the app's port and nothing else reach the
// pods, wherever the cluster's network enforces policies.
func newLoadTestNetworkPolicy(ctx *pulumi.Context, metadata *metav1.ObjectMetaArgs) error {
	_, err := networkingv1.NewNetworkPolicy(ctx, loadTestName, &networkingv1.NetworkPolicyArgs{
		Metadata: metadata,
		Spec: &networkingv1.NetworkPolicySpecArgs{
			PodSelector: &metav1.LabelSelectorArgs{MatchLabels: selector(loadTestName)},
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

// newLoadTestDisruptionBudget lets a drain of nodes take one pod at a time, and never
// keeps it from the last one.
func newLoadTestDisruptionBudget(ctx *pulumi.Context, metadata *metav1.ObjectMetaArgs) error {
	_, err := policyv1.NewPodDisruptionBudget(ctx, loadTestName, &policyv1.PodDisruptionBudgetArgs{
		Metadata: metadata,
		Spec: &policyv1.PodDisruptionBudgetSpecArgs{
			MaxUnavailable:             pulumi.Int(1),
			Selector:                   &metav1.LabelSelectorArgs{MatchLabels: selector(loadTestName)},
			UnhealthyPodEvictionPolicy: pulumi.String("AlwaysAllow"), // a broken pod must not hold up a drain
		},
	})
	return err
}

// newLoadTestAutoscaler keeps the pods' average memory near loadTestMemoryTarget. It needs
// metrics-server in the cluster, and the memory request above.
func newLoadTestAutoscaler(ctx *pulumi.Context, metadata *metav1.ObjectMetaArgs, loadTest loadTestSettings, deployment pulumi.StringInput) error {
	_, err := autoscalingv2.NewHorizontalPodAutoscaler(ctx, loadTestName, &autoscalingv2.HorizontalPodAutoscalerArgs{
		Metadata: metadata,
		Spec: &autoscalingv2.HorizontalPodAutoscalerSpecArgs{
			ScaleTargetRef: &autoscalingv2.CrossVersionObjectReferenceArgs{
				ApiVersion: pulumi.String("apps/v1"), Kind: pulumi.String("Deployment"), Name: deployment,
			},
			MinReplicas: pulumi.Int(loadTest.minReplicas),
			MaxReplicas: pulumi.Int(loadTest.maxReplicas),
			Metrics: autoscalingv2.MetricSpecArray{autoscalingv2.MetricSpecArgs{
				Type: pulumi.String("Resource"),
				Resource: &autoscalingv2.ResourceMetricSourceArgs{
					Name: pulumi.String("memory"),
					Target: &autoscalingv2.MetricTargetArgs{
						Type: pulumi.String("Utilization"), AverageUtilization: pulumi.Int(loadTestMemoryTarget),
					},
				},
			}},
			Behavior: scalingBehavior,
		},
	})
	return err
}
