package lambda

// billingWanted is what the tests expect of the billing service.
var billingWanted = wanted{
	facts: billingFacts,
	code:  billingFacts.code,
	variables: map[string]string{
		"AWS_LWA_PORT":                 "8080",
		"AWS_LWA_READINESS_CHECK_PATH": "/healthz",
		"STOCK_URL":                    "https://stock.example.com",
	},
	also: []check{
		takesSigned,
	},
}
