package kubernetes

import (
	"fmt"
	"slices"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/eks"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/iam"
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

// The api service, as app.yaml describes it.
const (
	apiName           = app + "-api"
	apiImage          = "registry.example.com/shop/api:3.1.0"
	apiPort           = 8080
	apiHealthPath     = "/healthz"
	apiCPU            = "250m" // requested for each pod
	apiMemoryMiB      = 512
	apiTimeoutSeconds = 10
	apiNamespace      = "shop"
	apiMinReplicas    = 1
	apiMaxReplicas    = 30
	apiRateTarget     = "100"                      // requests a second, averaged over the pods
	apiPodsMetric     = "http_requests_per_second" // a metrics adapter serves each pod's request rate under it
	apiDomain         = "api.example.com"
)

// apiPermissions are what the app may do in AWS.
var apiPermissions = []statement{
	allow([]string{"s3:GetObject", "s3:PutObject"}, "arn:aws:s3:::shop-files/*"),
	// Why not less: CloudWatch has no resources to name
	allow([]string{"cloudwatch:PutMetricData"}, "*"),
}

// apiRequests are what the Gateway sends here: a method, or none for all, and
// a path. A prefix may let in more than the routes beside it.
var apiRequests = []requestMatch{
	{"GET", "Exact", "/orders"},          // GET /orders
	{"POST", "Exact", "/orders"},         // POST /orders
	{"GET", "PathPrefix", "/orders"},     // GET /orders/{id}
	{"", "PathPrefix", "/files"},         // ANY /files/{path+}
	{"OPTIONS", "Exact", "/orders"},      // preflight requests, which the CORS filter answers
	{"OPTIONS", "PathPrefix", "/orders"}, // preflight requests, which the CORS filter answers
}

// apiCORS says which other origins' pages may call the service from a browser.
var apiCORS = pulumi.Map{
	"allowOrigins":     pulumi.ToStringArray([]string{"*"}),
	"allowMethods":     pulumi.ToStringArray([]string{"GET", "POST"}),
	"allowCredentials": pulumi.Bool(false),
}

// apiSettings is what a stack may change: pulumi config set api.memory 1Gi.
type apiSettings struct {
	image                    string
	memoryMiB                int
	namespace                string
	minReplicas, maxReplicas int
	timeouts                 pulumi.ResourceOption // how long Pulumi waits; all services have the same
	permissionsBoundary      string                // the policy that bounds the pods' role; all services have the same, or none
	clusterName              string                // of EKS; all services have the same
}

func readAPIConfiguration(read *settings.Settings) apiSettings {
	api := apiSettings{
		image:               read.Image("api.image", apiImage),
		memoryMiB:           read.MemoryMiB("api.memory", apiMemoryMiB, 4, 1048576),
		namespace:           read.Label("api.namespace", apiNamespace),
		minReplicas:         read.Int("api.min", apiMinReplicas, 1, 1000),
		maxReplicas:         read.Int("api.max", apiMaxReplicas, 1, 1000),
		timeouts:            readTimeouts(read),
		permissionsBoundary: read.ARN("permissionsBoundaryArn", "iam", "policy/"),
		clusterName:         read.ClusterName("clusterName"),
	}
	read.AtMost("api.min", api.minReplicas, "api.max", api.maxReplicas)
	return api
}

// deployAPIService declares the service's resources, each after those that it needs.
func deployAPIService(ctx *pulumi.Context, needed map[string][]pulumi.Resource, api apiSettings) error {
	metadata := &metav1.ObjectMetaArgs{
		Name:      pulumi.String(apiName), // fixed: other pods find the Service by it
		Namespace: pulumi.String(api.namespace),
		Labels:    labels(apiName),
	}
	role, policy, err := newAPIRole(ctx, api)
	if err != nil {
		return err
	}
	account, err := corev1.NewServiceAccount(ctx, apiName, &corev1.ServiceAccountArgs{
		Metadata:                     metadata,
		AutomountServiceAccountToken: pulumi.Bool(false), // the app never calls the Kubernetes API
	})
	if err != nil {
		return err
	}
	association, err := eks.NewPodIdentityAssociation(ctx, apiName, &eks.PodIdentityAssociationArgs{
		ClusterName:    pulumi.String(api.clusterName),
		Namespace:      pulumi.String(api.namespace),
		ServiceAccount: account.Metadata.Name().Elem(),
		RoleArn:        role.Arn,
	}, pulumi.DependsOn([]pulumi.Resource{policy}))
	if err != nil {
		return err
	}
	if err = newAPINetworkPolicy(ctx, metadata); err != nil {
		return err
	}
	deployment, err := newAPIDeployment(ctx, metadata, api, account, association)
	if err != nil {
		return err
	}
	serving, err := corev1.NewService(ctx, apiName, &corev1.ServiceArgs{
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
	for _, name := range []string{webName} { // those that call it
		needed[name] = append(needed[name], deployment, serving)
	}
	ctx.Export("api.address", pulumi.String(address(apiName, api.namespace)))
	if err = newAPIDisruptionBudget(ctx, metadata); err != nil {
		return err
	}
	if err = newAPIHTTPRoute(ctx, metadata, serving.Metadata.Name().Elem()); err != nil {
		return err
	}
	return newAPIAutoscaler(ctx, metadata, api, deployment.Metadata.Name().Elem())
}

// newAPIRole declares the role that EKS gives the pods.
func newAPIRole(ctx *pulumi.Context, api apiSettings) (*iam.Role, *iam.RolePolicy, error) {
	trust, err := policyOf(podsMayAssume)
	if err != nil {
		return nil, nil, err
	}
	permissions, err := policyOf(apiPermissions...)
	if err != nil {
		return nil, nil, err
	}
	arguments := &iam.RoleArgs{AssumeRolePolicy: pulumi.String(trust)}
	if api.permissionsBoundary != "" {
		arguments.PermissionsBoundary = pulumi.String(api.permissionsBoundary)
	}
	role, err := iam.NewRole(ctx, apiName, arguments)
	if err != nil {
		return nil, nil, err
	}
	policy, err := iam.NewRolePolicy(ctx, apiName, &iam.RolePolicyArgs{
		Role:   role.Name,
		Policy: pulumi.String(permissions),
	})
	return role, policy, err
}

// newAPIDeployment runs the image. It sets no replica count on purpose: the
// autoscaler owns it, and a number here would undo its work at each update.
func newAPIDeployment(ctx *pulumi.Context, metadata *metav1.ObjectMetaArgs, api apiSettings, account *corev1.ServiceAccount, identity pulumi.Resource) (*appsv1.Deployment, error) {
	memory := pulumi.String(fmt.Sprintf("%dMi", api.memoryMiB))
	container := corev1.ContainerArgs{
		Name:  pulumi.String("api"),
		Image: pulumi.String(api.image),
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
	}, api.timeouts, pulumi.DependsOn([]pulumi.Resource{identity})) // a pod that starts before it has the role never gets it
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

// newAPIHTTPRoute has the Gateway send apiRequests here.
func newAPIHTTPRoute(ctx *pulumi.Context, metadata *metav1.ObjectMetaArgs, serviceName pulumi.StringInput) error {
	var rules pulumi.Array
	for some := range slices.Chunk(apiRequests, 8) { // a rule takes no more
		rules = append(rules, pulumi.Map{
			"matches":     matchesOf(some),
			"backendRefs": pulumi.Array{pulumi.Map{"name": serviceName, "port": pulumi.Int(80)}},
			"timeouts":    pulumi.Map{"request": pulumi.String(fmt.Sprintf("%ds", apiTimeoutSeconds))},
			"filters":     pulumi.Array{pulumi.Map{"type": pulumi.String("CORS"), "cors": apiCORS}},
		})
	}
	_, err := apiextensions.NewCustomResource(ctx, apiName, &apiextensions.CustomResourceArgs{
		ApiVersion: pulumi.String("gateway.networking.k8s.io/v1"),
		Kind:       pulumi.String("HTTPRoute"),
		Metadata:   metadata,
		OtherFields: map[string]any{"spec": pulumi.Map{
			"parentRefs": pulumi.Array{pulumi.Map{
				"name":      pulumi.String("public"),
				"namespace": pulumi.String("gateways"),
			}},
			"hostnames": pulumi.StringArray{pulumi.String(apiDomain)},
			"rules":     rules,
		}},
	})
	return err
}

// newAPIAutoscaler keeps the pods' average request rate near apiRateTarget. It needs
// an adapter in the cluster that serves apiPodsMetric as a custom metric.
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
				Type: pulumi.String("Pods"),
				Pods: &autoscalingv2.PodsMetricSourceArgs{
					Metric: &autoscalingv2.MetricIdentifierArgs{Name: pulumi.String(apiPodsMetric)},
					Target: &autoscalingv2.MetricTargetArgs{
						Type: pulumi.String("AverageValue"), AverageValue: pulumi.String(apiRateTarget),
					},
				},
			}},
			Behavior: scalingBehavior,
		},
	})
	return err
}
