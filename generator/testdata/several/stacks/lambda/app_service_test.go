package lambda

// appFacts is what the tests expect of the app service.
var appFacts = service{
	key:              "app",
	name:             appName,
	image:            appImage,
	architecture:     appArchitecture,
	memoryMB:         appMemoryMB,
	timeoutSeconds:   appTimeoutSeconds,
	logRetentionDays: appLogRetentionDays,
	routes:           appRoutes,
	variables: map[string]string{
		"AWS_LWA_PORT":                 "8080",
		"AWS_LWA_READINESS_CHECK_PATH": "/healthz",
	},
	secrets: map[string]secret{},
}
