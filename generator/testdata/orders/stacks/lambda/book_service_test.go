package lambda

// bookWanted is what the tests expect of the book service.
var bookWanted = wanted{
	facts: bookFacts,
	code:  bookFacts.code,
	variables: map[string]string{
		"AWS_LWA_ERROR_STATUS_CODES":   "300-599",
		"AWS_LWA_PASS_THROUGH_PATH":    "/events",
		"AWS_LWA_PORT":                 "8080",
		"AWS_LWA_READINESS_CHECK_PATH": "/healthz",
	},
	switched: true,
	rights: []rights{
		may([]string{"sqs:DeleteMessage", "sqs:GetQueueAttributes", "sqs:ReceiveMessage"}, "ledger.arn", whole),
	},
	also: []check{
		finds("LEDGER_QUEUE_URL", "ledger.url"),
		startedBy("ledger.arn", false),
		ordered,
	},
}
