package lambda

import (
	awslambda "github.com/pulumi/pulumi-aws/sdk/v6/go/aws/lambda"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// shelvesFacts are what app.yaml says of the shelves service.
var shelvesFacts = facts{
	service:          "shelves",
	code:             image("123456789012.dkr.ecr.us-east-1.amazonaws.com/books:1.4.2"),
	architecture:     "x86_64",
	memoryMB:         512,
	timeoutSeconds:   10,
	logRetentionDays: 30,
	routes:           []string{"GET /shelves"},
	environment: pulumi.StringMap{
		"AWS_LWA_PORT":                 pulumi.String("8080"),
		"AWS_LWA_READINESS_CHECK_PATH": pulumi.String("/healthz"),
	},
}

// deployShelvesService declares the service's resources. Change a part here for this
// service alone, between making it and passing it on, or in function.go for every service.
func deployShelvesService(ctx *pulumi.Context, s *stack) error {
	f := s.services.shelves
	as, err := newRole(ctx, s, f,
		butNotTheCode(allow(joinSubnets, pulumi.String("*"))), // the interfaces have no names beforehand
		allow(actions{"secretsmanager:GetSecretValue"}, s.data.ArchivePostgres.Secret),
		allow(actions{"secretsmanager:GetSecretValue"}, s.data.LedgerPostgres.Secret),
		allow(actions{"secretsmanager:GetSecretValue"}, s.data.ReadingPostgres.Secret),
	)
	if err != nil {
		return err
	}
	function := functionOf(f, as)
	function.Environment = environment(f.environment, pulumi.StringMap{
		"ARCHIVE_HOST":   s.data.ArchivePostgres.Host,
		"ARCHIVE_NAME":   s.data.ArchivePostgres.Name,
		"ARCHIVE_PORT":   s.data.ArchivePostgres.Port,
		"ARCHIVE_SECRET": s.data.ArchivePostgres.Secret,
		"LEDGER_HOST":    s.data.LedgerPostgres.Host,
		"LEDGER_NAME":    s.data.LedgerPostgres.Name,
		"LEDGER_PORT":    s.data.LedgerPostgres.Port,
		"LEDGER_SECRET":  s.data.LedgerPostgres.Secret,
		"READING_HOST":   s.data.ReadingPostgres.Host,
		"READING_NAME":   s.data.ReadingPostgres.Name,
		"READING_PORT":   s.data.ReadingPostgres.Port,
		"READING_SECRET": s.data.ReadingPostgres.Secret,
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
