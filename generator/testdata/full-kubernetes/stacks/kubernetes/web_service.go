package kubernetes

import (
	"errors"

	corev1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/core/v1"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// webFacts are what app.yaml says of the web service.
var webFacts = facts{
	service:        "web",
	image:          "registry.example.com/shop/web:3.1.0",
	port:           3000,
	healthPath:     "/healthz",
	cpu:            "500m",
	memoryMiB:      1024,
	timeoutSeconds: 20,
	startSeconds:   60,
	user:           65532,
	namespace:      "shop",
	scale:          scale{min: 2, max: 20, metric: utilization{"memory", 75}},
	environment: corev1.EnvVarArray{
		variable("LOG_LEVEL", "info"),
		fromSecret("SESSION_KEY", "shop-session", "value"),
	},
	ingress: ingress{
		class:     "nginx",
		host:      "shop.example.com",
		tlsSecret: "shop-tls", // exists already
		annotations: pulumi.StringMap{
			"nginx.ingress.kubernetes.io/cors-allow-credentials": pulumi.String("true"),
			"nginx.ingress.kubernetes.io/cors-allow-headers":     pulumi.String("Content-Type, X-Request-Id"),
			"nginx.ingress.kubernetes.io/cors-allow-methods":     pulumi.String("GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS"),
			"nginx.ingress.kubernetes.io/cors-allow-origin":      pulumi.String("https://admin.example.com, http://localhost:3000"),
			"nginx.ingress.kubernetes.io/cors-max-age":           pulumi.String("3600"),
			"nginx.ingress.kubernetes.io/enable-cors":            pulumi.String("true"),
			"nginx.ingress.kubernetes.io/proxy-body-size":        pulumi.String("20m"), // nginx refuses more than 1m by default
			"nginx.ingress.kubernetes.io/proxy-read-timeout":     pulumi.String("20"),
			"nginx.ingress.kubernetes.io/proxy-send-timeout":     pulumi.String("20"),
		},
		paths: []ingressPath{
			{"Exact", "/"},          // GET /
			{"Exact", "/cart"},      // POST /cart, GET /cart
			{"Prefix", "/products"}, // GET /products/{id}
			{"Prefix", "/assets"},   // ANY /assets/{path+}
		},
	},
}

// deployWebService declares the service's resources. Change a part here for this
// service alone, between making it and passing it on, or in workload.go for every service.
func deployWebService(ctx *pulumi.Context, s *stack) error {
	f := s.services.web
	f.environment = append(f.environment,
		variable("API_URL", s.services.api.address()),
		variable("ORDERS_URL", s.services.orders.address()),
	)
	account, err := newAccount(ctx, f, metadata(f))
	if err != nil {
		return err
	}
	container := containerOf(f)
	pod := podOf(f, account, container)
	pod.ImagePullSecrets = corev1.LocalObjectReferenceArray{
		corev1.LocalObjectReferenceArgs{Name: pulumi.String("registry")},
		corev1.LocalObjectReferenceArgs{Name: pulumi.String("mirror")},
	}
	deployment, err := newDeployment(ctx, f, deploymentOf(f, pod), pulumi.DependsOn(s.needed[f.service]))
	if err != nil {
		return err
	}
	service, err := newService(ctx, f)
	if err != nil {
		return err
	}
	return errors.Join(
		newNetworkPolicy(ctx, f, networkPolicyOf(f, fromAnywhere())),
		newDisruptionBudget(ctx, f),
		newIngress(ctx, s, f, service),
		newAutoscaler(ctx, f, autoscalerOf(f, deployment)),
	)
}
