package kubernetes

// reportsWanted is what the tests in stack_test.go expect of the reports service.
var reportsWanted = wanted{
	facts:     reportsFacts,
	variables: map[string]string{},
	also: []check{
		calls("orders", "ORDERS_URL"),
		reached(nil, "what serves the routes from outside may run anywhere"),
		servedByIngress(ingressExpected{
			class: "alb",
			host:  "reports.example.com",
			annotations: map[string]string{
				"alb.ingress.kubernetes.io/group.name":               "shop",
				"alb.ingress.kubernetes.io/group.order":              "993",
				"alb.ingress.kubernetes.io/healthcheck-path":         "/healthz",
				"alb.ingress.kubernetes.io/listen-ports":             "[{\"HTTPS\":443}]",
				"alb.ingress.kubernetes.io/load-balancer-attributes": "idle_timeout.timeout_seconds=90",
				"alb.ingress.kubernetes.io/scheme":                   "internet-facing",
				"alb.ingress.kubernetes.io/target-type":              "ip",
			},
			paths: [][2]string{
				{"Prefix", "/reports"},
			},
		}),
		checkAutoscaler,
		checkUtilization,
	},
}
