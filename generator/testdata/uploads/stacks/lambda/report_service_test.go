package lambda

// reportWanted is what the tests expect of the report service.
var reportWanted = wanted{
	facts: reportFacts,
	code:  reportFacts.code,
	variables: map[string]string{
		"AWS_LWA_ERROR_STATUS_CODES":   "300-599",
		"AWS_LWA_PASS_THROUGH_PATH":    "/jobs",
		"AWS_LWA_PORT":                 "8080",
		"AWS_LWA_READINESS_CHECK_PATH": "/healthz",
	},
	switched: true,
	rights: []rights{
		may([]string{"sqs:DeleteMessage", "sqs:GetQueueAttributes", "sqs:ReceiveMessage"}, "jobs.arn", whole),
	},
	also: []check{
		calls("API_URL"),
		startedBy("jobs.arn", false),
	},
}
