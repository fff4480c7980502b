package kubernetes

// ordersWanted is what the tests in stack_test.go expect of the orders service.
var ordersWanted = wanted{
	facts: ordersFacts,
	also: []check{
		mayDo(
			map[string]any{
				"Effect":   "Allow",
				"Action":   []string{"dynamodb:PutItem", "dynamodb:Query"},
				"Resource": []string{"arn:aws:dynamodb:eu-west-1:123456789012:table/orders"},
			},
		),
		checkAccountRole,
		admits("reports", "web"),
		reached([]any{map[string]any{
			"namespaceSelector": map[string]any{},
			"podSelector":       map[string]any{"matchLabels": map[string]any{"app.kubernetes.io/name": "prometheus"}},
		}}, "Prometheus reads the metrics; each caller has a policy of its own"),
		scrapedAt("/internal/metrics"),
		checkScaledObject,
	},
}
