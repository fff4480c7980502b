package kubernetes

// crawlWanted is what the tests in stack_test.go expect of the crawl service.
var crawlWanted = wanted{
	facts:     crawlFacts,
	variables: map[string]string{},
	also: []check{
		keeps(
			volume{name: "seen", path: "/var/lib/seen", size: "5Gi", access: "ReadWriteOnce"},
		),
		calls("search", "SEARCH_URL"),
		runsAlone,
		acceptsNothing,
	},
}
