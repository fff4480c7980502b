package kubernetes

// stockWanted is what the tests in stack_test.go expect of the stock service.
var stockWanted = wanted{
	facts: stockFacts,
	variables: map[string]string{
		"JWT_AUDIENCE": "across",
		"JWT_ISSUER":   "https://login.example.com",
	},
	also: []check{
		reached(nil, "what serves the routes from outside may run anywhere"),
		servedByIngress(ingressExpected{
			class:     "nginx",
			host:      "stock.example.com",
			tlsSecret: "stock-tls",
			annotations: map[string]string{
				"nginx.ingress.kubernetes.io/proxy-body-size":    "10m",
				"nginx.ingress.kubernetes.io/proxy-read-timeout": "10",
				"nginx.ingress.kubernetes.io/proxy-send-timeout": "10",
			},
			paths: [][2]string{
				{"Exact", "/stock"},
			},
		}),
		checkAutoscaler,
		checkUtilization,
	},
}
