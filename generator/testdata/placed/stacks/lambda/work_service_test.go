package lambda

// workWanted is what the tests expect of the work service.
var workWanted = wanted{
	facts: workFacts,
	code:  workFacts.code,
	variables: map[string]string{
		"AWS_LWA_ERROR_STATUS_CODES":   "300-599",
		"AWS_LWA_PASS_THROUGH_PATH":    "/events",
		"AWS_LWA_PORT":                 "8080",
		"AWS_LWA_READINESS_CHECK_PATH": "/healthz",
	},
	switched: true,
	rights: []rights{
		may([]string{"sqs:DeleteMessage", "sqs:GetQueueAttributes", "sqs:ReceiveMessage"}, "jobs.arn", whole),
	},
	also: []check{
		startedBy("jobs.arn", false),
	},
}
