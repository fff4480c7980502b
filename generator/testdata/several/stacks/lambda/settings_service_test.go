package lambda

// settingsWanted is what the tests expect of the settings service.
var settingsWanted = wanted{
	facts: settingsFacts,
	code:  settingsFacts.code,
	variables: map[string]string{
		"AWS_LWA_PORT":                 "8080",
		"AWS_LWA_READINESS_CHECK_PATH": "/healthz",
	},
}
