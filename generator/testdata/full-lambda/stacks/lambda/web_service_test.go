package lambda

// webFacts is what the tests expect of the web service.
var webFacts = service{
	key:              "web",
	name:             webName,
	image:            webImage,
	architecture:     webArchitecture,
	memoryMB:         webMemoryMB,
	timeoutSeconds:   webTimeoutSeconds,
	logRetentionDays: webLogRetentionDays,
	routes:           webRoutes,
	variables: map[string]string{
		"AWS_LWA_PORT":                 "8080",
		"AWS_LWA_READINESS_CHECK_PATH": "/healthz",
	},
	secrets: map[string]secret{},
}
