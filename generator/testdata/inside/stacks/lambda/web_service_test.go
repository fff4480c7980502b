package lambda

// webWanted is what the tests expect of the web service.
var webWanted = wanted{
	facts: webFacts,
	code:  webFacts.code,
	variables: map[string]string{
		"AWS_LWA_PORT":                 "8080",
		"AWS_LWA_READINESS_CHECK_PATH": "/healthz",
		"JWT_AUDIENCE":                 "inside,admin",
		"JWT_ISSUER":                   "https://login.example.com",
	},
	rights: []rights{
		invokes(billingFacts.routes...),
		invokes(ledgerFacts.routes...),
	},
	also: []check{
		calls("BILLING_URL"),
		calls("LEDGER_URL"),
		guarded(app+"-login-example-com-admin", "https://login.example.com", "admin", "inside"),
		answers(webFacts.preflights),
	},
}
