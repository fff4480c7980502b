package lambda

// mailWanted is what the tests expect of the mail service.
var mailWanted = wanted{
	facts: mailFacts,
	code:  mailFacts.code,
	variables: map[string]string{
		"AWS_LWA_ERROR_STATUS_CODES":   "300-599",
		"AWS_LWA_PASS_THROUGH_PATH":    "/events",
		"AWS_LWA_PORT":                 "8080",
		"AWS_LWA_READINESS_CHECK_PATH": "/healthz",
	},
	rights: []rights{
		may([]string{"sqs:DeleteMessage", "sqs:GetQueueAttributes", "sqs:ReceiveMessage"}, "mails.arn", whole),
	},
	also: []check{
		startedBy("mails.arn", false),
	},
}
