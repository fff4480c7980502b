package lambda

// mainWanted is what the tests expect of the main service.
var mainWanted = wanted{
	facts: mainFacts,
	code:  mainFacts.code,
	variables: map[string]string{
		"AWS_LWA_PORT":                 "8080",
		"AWS_LWA_READINESS_CHECK_PATH": "/healthz",
	},
}
