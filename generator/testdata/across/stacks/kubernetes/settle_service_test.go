package kubernetes

// settleWanted is what the tests in stack_test.go expect of the settle service.
var settleWanted = wanted{
	facts:     settleFacts,
	variables: map[string]string{},
	also: []check{
		callsAPI("billing", "BILLING_URL"),
		callsAPI("rates", "RATES_URL"),
		mayDo(
			invoking("POST/charges", "GET/charges/*", "*/refunds/*"),
		),
		checkAccountRole,
		runsAt("15 * * * *", "UTC", `null`),
	},
}
