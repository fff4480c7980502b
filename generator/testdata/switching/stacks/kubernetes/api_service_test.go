package kubernetes

// apiWanted is what the tests in stack_test.go expect of the api service.
var apiWanted = wanted{
	facts: apiFacts,
	also: []check{
		reached(nil, "what serves the routes from outside may run anywhere"),
		servedByIngress(ingressExpected{
			class:   "alb",
			host:    "shop.example.com",
			ownHost: "kubernetes.shop.example.com",
			health:  "/healthz",
			annotations: map[string]string{
				"alb.ingress.kubernetes.io/group.name":               "moving",
				"alb.ingress.kubernetes.io/group.order":              "995",
				"alb.ingress.kubernetes.io/healthcheck-path":         "/healthz",
				"alb.ingress.kubernetes.io/listen-ports":             "[{\"HTTPS\":443}]",
				"alb.ingress.kubernetes.io/load-balancer-attributes": "idle_timeout.timeout_seconds=10",
				"alb.ingress.kubernetes.io/scheme":                   "internet-facing",
				"alb.ingress.kubernetes.io/target-type":              "ip",
				"external-dns.alpha.kubernetes.io/controller":        "none",
				"external-dns.kubernetes.io/controller":              "none",
			},
			paths: [][2]string{
				{"Prefix", "/items"},
				{"Exact", "/items"},
			},
		}),
		checkAutoscaler,
		checkUtilization,
	},
}
