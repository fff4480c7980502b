package kubernetes

import (
	"fmt"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/iam"
	"github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/apiextensions"
	appsv1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/apps/v1"
	corev1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/core/v1"
	metav1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/meta/v1"
	networkingv1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/networking/v1"
	policyv1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/policy/v1"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"example.com/golden/stacks/settings"
)

// The orders service, as app.yaml describes it.
const (
	ordersName           = app + "-orders"
	ordersImage          = "registry.example.com/shop/orders:3.1.0"
	ordersPort           = 8080
	ordersHealthPath     = "/healthz"
	ordersMetricsPath    = "/internal/metrics"
	ordersCPU            = "250m" // requested for each pod
	ordersMemoryMiB      = 512
	ordersTimeoutSeconds = 10
	ordersNamespace      = "orders"
	ordersMinReplicas    = 0
	ordersMaxReplicas    = 5
	ordersRateTarget     = "1.5" // requests a second, averaged over the pods
	ordersPrometheus     = "http://prometheus.monitoring.svc:9090"
	ordersScalingQuery   = "sum(rate(requests_total{service=\"orders\"}[2m]))"
)

// ordersPermissions are what the app may do in AWS.
var ordersPermissions = []statement{
	allow([]string{"dynamodb:PutItem", "dynamodb:Query"}, "arn:aws:dynamodb:eu-west-1:123456789012:table/orders"),
}

// ordersSettings is what a stack may change: pulumi config set orders.memory 1Gi.
type ordersSettings struct {
	image                    string
	memoryMiB                int
	namespace                string
	minReplicas, maxReplicas int
	timeouts                 pulumi.ResourceOption // how long Pulumi waits; all services have the same
	permissionsBoundary      string                // the policy that bounds the pods' role; all services have the same, or none
	oidcProviderARN          string                // the cluster's; all services have the same
	roleName                 string                // in AWS; empty for one that Pulumi makes up
}

func readOrdersConfiguration(read *settings.Settings) ordersSettings {
	orders := ordersSettings{
		image:               read.Image("orders.image", ordersImage),
		memoryMiB:           read.MemoryMiB("orders.memory", ordersMemoryMiB, 4, 1048576),
		namespace:           read.Label("orders.namespace", ordersNamespace),
		minReplicas:         read.Int("orders.min", ordersMinReplicas, 0, 1000),
		maxReplicas:         read.Int("orders.max", ordersMaxReplicas, 1, 1000),
		timeouts:            readTimeouts(read),
		permissionsBoundary: read.ARN("permissionsBoundaryArn", "iam", "policy/"),
		oidcProviderARN:     read.ARN("oidcProviderArn", "iam", "oidc-provider/"),
		roleName:            read.RoleName("orders.roleName"),
	}
	read.AtMost("orders.min", orders.minReplicas, "orders.max", orders.maxReplicas)
	return orders
}

// deployOrdersService declares the service's resources, each after those that it needs.
func deployOrdersService(ctx *pulumi.Context, needed map[string][]pulumi.Resource, orders ordersSettings, reports reportsSettings, web webSettings) error {
	metadata := &metav1.ObjectMetaArgs{
		Name:      pulumi.String(ordersName), // fixed: other pods find the Service by it
		Namespace: pulumi.String(orders.namespace),
		Labels:    labels(ordersName),
	}
	role, policy, err := newOrdersRole(ctx, orders)
	if err != nil {
		return err
	}
	account, err := corev1.NewServiceAccount(ctx, ordersName, &corev1.ServiceAccountArgs{
		Metadata:                     annotated(metadata, pulumi.StringMap{"eks.amazonaws.com/role-arn": roleARN(role.Name, orders.oidcProviderARN)}),
		AutomountServiceAccountToken: pulumi.Bool(false), // the app never calls the Kubernetes API
	})
	if err != nil {
		return err
	}
	admitted, err := admit(ctx, needed, ordersName, orders.namespace, caller{reportsName, reports.namespace}, caller{webName, web.namespace})
	if err != nil {
		return err
	}
	if err = newOrdersNetworkPolicy(ctx, metadata, admitted); err != nil {
		return err
	}
	deployment, err := newOrdersDeployment(ctx, metadata, orders, account, policy)
	if err != nil {
		return err
	}
	serving, err := corev1.NewService(ctx, ordersName, &corev1.ServiceArgs{
		Metadata: metadata,
		Spec: &corev1.ServiceSpecArgs{
			Type:     pulumi.String("ClusterIP"),
			Selector: selector(ordersName),
			Ports: corev1.ServicePortArray{corev1.ServicePortArgs{
				Name: pulumi.String("http"), Port: pulumi.Int(80), TargetPort: pulumi.String("http"),
			}},
		},
	}, orders.timeouts)
	if err != nil {
		return err
	}
	for _, name := range []string{reportsName, webName} { // those that call it
		needed[name] = append(needed[name], deployment, serving)
	}
	ctx.Export("orders.address", pulumi.String(address(ordersName, orders.namespace)))
	if err = newOrdersDisruptionBudget(ctx, metadata); err != nil {
		return err
	}
	if err = newOrdersServiceMonitor(ctx, metadata); err != nil {
		return err
	}
	return newOrdersScaledObject(ctx, metadata, orders, deployment.Metadata.Name().Elem())
}

// newOrdersRole declares the role that the pods get through their ServiceAccount:
// the cluster's OpenID Connect provider vouches for it, and nobody else may assume it.
func newOrdersRole(ctx *pulumi.Context, orders ordersSettings) (*iam.Role, *iam.RolePolicy, error) {
	trust, err := accountMayAssume(orders.oidcProviderARN, orders.namespace, ordersName)
	if err != nil {
		return nil, nil, err
	}
	permissions, err := policyOf(ordersPermissions...)
	if err != nil {
		return nil, nil, err
	}
	arguments := &iam.RoleArgs{AssumeRolePolicy: pulumi.String(trust)}
	if orders.roleName != "" {
		arguments.Name = pulumi.String(orders.roleName)
	}
	if orders.permissionsBoundary != "" {
		arguments.PermissionsBoundary = pulumi.String(orders.permissionsBoundary)
	}
	role, err := iam.NewRole(ctx, ordersName, arguments)
	if err != nil {
		return nil, nil, err
	}
	policy, err := iam.NewRolePolicy(ctx, ordersName, &iam.RolePolicyArgs{
		Role:   role.Name,
		Policy: pulumi.String(permissions),
	})
	return role, policy, err
}

// newOrdersDeployment runs the image. It sets no replica count on purpose: the
// autoscaler owns it, and a number here would undo its work at each update.
func newOrdersDeployment(ctx *pulumi.Context, metadata *metav1.ObjectMetaArgs, orders ordersSettings, account *corev1.ServiceAccount, identity pulumi.Resource) (*appsv1.Deployment, error) {
	memory := pulumi.String(fmt.Sprintf("%dMi", orders.memoryMiB))
	container := corev1.ContainerArgs{
		Name:  pulumi.String("orders"),
		Image: pulumi.String(orders.image),
		Ports: corev1.ContainerPortArray{corev1.ContainerPortArgs{
			Name: pulumi.String("http"), ContainerPort: pulumi.Int(ordersPort),
		}},
		// No CPU limit: it would only throttle a pod that could use idle CPU.
		Resources: &corev1.ResourceRequirementsArgs{
			Requests: pulumi.StringMap{"cpu": pulumi.String(ordersCPU), "memory": memory, "ephemeral-storage": pulumi.String("128Mi")},
			Limits:   pulumi.StringMap{"memory": memory, "ephemeral-storage": pulumi.String("1Gi")}, // /tmp and logs
		},
		StartupProbe:   probe(ordersHealthPath, 2, 30), // a minute to start
		ReadinessProbe: probe(ordersHealthPath, 5, 2),
		LivenessProbe:  probe(ordersHealthPath, 10, 3),
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
		TerminationGracePeriodSeconds: pulumi.Int(drainSeconds + ordersTimeoutSeconds), // the last request may take its time
		TopologySpreadConstraints:     spread(ordersName),
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
	return appsv1.NewDeployment(ctx, ordersName, &appsv1.DeploymentArgs{
		Metadata: metadata,
		Spec: &appsv1.DeploymentSpecArgs{
			Selector: &metav1.LabelSelectorArgs{MatchLabels: selector(ordersName)},
			Strategy: &appsv1.DeploymentStrategyArgs{
				Type: pulumi.String("RollingUpdate"),
				RollingUpdate: &appsv1.RollingUpdateDeploymentArgs{
					MaxUnavailable: pulumi.Int(0), // a new pod is ready before an old one goes
					MaxSurge:       pulumi.String("25%"),
				},
			},
			Template: &corev1.PodTemplateSpecArgs{
				Metadata: &metav1.ObjectMetaArgs{Labels: labels(ordersName)},
				Spec:     pod,
			},
		},
	}, orders.timeouts, pulumi.DependsOn([]pulumi.Resource{identity})) // a pod that starts before it has the role never gets it
}

// newOrdersNetworkPolicy lets requests reach the app's port and nothing else reach the
// pods, wherever the cluster's network enforces policies.
func newOrdersNetworkPolicy(ctx *pulumi.Context, metadata *metav1.ObjectMetaArgs, admitted []pulumi.Resource) error {
	_, err := networkingv1.NewNetworkPolicy(ctx, ordersName, &networkingv1.NetworkPolicyArgs{
		Metadata: metadata,
		Spec: &networkingv1.NetworkPolicySpecArgs{
			PodSelector: &metav1.LabelSelectorArgs{MatchLabels: selector(ordersName)},
			PolicyTypes: pulumi.ToStringArray([]string{"Ingress", "Egress"}),
			Ingress: networkingv1.NetworkPolicyIngressRuleArray{networkingv1.NetworkPolicyIngressRuleArgs{
				// By its name: in a rollout, old and new pods may listen on different numbers.
				Ports: networkingv1.NetworkPolicyPortArray{networkingv1.NetworkPolicyPortArgs{
					Protocol: pulumi.String("TCP"), Port: pulumi.String("http"),
				}},
				// Each service that needs this one has a policy of its own.
				From: networkingv1.NetworkPolicyPeerArray{prometheus},
			}},
			// Out to anywhere: app.yaml does not say what the app calls. Who narrows this
			// must let DNS through, UDP and TCP on port 53.
			Egress: networkingv1.NetworkPolicyEgressRuleArray{networkingv1.NetworkPolicyEgressRuleArgs{}},
		},
	}, pulumi.DependsOn(admitted)) // callers are let in before others are kept out
	return err
}

// newOrdersDisruptionBudget lets a drain of nodes take one pod at a time, and never
// keeps it from the last one.
func newOrdersDisruptionBudget(ctx *pulumi.Context, metadata *metav1.ObjectMetaArgs) error {
	_, err := policyv1.NewPodDisruptionBudget(ctx, ordersName, &policyv1.PodDisruptionBudgetArgs{
		Metadata: metadata,
		Spec: &policyv1.PodDisruptionBudgetSpecArgs{
			MaxUnavailable:             pulumi.Int(1),
			Selector:                   &metav1.LabelSelectorArgs{MatchLabels: selector(ordersName)},
			UnhealthyPodEvictionPolicy: pulumi.String("AlwaysAllow"), // a broken pod must not hold up a drain
		},
	})
	return err
}

// newOrdersServiceMonitor has the Prometheus Operator scrape every pod.
func newOrdersServiceMonitor(ctx *pulumi.Context, metadata *metav1.ObjectMetaArgs) error {
	_, err := apiextensions.NewCustomResource(ctx, ordersName, &apiextensions.CustomResourceArgs{
		ApiVersion: pulumi.String("monitoring.coreos.com/v1"),
		Kind:       pulumi.String("ServiceMonitor"),
		Metadata:   metadata,
		OtherFields: map[string]any{"spec": pulumi.Map{
			"selector":  pulumi.Map{"matchLabels": selector(ordersName)},
			"endpoints": pulumi.Array{pulumi.Map{"port": pulumi.String("http"), "path": pulumi.String(ordersMetricsPath)}},
		}},
	})
	return err
}

// newOrdersScaledObject has KEDA set the number of pods, down to none: it declares the
// autoscaler, so this program must not. It needs KEDA in the cluster.
func newOrdersScaledObject(ctx *pulumi.Context, metadata *metav1.ObjectMetaArgs, orders ordersSettings, deployment pulumi.StringInput) error {
	_, err := apiextensions.NewCustomResource(ctx, ordersName, &apiextensions.CustomResourceArgs{
		ApiVersion: pulumi.String("keda.sh/v1alpha1"),
		Kind:       pulumi.String("ScaledObject"),
		Metadata:   metadata,
		OtherFields: map[string]any{"spec": pulumi.Map{
			"scaleTargetRef": pulumi.Map{
				"apiVersion": pulumi.String("apps/v1"), "kind": pulumi.String("Deployment"), "name": deployment,
			},
			"minReplicaCount": pulumi.Int(orders.minReplicas),
			"maxReplicaCount": pulumi.Int(orders.maxReplicas),
			"pollingInterval": pulumi.Int(30),  // seconds, while there is no pod
			"cooldownPeriod":  pulumi.Int(300), // seconds without a request before the last pod goes
			"triggers": pulumi.Array{pulumi.Map{
				"type": pulumi.String("prometheus"),
				"metadata": pulumi.StringMap{
					"serverAddress": pulumi.String(ordersPrometheus),
					"query":         pulumi.String(ordersScalingQuery),
					"threshold":     pulumi.String(ordersRateTarget),
				},
			}},
			"advanced": pulumi.Map{"horizontalPodAutoscalerConfig": pulumi.Map{"behavior": scalingBehavior}},
		}},
	})
	return err
}
