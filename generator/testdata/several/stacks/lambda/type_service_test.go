package lambda

// typeWanted is what the tests expect of the type service.
var typeWanted = wanted{
	facts: typeFacts,
	code:  typeFacts.code,
	variables: map[string]string{
		"AWS_LWA_PORT":                 "8080",
		"AWS_LWA_READINESS_CHECK_PATH": "/healthz",
	},
}
