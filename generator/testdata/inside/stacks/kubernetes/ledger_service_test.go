package kubernetes

// ledgerWanted is what the tests in stack_test.go expect of the ledger service.
var ledgerWanted = wanted{
	facts:     ledgerFacts,
	variables: map[string]string{},
	also: []check{
		starts(nil, []string{"serve", "--currency=$(CURRENCY)"}),
		calls("billing", "BILLING_URL"),
		admits("web"),
		closed,
		checkAutoscaler,
		checkUtilization,
	},
}
