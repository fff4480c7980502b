package kubernetes

// sweepWanted is what the tests in stack_test.go expect of the sweep service.
var sweepWanted = wanted{
	facts:    sweepFacts,
	switched: true,
	also: []check{
		runsAt("30 2 * * *", "America/New_York", `null`),
	},
}
