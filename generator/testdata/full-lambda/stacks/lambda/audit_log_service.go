package lambda

import "github.com/pulumi/pulumi/sdk/v3/go/pulumi"

// auditLogFacts are what app.yaml says of the audit-log service.
var auditLogFacts = facts{
	service: "audit-log",
	code: zip{
		path: "../app/build/audit.zip",
	},
	architecture:     "x86_64",
	memoryMB:         512,
	timeoutSeconds:   10,
	logRetentionDays: 90,
	routes:           []string{"POST /audit"},
}

// deployAuditLogService declares the service's resources. Change a part here for this
// service alone, between making it and passing it on, or in function.go for every service.
func deployAuditLogService(ctx *pulumi.Context, s *stack) error {
	f := s.services.auditLog
	as, err := newRole(ctx, s, f,
		allow(actions{"dynamodb:PutItem"}, pulumi.String("arn:aws:dynamodb:us-east-1:123456789012:table/audit")),
	)
	if err != nil {
		return err
	}
	function := functionOf(f, as)
	live, err := newFunction(ctx, s, f, function, as)
	if err != nil {
		return err
	}
	route, err := newIntegration(ctx, s, f, live)
	if err != nil {
		return err
	}
	return newRoutes(ctx, f.routes, guardedBy(s.authorizers.audit, route))
}
