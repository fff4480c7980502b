package kubernetes

// apiWanted is what the tests in stack_test.go expect of the api service.
var apiWanted = wanted{
	facts: apiFacts,
	also: []check{
		mayDo(
			map[string]any{
				"Effect":   "Allow",
				"Action":   []string{"s3:GetObject", "s3:PutObject"},
				"Resource": []string{"arn:aws:s3:::shop-files/*"},
			},
			map[string]any{
				"Effect":   "Allow",
				"Action":   []string{"cloudwatch:PutMetricData"},
				"Resource": []string{"*"},
			},
		),
		checkPodIdentity,
		reached(nil, "what serves the routes from outside may run anywhere"),
		servedByGateway(gatewayExpected{
			gateway:   "public",
			namespace: "gateways",
			host:      "api.example.com",
			requests: [][3]string{
				{"GET", "Exact", "/orders"},
				{"POST", "Exact", "/orders"},
				{"GET", "PathPrefix", "/orders"},
				{"", "PathPrefix", "/files"},
				{"OPTIONS", "Exact", "/orders"},
				{"OPTIONS", "PathPrefix", "/orders"},
			},
			cors: map[string]any{
				"allowOrigins":     []string{"*"},
				"allowMethods":     []string{"GET", "POST"},
				"allowCredentials": false,
			},
		}),
		checksTokens("https://login.example.com", "https://login.example.com/.well-known/jwks.json", "admin", "shop"),
		checkAutoscaler,
		checkAverage,
	},
}
