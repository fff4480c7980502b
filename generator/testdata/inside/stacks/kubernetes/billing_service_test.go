package kubernetes

// billingWanted is what the tests in stack_test.go expect of the billing service.
var billingWanted = wanted{
	facts:        billingFacts,
	writableRoot: true,
	also: []check{
		bindsItsPort,
		runsOn("arm64"),
		admits("ledger", "web"),
		closed,
		checkAutoscaler,
		checkUtilization,
	},
}
