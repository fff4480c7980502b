package kubernetes

// tockWanted is what the tests in stack_test.go expect of the tock service.
var tockWanted = wanted{
	facts: tockFacts,
	also: []check{
		runsAt("0 5 * * *", "UTC", `null`),
	},
}
