package lambda

// appWanted is what the tests expect of the app service.
var appWanted = wanted{
	facts: appFacts,
	code:  appFacts.code,
	variables: map[string]string{
		"AWS_LWA_PORT":                 "8080",
		"AWS_LWA_READINESS_CHECK_PATH": "/healthz",
	},
	also: []check{
		starts(nil, []string{"serve"}),
	},
}
