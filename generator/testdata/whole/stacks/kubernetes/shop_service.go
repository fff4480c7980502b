package kubernetes

import (
	"errors"

	corev1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/core/v1"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// shopFacts are what app.yaml says of the shop service.
var shopFacts = facts{
	service:        "shop",
	image:          "123456789012.dkr.ecr.us-east-1.amazonaws.com/bazaar:1.0.0",
	port:           8080,
	healthPath:     "/healthz",
	cpu:            "250m",
	memoryMiB:      512,
	timeoutSeconds: 10,
	startSeconds:   60,
	user:           65532,
	namespace:      "bazaar",
	scale:          scale{min: 1, max: 10, metric: utilization{"cpu", 70}},
	environment: corev1.EnvVarArray{
		fromSecret("SESSION_KEY", "bazaar-session", "value"),
	},
	ingress: ingress{
		class: "nginx",
		annotations: pulumi.StringMap{
			"nginx.ingress.kubernetes.io/cors-allow-credentials": pulumi.String("false"),
			"nginx.ingress.kubernetes.io/cors-allow-headers":     pulumi.String("Accept"), // which pages may always send: none would mean nginx's own list
			"nginx.ingress.kubernetes.io/cors-allow-methods":     pulumi.String("GET, POST"),
			"nginx.ingress.kubernetes.io/cors-allow-origin":      pulumi.String("https://bazaar.example.com"),
			"nginx.ingress.kubernetes.io/cors-max-age":           pulumi.String("5"), // what browsers take by default; nginx says 20 days
			"nginx.ingress.kubernetes.io/enable-cors":            pulumi.String("true"),
			"nginx.ingress.kubernetes.io/proxy-body-size":        pulumi.String("10m"), // nginx refuses more than 1m by default
			"nginx.ingress.kubernetes.io/proxy-read-timeout":     pulumi.String("10"),
			"nginx.ingress.kubernetes.io/proxy-send-timeout":     pulumi.String("10"),
		},
		paths: []ingressPath{
			{"Prefix", "/offers"}, // GET /offers/{id}
			{"Exact", "/orders"},  // POST /orders
		},
	},
}

// deployShopService declares the service's resources. Change a part here for this
// service alone, between making it and passing it on, or in workload.go for every service.
func deployShopService(ctx *pulumi.Context, s *stack) error {
	f := s.services.shop
	f.environment = append(f.environment,
		variable("PAYMENTS_URL", s.services.payments.address()),
	)
	f.environment = append(f.environment,
		located("AWS_REGION", s.data.Region),
		located("CACHE_HOST", s.data.CacheValkey.Host),
		located("CACHE_PORT", s.data.CacheValkey.Port),
		located("CARTS_TABLE", s.data.CartsTable.Name),
		located("LEDGER_HOST", s.data.LedgerPostgres.Host),
		located("LEDGER_NAME", s.data.LedgerPostgres.Name),
		located("LEDGER_PORT", s.data.LedgerPostgres.Port),
		located("LEDGER_SECRET", s.data.LedgerPostgres.Secret),
		located("MAILS_QUEUE_URL", s.data.MailsQueue.URL),
		located("PHOTOS_BUCKET", s.data.PhotosBucket.Name),
		located("THUMBNAILS_BUCKET", s.data.ThumbnailsBucket.Name),
	)
	f.rights = pulumi.Array{
		grant([]string{"dynamodb:BatchGetItem", "dynamodb:GetItem", "dynamodb:Query", "dynamodb:Scan"}, s.data.CartsTable.ARN),
		grant([]string{"dynamodb:BatchWriteItem", "dynamodb:ConditionCheckItem", "dynamodb:DeleteItem", "dynamodb:PutItem", "dynamodb:UpdateItem"}, s.data.CartsTable.ARN),
		grant([]string{"secretsmanager:GetSecretValue"}, s.data.LedgerPostgres.Secret),
		grant([]string{"sqs:SendMessage"}, s.data.MailsQueue.ARN),
		grant([]string{"s3:AbortMultipartUpload", "s3:PutObject"}, s.data.PhotosBucket.Objects("incoming/")),
		grant([]string{"s3:GetObject"}, s.data.ThumbnailsBucket.Objects("")),
		grant([]string{"s3:ListBucket"}, s.data.ThumbnailsBucket.ARN),
	}
	account, err := newAccount(ctx, f, metadata(f))
	if err != nil {
		return err
	}
	identity, err := newPodIdentity(ctx, s, f, account)
	if err != nil {
		return err
	}
	container := containerOf(f)
	pod := podOf(f, account, container)
	deployment, err := newDeployment(ctx, f, deploymentOf(f, pod), pulumi.DependsOn(s.needed[f.service]), pulumi.DependsOn([]pulumi.Resource{identity}))
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
