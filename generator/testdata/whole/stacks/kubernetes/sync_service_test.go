package kubernetes

// syncWanted is what the tests in stack_test.go expect of the sync service.
var syncWanted = wanted{
	facts:     syncFacts,
	variables: map[string]string{},
	also: []check{
		starts([]string{"/app", "sync"}, nil),
		calls("search", "SEARCH_URL"),
		finds("AWS_REGION", "region"),
		finds("CACHE_HOST", "cache.host"),
		finds("CACHE_PORT", "cache.port"),
		readsData,
		isLetIn("cache"),
		runsAlone,
		acceptsNothing,
		checkAutoscaler,
		checkUtilization,
	},
}
