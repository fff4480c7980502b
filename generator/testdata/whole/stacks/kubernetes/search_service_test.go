package kubernetes

// searchWanted is what the tests in stack_test.go expect of the search service.
var searchWanted = wanted{
	facts: searchFacts,
	also: []check{
		keeps(
			volume{name: "index", path: "/var/lib/index", size: "10Gi", access: "ReadWriteOnce"},
		),
		admits("sync"),
		closed,
	},
}
