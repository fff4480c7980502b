package lambda

import (
	awslambda "github.com/pulumi/pulumi-aws/sdk/v6/go/aws/lambda"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// shopFacts are what app.yaml says of the shop service.
var shopFacts = facts{
	service:          "shop",
	code:             image("123456789012.dkr.ecr.us-east-1.amazonaws.com/bazaar:1.0.0"),
	architecture:     "x86_64",
	memoryMB:         512,
	timeoutSeconds:   10,
	logRetentionDays: 30,
	routes: []string{
		"GET /offers/{id}",
		"POST /orders",
	},
	environment: pulumi.StringMap{
		"AWS_LWA_PORT":                 pulumi.String("8080"),
		"AWS_LWA_READINESS_CHECK_PATH": pulumi.String("/healthz"),
	},
}

// deployShopService declares the service's resources. Change a part here for this
// service alone, between making it and passing it on, or in function.go for every service.
func deployShopService(ctx *pulumi.Context, s *stack) error {
	f := s.services.shop
	as, err := newRole(ctx, s, f,
		readSecrets(s.secrets.session),
		s.mayInvoke(s.services.payments),
		butNotTheCode(allow(joinSubnets, pulumi.String("*"))), // the interfaces have no names beforehand
		allow(actions{"dynamodb:BatchGetItem", "dynamodb:GetItem", "dynamodb:Query", "dynamodb:Scan"}, s.data.CartsTable.ARN),
		allow(actions{"dynamodb:BatchWriteItem", "dynamodb:ConditionCheckItem", "dynamodb:DeleteItem", "dynamodb:PutItem", "dynamodb:UpdateItem"}, s.data.CartsTable.ARN),
		allow(actions{"secretsmanager:GetSecretValue"}, s.data.LedgerPostgres.Secret),
		allow(actions{"sqs:SendMessage"}, s.data.MailsQueue.ARN),
		allow(actions{"s3:AbortMultipartUpload", "s3:PutObject"}, s.data.PhotosBucket.Objects("incoming/")),
		allow(actions{"s3:GetObject"}, s.data.ThumbnailsBucket.Objects("")),
		allow(actions{"s3:ListBucket"}, s.data.ThumbnailsBucket.ARN),
	)
	if err != nil {
		return err
	}
	function := functionOf(f, as)
	function.Environment = environment(f.environment, pulumi.StringMap{
		"CACHE_HOST":         s.data.CacheValkey.Host,
		"CACHE_PORT":         s.data.CacheValkey.Port,
		"CARTS_TABLE":        s.data.CartsTable.Name,
		"LEDGER_HOST":        s.data.LedgerPostgres.Host,
		"LEDGER_NAME":        s.data.LedgerPostgres.Name,
		"LEDGER_PORT":        s.data.LedgerPostgres.Port,
		"LEDGER_SECRET":      s.data.LedgerPostgres.Secret,
		"MAILS_QUEUE_URL":    s.data.MailsQueue.URL,
		"PAYMENTS_URL":       s.gateway.ApiEndpoint, // payments answers there
		"PHOTOS_BUCKET":      s.data.PhotosBucket.Name,
		"SESSION_KEY_SECRET": keyOf(s.secrets.session, "value"),
		"THUMBNAILS_BUCKET":  s.data.ThumbnailsBucket.Name,
	})
	function.VpcConfig = &awslambda.FunctionVpcConfigArgs{
		SubnetIds:        pulumi.ToStringArray(s.subnetIDs),
		SecurityGroupIds: pulumi.ToStringArray(s.securityGroupIDs),
	}
	live, err := newFunction(ctx, s, f, function, as)
	if err != nil {
		return err
	}
	route, err := newIntegration(ctx, s, f, live)
	if err != nil {
		return err
	}
	return newRoutes(ctx, f.routes, route)
}
