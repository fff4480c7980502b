package lambda

// auditLogFacts is what the tests expect of the audit-log service.
var auditLogFacts = service{
	key:              "audit-log",
	name:             auditLogName,
	zip:              "stack_test.go", // stands in for the build, which a test does not need
	architecture:     auditLogArchitecture,
	memoryMB:         auditLogMemoryMB,
	timeoutSeconds:   auditLogTimeoutSeconds,
	logRetentionDays: auditLogLogRetentionDays,
	routes:           auditLogRoutes,
	authorizer: &authorizer{
		name:     app + "-audit-example-org-audit",
		issuer:   "https://audit.example.org",
		audience: []string{"audit"},
	},
	variables: map[string]string{},
	secrets:   map[string]secret{},
	permissions: []statement{
		{Effect: "Allow", Action: names{"dynamodb:PutItem"}, Resource: names{"arn:aws:dynamodb:us-east-1:123456789012:table/audit"}},
	},
}
