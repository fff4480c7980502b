package kubernetes

// indexWanted is what the tests in stack_test.go expect of the index service.
var indexWanted = wanted{
	facts: indexFacts,
	also: []check{
		starts(nil, []string{"index", "--shard=$(SHARD)"}),
		runsAlone,
		acceptsNothing,
		checkAutoscaler,
		checkUtilization,
	},
}
