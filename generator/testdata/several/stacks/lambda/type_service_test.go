package lambda

// typeFacts is what the tests expect of the type service.
var typeFacts = service{
	key:              "type",
	name:             typeName,
	image:            typeImage,
	architecture:     typeArchitecture,
	memoryMB:         typeMemoryMB,
	timeoutSeconds:   typeTimeoutSeconds,
	logRetentionDays: typeLogRetentionDays,
	routes:           typeRoutes,
	variables: map[string]string{
		"AWS_LWA_PORT":                 "8080",
		"AWS_LWA_READINESS_CHECK_PATH": "/healthz",
	},
	secrets: map[string]secret{},
}
