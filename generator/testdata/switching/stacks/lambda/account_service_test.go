package lambda

// accountWanted is what the tests expect of the account service.
var accountWanted = wanted{
	facts: accountFacts,
	code:  accountFacts.code,
	variables: map[string]string{
		"AWS_LWA_PORT":                 "8080",
		"AWS_LWA_READINESS_CHECK_PATH": "/up",
	},
	also: []check{
		guarded(app+"-login-example-com-moving", "https://login.example.com", "moving"),
		healthChecked(accountFacts.health),
		answers(accountFacts.preflights),
	},
}
