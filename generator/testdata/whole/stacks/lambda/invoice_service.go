package lambda

import (
	awslambda "github.com/pulumi/pulumi-aws/sdk/v6/go/aws/lambda"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// invoiceFacts are what app.yaml says of the invoice service.
var invoiceFacts = facts{
	service:          "invoice",
	code:             image("123456789012.dkr.ecr.us-east-1.amazonaws.com/bazaar:1.0.0"),
	architecture:     "x86_64",
	memoryMB:         512,
	timeoutSeconds:   10,
	logRetentionDays: 30,
	events:           events{batch: 1, most: 100},
	environment: pulumi.StringMap{
		"AWS_LWA_ERROR_STATUS_CODES":   pulumi.String("300-599"),
		"AWS_LWA_PASS_THROUGH_PATH":    pulumi.String("/events"),
		"AWS_LWA_PORT":                 pulumi.String("8080"),
		"AWS_LWA_READINESS_CHECK_PATH": pulumi.String("/healthz"),
	},
}

// deployInvoiceService declares the service's resources. Change a part here for this
// service alone, between making it and passing it on, or in function.go for every service.
func deployInvoiceService(ctx *pulumi.Context, s *stack) error {
	f := s.services.invoice
	f.paused = !s.active
	as, err := newRole(ctx, s, f,
		butNotTheCode(allow(joinSubnets, pulumi.String("*"))), // the interfaces have no names beforehand
		allow(actions{"secretsmanager:GetSecretValue"}, s.data.LedgerPostgres.Secret),
		allow(actions{"sqs:DeleteMessage", "sqs:GetQueueAttributes", "sqs:ReceiveMessage"}, s.data.InvoicesQueue.ARN),
	)
	if err != nil {
		return err
	}
	function := functionOf(f, as)
	function.Environment = environment(f.environment, pulumi.StringMap{
		"LEDGER_HOST":   s.data.LedgerPostgres.Host,
		"LEDGER_NAME":   s.data.LedgerPostgres.Name,
		"LEDGER_PORT":   s.data.LedgerPostgres.Port,
		"LEDGER_SECRET": s.data.LedgerPostgres.Secret,
		"PAGES_HOST":    s.data.PagesValkey.Host,
		"PAGES_PORT":    s.data.PagesValkey.Port,
	})
	function.VpcConfig = &awslambda.FunctionVpcConfigArgs{
		SubnetIds:        pulumi.ToStringArray(s.subnetIDs),
		SecurityGroupIds: pulumi.ToStringArray(s.securityGroupIDs),
	}
	live, err := newFunction(ctx, s, f, function, as)
	if err != nil {
		return err
	}
	return newEventSource(ctx, s, f, live, s.data.InvoicesQueue)
}
