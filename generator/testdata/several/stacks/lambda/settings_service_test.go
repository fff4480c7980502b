package lambda

// settingsFacts is what the tests expect of the settings service.
var settingsFacts = service{
	key:              "settings",
	name:             settingsName,
	image:            settingsImage,
	architecture:     settingsArchitecture,
	memoryMB:         settingsMemoryMB,
	timeoutSeconds:   settingsTimeoutSeconds,
	logRetentionDays: settingsLogRetentionDays,
	routes:           settingsRoutes,
	variables: map[string]string{
		"AWS_LWA_PORT":                 "8080",
		"AWS_LWA_READINESS_CHECK_PATH": "/healthz",
	},
	secrets: map[string]secret{},
}
