package kubernetes

// statusWanted is what the tests in stack_test.go expect of the status service.
var statusWanted = wanted{
	facts: statusFacts,
	also: []check{
		reached(nil, "what serves the routes from outside may run anywhere"),
		servedByIngress(ingressExpected{
			class:     "nginx",
			host:      "status.example.com",
			ownHost:   "kubernetes.status.example.com",
			tlsSecret: "status-tls",
			annotations: map[string]string{
				"external-dns.alpha.kubernetes.io/controller":    "none",
				"external-dns.kubernetes.io/controller":          "none",
				"nginx.ingress.kubernetes.io/proxy-body-size":    "10m",
				"nginx.ingress.kubernetes.io/proxy-read-timeout": "10",
				"nginx.ingress.kubernetes.io/proxy-send-timeout": "10",
			},
			paths: [][2]string{
				{"Exact", "/status"},
			},
		}),
		checkAutoscaler,
		checkUtilization,
	},
}
