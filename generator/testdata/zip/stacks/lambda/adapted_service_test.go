package lambda

// adaptedFacts is what the tests expect of the adapted service.
var adaptedFacts = service{
	key:  "adapted",
	name: adaptedName,
	zip:  "stack_test.go", // stands in for the build, which a test does not need
	layers: []string{
		"arn:aws:lambda:us-east-1:753240598075:layer:LambdaAdapterLayerArm64:25",
	},
	architecture:     adaptedArchitecture,
	memoryMB:         adaptedMemoryMB,
	timeoutSeconds:   adaptedTimeoutSeconds,
	logRetentionDays: adaptedLogRetentionDays,
	routes:           adaptedRoutes,
	variables: map[string]string{
		"AWS_LWA_PORT":                 "3000",
		"AWS_LWA_READINESS_CHECK_PATH": "/ready",
	},
	secrets: map[string]secret{},
}
