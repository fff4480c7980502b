package kubernetes

// statusWanted is what the tests in stack_test.go expect of the status service.
var statusWanted = wanted{
	facts: statusFacts,
	also: []check{
		reached(nil, "what serves the routes from outside may run anywhere"),
		servedByIngress(ingressExpected{
			class:       "traefik",
			annotations: map[string]string{},
			paths: [][2]string{
				{"Exact", "/status"},
			},
		}),
		checkAutoscaler,
		checkUtilization,
	},
}
