package lambda

// sweepWanted is what the tests expect of the sweep service.
var sweepWanted = wanted{
	facts: sweepFacts,
	code:  sweepFacts.code,
	variables: map[string]string{
		"AWS_LWA_ERROR_STATUS_CODES":   "300-599",
		"AWS_LWA_PASS_THROUGH_PATH":    "/events",
		"AWS_LWA_PORT":                 "8080",
		"AWS_LWA_READINESS_CHECK_PATH": "/healthz",
	},
	rights: []rights{
		sendsDeadLetters(sweepFacts),
	},
	also: []check{
		runsAt("cron(30 3 * * ? *)", "UTC", `{"id":"placed-sweep-<aws.scheduler.scheduled-time>","time":"<aws.scheduler.scheduled-time>","input":null}`),
	},
}
