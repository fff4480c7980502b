package lambda

// apiWanted is what the tests expect of the api service.
var apiWanted = wanted{
	facts: apiFacts,
	code:  apiFacts.code,
	variables: map[string]string{
		"AWS_LWA_PORT":                 "8080",
		"AWS_LWA_READINESS_CHECK_PATH": "/healthz",
	},
	also: []check{
		healthChecked(apiFacts.health),
	},
}
