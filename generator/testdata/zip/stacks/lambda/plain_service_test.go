package lambda

// plainFacts is what the tests expect of the plain service.
var plainFacts = service{
	key:              "plain",
	name:             plainName,
	zip:              "stack_test.go", // stands in for the build, which a test does not need
	adapterLayer:     "arn:aws:lambda:us-east-1:123456789012:layer:adapter:1",
	architecture:     plainArchitecture,
	memoryMB:         plainMemoryMB,
	timeoutSeconds:   plainTimeoutSeconds,
	logRetentionDays: plainLogRetentionDays,
	routes:           plainRoutes,
	variables: map[string]string{
		"AWS_LWA_PORT":                 "8080",
		"AWS_LWA_READINESS_CHECK_PATH": "/healthz",
	},
	secrets: map[string]secret{},
}
