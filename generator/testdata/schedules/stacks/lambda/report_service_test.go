package lambda

// reportWanted is what the tests expect of the report service.
var reportWanted = wanted{
	facts: reportFacts,
	code:  reportFacts.code,
	variables: map[string]string{
		"AWS_LWA_ERROR_STATUS_CODES":   "300-599",
		"AWS_LWA_PASS_THROUGH_PATH":    "/reports",
		"AWS_LWA_PORT":                 "8080",
		"AWS_LWA_READINESS_CHECK_PATH": "/healthz",
		"LOG_LEVEL":                    "info",
	},
	permissions: []statement{
		{Effect: "Allow", Action: names{"ses:SendEmail"}, Resource: names{"arn:aws:ses:us-east-1:123456789012:identity/example.com"}},
	},
	switched: true,
	rights: []rights{
		sendsDeadLetters(reportFacts),
	},
	also: []check{
		starts([]string{"/app"}, []string{"report"}),
		calls("API_URL"),
		runsAt("cron(0 6 ? * MON-FRI *)", "Europe/Berlin", `{"id":"nightly-report-<aws.scheduler.scheduled-time>","time":"<aws.scheduler.scheduled-time>","input":{"kind":"daily"}}`),
	},
}
