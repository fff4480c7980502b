package lambda

// ratesWanted is what the tests expect of the rates service.
var ratesWanted = wanted{
	facts: ratesFacts,
	code:  ratesFacts.code,
	variables: map[string]string{
		"AWS_LWA_PORT":                 "8080",
		"AWS_LWA_READINESS_CHECK_PATH": "/healthz",
	},
	also: []check{
		guarded(app+"-login-example-com-across", "https://login.example.com", "across"),
	},
}
