package lambda

import (
	awslambda "github.com/pulumi/pulumi-aws/sdk/v6/go/aws/lambda"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// reportFacts are what app.yaml says of the report service.
var reportFacts = facts{
	service:          "report",
	code:             image("123456789012.dkr.ecr.us-east-1.amazonaws.com/bazaar:1.0.0"),
	architecture:     "x86_64",
	memoryMB:         512,
	timeoutSeconds:   10,
	logRetentionDays: 30,
	schedule: schedule{
		times:           "cron(15 4 * * ? *)",
		timeZone:        "Europe/Berlin",
		input:           `{"id":"bazaar-report-<aws.scheduler.scheduled-time>","time":"<aws.scheduler.scheduled-time>","input":{"kind":"daily"}}`,
		attempts:        2,
		eventAgeSeconds: 500,
	},
	environment: pulumi.StringMap{
		"AWS_LWA_ERROR_STATUS_CODES":   pulumi.String("300-599"),
		"AWS_LWA_PASS_THROUGH_PATH":    pulumi.String("/events"),
		"AWS_LWA_PORT":                 pulumi.String("8080"),
		"AWS_LWA_READINESS_CHECK_PATH": pulumi.String("/healthz"),
	},
}

// deployReportService declares the service's resources. Change a part here for this
// service alone, between making it and passing it on, or in function.go for every service.
func deployReportService(ctx *pulumi.Context, s *stack) error {
	f := s.services.report
	f.paused = !s.active
	dead, err := newDeadLetters(ctx, s, f)
	if err != nil {
		return err
	}
	as, err := newRole(ctx, s, f,
		butNotTheCode(allow(joinSubnets, pulumi.String("*"))), // the interfaces have no names beforehand
		allow(actions{"secretsmanager:GetSecretValue"}, s.data.LedgerPostgres.Secret),
		allow(actions{"secretsmanager:GetSecretValue"}, s.data.ReportsPostgres.Secret),
		allow(actions{"sqs:SendMessage"}, dead.Arn), // runs that failed for good
	)
	if err != nil {
		return err
	}
	function := functionOf(f, as)
	function.Environment = environment(f.environment, pulumi.StringMap{
		"LEDGER_HOST":    s.data.LedgerPostgres.Host,
		"LEDGER_NAME":    s.data.LedgerPostgres.Name,
		"LEDGER_PORT":    s.data.LedgerPostgres.Port,
		"LEDGER_SECRET":  s.data.LedgerPostgres.Secret,
		"REPORTS_HOST":   s.data.ReportsPostgres.Host,
		"REPORTS_NAME":   s.data.ReportsPostgres.Name,
		"REPORTS_PORT":   s.data.ReportsPostgres.Port,
		"REPORTS_SECRET": s.data.ReportsPostgres.Secret,
	})
	function.VpcConfig = &awslambda.FunctionVpcConfigArgs{
		SubnetIds:        pulumi.ToStringArray(s.subnetIDs),
		SecurityGroupIds: pulumi.ToStringArray(s.securityGroupIDs),
	}
	live, err := newFunction(ctx, s, f, function, as)
	if err != nil {
		return err
	}
	return newSchedule(ctx, s, f, live, dead)
}
