package kubernetes

// webWanted is what the tests in stack_test.go expect of the web service.
var webWanted = wanted{
	facts: webFacts,
	variables: map[string]string{
		"LOG_LEVEL": "info",
	},
	secrets: map[string]secret{
		"SESSION_KEY": {name: "shop-session", key: "value"},
	},
	also: []check{
		calls("api", "API_URL"),
		calls("orders", "ORDERS_URL"),
		pulls("registry", "mirror"),
		reached(nil, "what serves the routes from outside may run anywhere"),
		servedByIngress(ingressExpected{
			class:     "nginx",
			host:      "shop.example.com",
			tlsSecret: "shop-tls",
			annotations: map[string]string{
				"nginx.ingress.kubernetes.io/cors-allow-credentials": "true",
				"nginx.ingress.kubernetes.io/cors-allow-headers":     "Content-Type, X-Request-Id",
				"nginx.ingress.kubernetes.io/cors-allow-methods":     "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS",
				"nginx.ingress.kubernetes.io/cors-allow-origin":      "https://admin.example.com, http://localhost:3000",
				"nginx.ingress.kubernetes.io/cors-max-age":           "3600",
				"nginx.ingress.kubernetes.io/enable-cors":            "true",
				"nginx.ingress.kubernetes.io/proxy-body-size":        "20m",
				"nginx.ingress.kubernetes.io/proxy-read-timeout":     "20",
				"nginx.ingress.kubernetes.io/proxy-send-timeout":     "20",
			},
			paths: [][2]string{
				{"Exact", "/"},
				{"Exact", "/cart"},
				{"Prefix", "/products"},
				{"Prefix", "/assets"},
			},
		}),
		checkAutoscaler,
		checkUtilization,
	},
}
