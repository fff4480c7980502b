package kubernetes

// indexWanted is what the tests in stack_test.go expect of the index service.
var indexWanted = wanted{
	facts:     indexFacts,
	variables: map[string]string{},
	also: []check{
		calls("search", "SEARCH_URL"),
		runsAt("15 * * * *", "UTC", `null`),
	},
}
