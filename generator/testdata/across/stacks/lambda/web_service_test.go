package lambda

// webWanted is what the tests expect of the web service.
var webWanted = wanted{
	facts: webFacts,
	code:  webFacts.code,
	variables: map[string]string{
		"AWS_LWA_PORT":                 "8080",
		"AWS_LWA_READINESS_CHECK_PATH": "/healthz",
		"SEARCH_URL":                   "https://search.example.com",
	},
	rights: []rights{
		invokes(billingFacts.routes...),
		joinsSubnets,
	},
	also: []check{
		calls("BILLING_URL"),
		runsInSubnets,
	},
}
