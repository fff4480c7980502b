package lambda

// auditLogWanted is what the tests expect of the audit-log service.
var auditLogWanted = wanted{
	facts: auditLogFacts,
	code: zip{
		path: "stack.go", // stands in for the build, which a test does not need
	},
	permissions: []statement{
		{Effect: "Allow", Action: names{"dynamodb:PutItem"}, Resource: names{"arn:aws:dynamodb:us-east-1:123456789012:table/audit"}},
	},
	also: []check{
		guarded(app+"-audit-example-org-audit", "https://audit.example.org", "audit"),
	},
}
