package kubernetes

// apiLinuxWanted is what the tests in stack_test.go expect of the api-linux service.
var apiLinuxWanted = wanted{
	facts: apiLinuxFacts,
	secrets: map[string]secret{
		"DATABASE_URL": {name: "many-database", key: "url"},
	},
	also: []check{
		reached([]any{map[string]any{"namespaceSelector": map[string]any{}}}, "pods of the cluster call it, and nothing outside"),
		checkAutoscaler,
		checkUtilization,
	},
}
