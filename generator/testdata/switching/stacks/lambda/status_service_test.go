package lambda

// statusWanted is what the tests expect of the status service.
var statusWanted = wanted{
	facts: statusFacts,
	code:  statusFacts.code,
	variables: map[string]string{
		"AWS_LWA_PORT":                 "8080",
		"AWS_LWA_READINESS_CHECK_PATH": "/status",
	},
}
