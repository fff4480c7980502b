package lambda

// apiFacts is what the tests expect of the api service.
var apiFacts = service{
	key:              "api",
	name:             apiName,
	image:            apiImage,
	architecture:     apiArchitecture,
	memoryMB:         apiMemoryMB,
	timeoutSeconds:   apiTimeoutSeconds,
	logRetentionDays: apiLogRetentionDays,
	routes:           apiRoutes,
	variables: map[string]string{
		"LOG_LEVEL": "info",
	},
	secrets: map[string]secret{
		"API_KEY_SECRET": {name: "thumbs-api-key", key: "value"},
	},
}
