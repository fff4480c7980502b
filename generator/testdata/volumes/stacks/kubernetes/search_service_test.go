package kubernetes

// searchWanted is what the tests in stack_test.go expect of the search service.
var searchWanted = wanted{
	facts: searchFacts,
	also: []check{
		keeps(
			volume{name: "index", path: "/var/lib/index", size: "20Gi", class: "gp3", access: "ReadWriteOnce"},
			volume{name: "words", path: "/srv/words.d", size: "512Mi", access: "ReadWriteOncePod"},
		),
		admits("crawl", "web"),
		closed,
	},
}
