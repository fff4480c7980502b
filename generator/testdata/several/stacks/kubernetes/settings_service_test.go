package kubernetes

// settingsWanted is what the tests in stack_test.go expect of the settings service.
var settingsWanted = wanted{
	facts: settingsFacts,
	also: []check{
		reached([]any{map[string]any{"namespaceSelector": map[string]any{}}}, "pods of the cluster call it, and nothing outside"),
		checkAutoscaler,
		checkUtilization,
	},
}
