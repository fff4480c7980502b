package lambda

// mainFacts is what the tests expect of the main service.
var mainFacts = service{
	key:              "main",
	name:             mainName,
	image:            mainImage,
	architecture:     mainArchitecture,
	memoryMB:         mainMemoryMB,
	timeoutSeconds:   mainTimeoutSeconds,
	logRetentionDays: mainLogRetentionDays,
	routes:           mainRoutes,
	variables: map[string]string{
		"AWS_LWA_PORT":                 "8080",
		"AWS_LWA_READINESS_CHECK_PATH": "/healthz",
	},
	secrets: map[string]secret{},
}
