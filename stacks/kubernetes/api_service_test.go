package kubernetes

// apiWanted is what the tests in stack_test.go expect of the api service.
var apiWanted = wanted{
	facts: apiFacts,
	variables: map[string]string{
		"LOG_LEVEL": "info",
	},
	secrets: map[string]secret{
		"API_KEY": {name: "thumbs-api-key", key: "value"},
	},
	also: []check{
		reached([]any{map[string]any{"namespaceSelector": map[string]any{}}}, "pods of the cluster call it, and nothing outside"),
		checkAutoscaler,
		checkUtilization,
	},
}
