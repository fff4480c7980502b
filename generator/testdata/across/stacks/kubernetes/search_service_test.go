package kubernetes

// searchWanted is what the tests in stack_test.go expect of the search service.
var searchWanted = wanted{
	facts:     searchFacts,
	variables: map[string]string{},
	also: []check{
		callsAPI("rates", "RATES_URL"),
		reached(nil, "what serves the routes from outside may run anywhere"),
		servedByIngress(ingressExpected{
			class: "alb",
			host:  "search.example.com",
			annotations: map[string]string{
				"alb.ingress.kubernetes.io/healthcheck-path":         "/healthz",
				"alb.ingress.kubernetes.io/listen-ports":             "[{\"HTTPS\":443}]",
				"alb.ingress.kubernetes.io/load-balancer-attributes": "idle_timeout.timeout_seconds=120",
				"alb.ingress.kubernetes.io/scheme":                   "internal",
				"alb.ingress.kubernetes.io/target-type":              "ip",
			},
			paths: [][2]string{
				{"Exact", "/search"},
			},
		}),
		checkAutoscaler,
		checkUtilization,
	},
}
