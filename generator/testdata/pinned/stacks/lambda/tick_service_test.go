package lambda

// tickWanted is what the tests expect of the tick service.
var tickWanted = wanted{
	facts: tickFacts,
	code:  tickFacts.code,
	variables: map[string]string{
		"AWS_LWA_ERROR_STATUS_CODES":   "300-599",
		"AWS_LWA_PASS_THROUGH_PATH":    "/events",
		"AWS_LWA_PORT":                 "8080",
		"AWS_LWA_READINESS_CHECK_PATH": "/healthz",
	},
	rights: []rights{
		sendsDeadLetters(tickFacts),
	},
	also: []check{
		runsAt("cron(0 4 * * ? *)", "UTC", `{"id":"pinned-tick-<aws.scheduler.scheduled-time>","time":"<aws.scheduler.scheduled-time>","input":null}`),
	},
}
