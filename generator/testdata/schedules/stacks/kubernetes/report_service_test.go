package kubernetes

// reportWanted is what the tests in stack_test.go expect of the report service.
var reportWanted = wanted{
	facts: reportFacts,
	variables: map[string]string{
		"LOG_LEVEL": "info",
	},
	switched: true,
	also: []check{
		starts([]string{"/app", "report"}, nil),
		calls("api", "API_URL"),
		mayDo(
			map[string]any{
				"Effect":   "Allow",
				"Action":   []string{"ses:SendEmail"},
				"Resource": []string{"arn:aws:ses:us-east-1:123456789012:identity/example.com"},
			},
		),
		checkPodIdentity,
		runsAt("0 6 * * MON-FRI", "Europe/Berlin", `{"kind":"daily"}`),
	},
}
