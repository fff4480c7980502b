package kubernetes

// apiWanted is what the tests in stack_test.go expect of the api service.
var apiWanted = wanted{
	facts: apiFacts,
	also: []check{
		admits("sync"),
		closed,
		checkAutoscaler,
		checkUtilization,
	},
}
