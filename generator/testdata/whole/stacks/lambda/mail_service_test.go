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
	switched: true,
	rights: []rights{
		may([]string{"dynamodb:BatchGetItem", "dynamodb:GetItem", "dynamodb:Query", "dynamodb:Scan"}, "carts.arn", whole),
		may([]string{"sqs:DeleteMessage", "sqs:GetQueueAttributes", "sqs:ReceiveMessage"}, "mails.arn", whole),
	},
	also: []check{
		finds("CARTS_TABLE", "carts.name"),
		startedBy("mails.arn", false),
	},
}
