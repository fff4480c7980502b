package kubernetes

// searchWanted is what the tests in stack_test.go expect of the search service.
var searchWanted = wanted{
	facts: searchFacts,
	also: []check{
		admits("index"),
		closed,
		checkAutoscaler,
		checkUtilization,
	},
}
