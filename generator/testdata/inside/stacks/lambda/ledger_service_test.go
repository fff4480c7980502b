package lambda

// ledgerWanted is what the tests expect of the ledger service.
var ledgerWanted = wanted{
	facts: ledgerFacts,
	code:  ledgerFacts.code,
	variables: map[string]string{
		"AWS_LWA_PORT":                 "8080",
		"AWS_LWA_READINESS_CHECK_PATH": "/healthz",
	},
	rights: []rights{
		invokes(billingFacts.routes...),
	},
	also: []check{
		starts(nil, []string{"serve", "--currency=$(CURRENCY)"}),
		calls("BILLING_URL"),
		takesSigned,
	},
}
