package lambda

// adminWanted is what the tests expect of the admin service.
var adminWanted = wanted{
	facts: adminFacts,
	code:  adminFacts.code,
	variables: map[string]string{
		"AWS_LWA_PORT":                 "8080",
		"AWS_LWA_READINESS_CHECK_PATH": "/healthz",
	},
}
