package kubernetes

// syncWanted is what the tests in stack_test.go expect of the sync service.
var syncWanted = wanted{
	facts:     syncFacts,
	variables: map[string]string{},
	secrets: map[string]secret{
		"TOKEN": {name: "feeds-sync", key: "token"},
	},
	also: []check{
		starts([]string{"/app", "sync"}, nil),
		calls("api", "API_URL"),
		runsAlone,
		acceptsNothing,
		checkAutoscaler,
		checkUtilization,
	},
}
