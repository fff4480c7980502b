package kubernetes

// apiFacts is what the tests in stack_test.go expect of the api service.
var apiFacts = service{
	key:            "api",
	name:           apiName,
	image:          apiImage,
	port:           apiPort,
	healthPath:     apiHealthPath,
	cpu:            apiCPU,
	memoryMiB:      apiMemoryMiB,
	timeoutSeconds: apiTimeoutSeconds,
	namespace:      apiNamespace,
	min:            apiMinReplicas,
	max:            apiMaxReplicas,
	rate:           apiRateTarget,
	podsMetric:     apiPodsMetric,
	variables:      map[string]string{},
	secrets:        map[string]secret{},
	reach:          "anywhere",
	domain:         apiDomain,
	gateway: &gateway{
		name:      "public",
		namespace: "gateways",
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
	},
	identity: "pod-identity",
	permissions: []any{
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
	},
}
