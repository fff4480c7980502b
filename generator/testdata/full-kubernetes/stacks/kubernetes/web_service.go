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

// The web service, as app.yaml describes it.
const (
	webName           = app + "-web"
	webImage          = "registry.example.com/shop/web:3.1.0"
	webPort           = 3000
	webHealthPath     = "/healthz"
	webCPU            = "250m" // requested for each pod
	webMemoryMiB      = 512    // requested for each pod: the autoscaler's 100%
	webTimeoutSeconds = 20
	webNamespace      = "shop"
	webMinReplicas    = 2
	webMaxReplicas    = 20
	webMemoryTarget   = 75 // percent of webMemoryMiB, averaged over the pods
	webDomain         = "shop.example.com"
)

// newWebEnvironment is what the app finds in its environment: beside its own
// variables, the addresses of the services that it calls. The Secrets exist
// already; this program knows their names only.
func newWebEnvironment(api apiSettings, orders ordersSettings) corev1.EnvVarArray {
	return corev1.EnvVarArray{
		corev1.EnvVarArgs{Name: pulumi.String("LOG_LEVEL"), Value: pulumi.String("info")},
		corev1.EnvVarArgs{Name: pulumi.String("SESSION_KEY"), ValueFrom: &corev1.EnvVarSourceArgs{
			SecretKeyRef: &corev1.SecretKeySelectorArgs{
				Name: pulumi.String("shop-session"), Key: pulumi.String("value"),
			},
		}},
		corev1.EnvVarArgs{Name: pulumi.String("API_URL"), Value: pulumi.String(address(apiName, api.namespace))},
		corev1.EnvVarArgs{Name: pulumi.String("ORDERS_URL"), Value: pulumi.String(address(ordersName, orders.namespace))},
	}
}

// webPaths are what the Ingress sends here. It knows no methods and no
// parameters, so a path may let in more than the routes beside it.
var webPaths = []ingressPath{
	{"Exact", "/"},          // GET /
	{"Exact", "/cart"},      // POST /cart, GET /cart
	{"Prefix", "/products"}, // GET /products/{id}
	{"Prefix", "/assets"},   // ANY /assets/{path+}
}

// webAnnotations are for the controller of the class nginx.
var webAnnotations = pulumi.StringMap{
	"nginx.ingress.kubernetes.io/cors-allow-credentials": pulumi.String("true"),
	"nginx.ingress.kubernetes.io/cors-allow-headers":     pulumi.String("Content-Type, X-Request-Id"),
	"nginx.ingress.kubernetes.io/cors-allow-methods":     pulumi.String("GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS"),
	"nginx.ingress.kubernetes.io/cors-allow-origin":      pulumi.String("https://admin.example.com, http://localhost:3000"),
	"nginx.ingress.kubernetes.io/cors-max-age":           pulumi.String("3600"),
	"nginx.ingress.kubernetes.io/enable-cors":            pulumi.String("true"),
	"nginx.ingress.kubernetes.io/proxy-body-size":        pulumi.String("6m"), // nginx refuses more than 1m by default; a Lambda function takes 6
	"nginx.ingress.kubernetes.io/proxy-read-timeout":     pulumi.String("20"),
	"nginx.ingress.kubernetes.io/proxy-send-timeout":     pulumi.String("20"),
}

// webSettings is what a stack may change: pulumi config set web.memory 1Gi.
type webSettings struct {
	image                    string
	memoryMiB                int
	namespace                string
	minReplicas, maxReplicas int
	timeouts                 pulumi.ResourceOption // how long Pulumi waits; all services have the same
}

func readWebConfiguration(read *settings.Settings) webSettings {
	web := webSettings{
		image:       read.Image("web.image", webImage),
		memoryMiB:   read.MemoryMiB("web.memory", webMemoryMiB, 4, 1048576),
		namespace:   read.Label("web.namespace", webNamespace),
		minReplicas: read.Int("web.min", webMinReplicas, 1, 1000),
		maxReplicas: read.Int("web.max", webMaxReplicas, 1, 1000),
		timeouts:    readTimeouts(read),
	}
	read.AtMost("web.min", web.minReplicas, "web.max", web.maxReplicas)
	return web
}

// deployWebService declares the service's resources, each after those that it needs.
func deployWebService(ctx *pulumi.Context, needed map[string][]pulumi.Resource, web webSettings, api apiSettings, orders ordersSettings) error {
	metadata := &metav1.ObjectMetaArgs{
		Name:      pulumi.String(webName), // fixed: other pods find the Service by it
		Namespace: pulumi.String(web.namespace),
		Labels:    labels(webName),
	}
	account, err := corev1.NewServiceAccount(ctx, webName, &corev1.ServiceAccountArgs{
		Metadata:                     metadata,
		AutomountServiceAccountToken: pulumi.Bool(false), // the app never calls the Kubernetes API
	})
	if err != nil {
		return err
	}
	if err = newWebNetworkPolicy(ctx, metadata); err != nil {
		return err
	}
	deployment, err := newWebDeployment(ctx, metadata, web, account, needed[webName], newWebEnvironment(api, orders))
	if err != nil {
		return err
	}
	serving, err := corev1.NewService(ctx, webName, &corev1.ServiceArgs{
		Metadata: metadata,
		Spec: &corev1.ServiceSpecArgs{
			Type:     pulumi.String("ClusterIP"),
			Selector: selector(webName),
			Ports: corev1.ServicePortArray{corev1.ServicePortArgs{
				Name: pulumi.String("http"), Port: pulumi.Int(80), TargetPort: pulumi.String("http"),
			}},
		},
	}, web.timeouts)
	if err != nil {
		return err
	}
	ctx.Export("web.address", pulumi.String(address(webName, web.namespace)))
	if err = newWebDisruptionBudget(ctx, metadata); err != nil {
		return err
	}
	if err = newWebIngress(ctx, metadata, web, serving.Metadata.Name().Elem()); err != nil {
		return err
	}
	return newWebAutoscaler(ctx, metadata, web, deployment.Metadata.Name().Elem())
}

// newWebDeployment runs the image. It sets no replica count on purpose: the
// autoscaler owns it, and a number here would undo its work at each update.
func newWebDeployment(ctx *pulumi.Context, metadata *metav1.ObjectMetaArgs, web webSettings, account *corev1.ServiceAccount, needed []pulumi.Resource, environment corev1.EnvVarArray) (*appsv1.Deployment, error) {
	memory := pulumi.String(fmt.Sprintf("%dMi", web.memoryMiB))
	container := corev1.ContainerArgs{
		Name:  pulumi.String("web"),
		Image: pulumi.String(web.image),
		Env:   environment,
		Ports: corev1.ContainerPortArray{corev1.ContainerPortArgs{
			Name: pulumi.String("http"), ContainerPort: pulumi.Int(webPort),
		}},
		// No CPU limit: it would only throttle a pod that could use idle CPU.
		Resources: &corev1.ResourceRequirementsArgs{
			Requests: pulumi.StringMap{"cpu": pulumi.String(webCPU), "memory": memory, "ephemeral-storage": pulumi.String("128Mi")},
			Limits:   pulumi.StringMap{"memory": memory, "ephemeral-storage": pulumi.String("1Gi")}, // /tmp and logs
		},
		StartupProbe:   probe(webHealthPath, 2, 30), // a minute to start
		ReadinessProbe: probe(webHealthPath, 5, 2),
		LivenessProbe:  probe(webHealthPath, 10, 3),
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
		ServiceAccountName:           account.Metadata.Name(),
		AutomountServiceAccountToken: pulumi.Bool(false),
		ImagePullSecrets: corev1.LocalObjectReferenceArray{
			corev1.LocalObjectReferenceArgs{Name: pulumi.String("registry")},
			corev1.LocalObjectReferenceArgs{Name: pulumi.String("mirror")},
		},
		Containers:                    corev1.ContainerArray{container},
		TerminationGracePeriodSeconds: pulumi.Int(drainSeconds + webTimeoutSeconds), // the last request may take its time
		TopologySpreadConstraints:     spread(webName),
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
	return appsv1.NewDeployment(ctx, webName, &appsv1.DeploymentArgs{
		Metadata: metadata,
		Spec: &appsv1.DeploymentSpecArgs{
			Selector: &metav1.LabelSelectorArgs{MatchLabels: selector(webName)},
			Strategy: &appsv1.DeploymentStrategyArgs{
				Type: pulumi.String("RollingUpdate"),
				RollingUpdate: &appsv1.RollingUpdateDeploymentArgs{
					MaxUnavailable: pulumi.Int(0), // a new pod is ready before an old one goes
					MaxSurge:       pulumi.String("25%"),
				},
			},
			Template: &corev1.PodTemplateSpecArgs{
				Metadata: &metav1.ObjectMetaArgs{Labels: labels(webName)},
				Spec:     pod,
			},
		},
	}, web.timeouts, pulumi.DependsOn(needed)) // pods change over to what they call once that is ready
}

// newWebNetworkPolicy lets requests reach the app's port and nothing else reach the
// pods, wherever the cluster's network enforces policies.
func newWebNetworkPolicy(ctx *pulumi.Context, metadata *metav1.ObjectMetaArgs) error {
	_, err := networkingv1.NewNetworkPolicy(ctx, webName, &networkingv1.NetworkPolicyArgs{
		Metadata: metadata,
		Spec: &networkingv1.NetworkPolicySpecArgs{
			PodSelector: &metav1.LabelSelectorArgs{MatchLabels: selector(webName)},
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

// newWebDisruptionBudget lets a drain of nodes take one pod at a time, and never
// keeps it from the last one.
func newWebDisruptionBudget(ctx *pulumi.Context, metadata *metav1.ObjectMetaArgs) error {
	_, err := policyv1.NewPodDisruptionBudget(ctx, webName, &policyv1.PodDisruptionBudgetArgs{
		Metadata: metadata,
		Spec: &policyv1.PodDisruptionBudgetSpecArgs{
			MaxUnavailable:             pulumi.Int(1),
			Selector:                   &metav1.LabelSelectorArgs{MatchLabels: selector(webName)},
			UnhealthyPodEvictionPolicy: pulumi.String("AlwaysAllow"), // a broken pod must not hold up a drain
		},
	})
	return err
}

// newWebIngress serves webPaths from outside the cluster.
func newWebIngress(ctx *pulumi.Context, metadata *metav1.ObjectMetaArgs, web webSettings, serviceName pulumi.StringInput) error {
	_, err := networkingv1.NewIngress(ctx, webName, &networkingv1.IngressArgs{
		Metadata: annotated(metadata, webAnnotations),
		Spec: &networkingv1.IngressSpecArgs{
			IngressClassName: pulumi.String("nginx"),
			Rules: networkingv1.IngressRuleArray{networkingv1.IngressRuleArgs{
				Host: pulumi.String(webDomain),
				Http: &networkingv1.HTTPIngressRuleValueArgs{Paths: pathsTo(serviceName, webPaths)},
			}},
			Tls: networkingv1.IngressTLSArray{networkingv1.IngressTLSArgs{
				Hosts:      pulumi.StringArray{pulumi.String(webDomain)},
				SecretName: pulumi.String("shop-tls"), // exists already
			}},
		},
	}, web.timeouts)
	return err
}

// newWebAutoscaler keeps the pods' average memory near webMemoryTarget. It needs
// metrics-server in the cluster, and the memory request above.
func newWebAutoscaler(ctx *pulumi.Context, metadata *metav1.ObjectMetaArgs, web webSettings, deployment pulumi.StringInput) error {
	_, err := autoscalingv2.NewHorizontalPodAutoscaler(ctx, webName, &autoscalingv2.HorizontalPodAutoscalerArgs{
		Metadata: metadata,
		Spec: &autoscalingv2.HorizontalPodAutoscalerSpecArgs{
			ScaleTargetRef: &autoscalingv2.CrossVersionObjectReferenceArgs{
				ApiVersion: pulumi.String("apps/v1"), Kind: pulumi.String("Deployment"), Name: deployment,
			},
			MinReplicas: pulumi.Int(web.minReplicas),
			MaxReplicas: pulumi.Int(web.maxReplicas),
			Metrics: autoscalingv2.MetricSpecArray{autoscalingv2.MetricSpecArgs{
				Type: pulumi.String("Resource"),
				Resource: &autoscalingv2.ResourceMetricSourceArgs{
					Name: pulumi.String("memory"),
					Target: &autoscalingv2.MetricTargetArgs{
						Type: pulumi.String("Utilization"), AverageUtilization: pulumi.Int(webMemoryTarget),
					},
				},
			}},
			Behavior: scalingBehavior,
		},
	})
	return err
}
