package lambda

// typeWanted is what the tests expect of the type service.
var typeWanted = wanted{
	facts: typeFacts,
	code:  typeFacts.code,
	variables: map[string]string{
		"AWS_LWA_PORT":                 "8080",
		"AWS_LWA_READINESS_CHECK_PATH": "/healthz",
	},
	also: []check{
		starts([]string{"/bin/type-server"}, []string{
			"--token=$(TOKEN)",
			"$$",
			"it's `quoted` \"twice\"",
			"two\nlines",
			"",
			"{{.App}} %s",
			"8080",
		}),
	},
}
