package kubernetes

// ordersFacts is what the tests in stack_test.go expect of the orders service.
var ordersFacts = service{
	key:            "orders",
	name:           ordersName,
	image:          ordersImage,
	port:           ordersPort,
	healthPath:     ordersHealthPath,
	cpu:            ordersCPU,
	memoryMiB:      ordersMemoryMiB,
	timeoutSeconds: ordersTimeoutSeconds,
	namespace:      ordersNamespace,
	min:            ordersMinReplicas,
	max:            ordersMaxReplicas,
	rate:           ordersRateTarget,
	prometheus:     ordersPrometheus,
	query:          ordersScalingQuery,
	variables:      map[string]string{},
	secrets:        map[string]secret{},
	reach:          "callers",
	metricsPath:    ordersMetricsPath,
	identity:       "irsa",
	permissions: []any{
		map[string]any{
			"Effect":   "Allow",
			"Action":   []string{"dynamodb:PutItem", "dynamodb:Query"},
			"Resource": []string{"arn:aws:dynamodb:eu-west-1:123456789012:table/orders"},
		},
	},
}
