package lambda

// apiLinuxFacts is what the tests expect of the api-linux service.
var apiLinuxFacts = service{
	key:              "api-linux",
	name:             apiLinuxName,
	image:            apiLinuxImage,
	architecture:     apiLinuxArchitecture,
	memoryMB:         apiLinuxMemoryMB,
	timeoutSeconds:   apiLinuxTimeoutSeconds,
	logRetentionDays: apiLinuxLogRetentionDays,
	routes:           apiLinuxRoutes,
	variables: map[string]string{
		"AWS_LWA_PORT":                 "8080",
		"AWS_LWA_READINESS_CHECK_PATH": "/healthz",
	},
	secrets: map[string]secret{
		"DATABASE_URL_SECRET": {name: "many-database", key: "url"},
	},
}
