package lambda

import (
	awslambda "github.com/pulumi/pulumi-aws/sdk/v6/go/aws/lambda"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// paymentsFacts are what app.yaml says of the payments service.
var paymentsFacts = facts{
	service:          "payments",
	code:             image("123456789012.dkr.ecr.us-east-1.amazonaws.com/bazaar:1.0.0"),
	architecture:     "x86_64",
	memoryMB:         512,
	timeoutSeconds:   10,
	logRetentionDays: 30,
	routes:           []string{"POST /charges"},
	environment: pulumi.StringMap{
		"AWS_LWA_PORT":                 pulumi.String("8080"),
		"AWS_LWA_READINESS_CHECK_PATH": pulumi.String("/healthz"),
	},
	reserved: 100,
}

// deployPaymentsService declares the service's resources. Change a part here for this
// service alone, between making it and passing it on, or in function.go for every service.
func deployPaymentsService(ctx *pulumi.Context, s *stack) error {
	f := s.services.payments
	as, err := newRole(ctx, s, f,
		butNotTheCode(allow(joinSubnets, pulumi.String("*"))), // the interfaces have no names beforehand
		allow(actions{"sqs:SendMessage"}, s.data.InvoicesQueue.ARN),
		allow(actions{"secretsmanager:GetSecretValue"}, s.data.LedgerPostgres.Secret),
	)
	if err != nil {
		return err
	}
	function := functionOf(f, as)
	function.Environment = environment(f.environment, pulumi.StringMap{
		"INVOICES_QUEUE_URL": s.data.InvoicesQueue.URL,
		"LEDGER_HOST":        s.data.LedgerPostgres.Host,
		"LEDGER_NAME":        s.data.LedgerPostgres.Name,
		"LEDGER_PORT":        s.data.LedgerPostgres.Port,
		"LEDGER_SECRET":      s.data.LedgerPostgres.Secret,
	})
	function.VpcConfig = &awslambda.FunctionVpcConfigArgs{
		SubnetIds:        pulumi.ToStringArray(s.subnetIDs),
		SecurityGroupIds: pulumi.ToStringArray(s.securityGroupIDs),
	}
	function.ReservedConcurrentExecutions = pulumi.Int(f.reserved)
	live, err := newFunction(ctx, s, f, function, as)
	if err != nil {
		return err
	}
	route, err := newIntegration(ctx, s, f, live)
	if err != nil {
		return err
	}
	return newRoutes(ctx, f.routes, signed(route))
}
