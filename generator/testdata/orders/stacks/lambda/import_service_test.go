package lambda

// importWanted is what the tests expect of the import service.
var importWanted = wanted{
	facts: importFacts,
	code:  importFacts.code,
	variables: map[string]string{
		"AWS_LWA_ERROR_STATUS_CODES":   "300-599",
		"AWS_LWA_PASS_THROUGH_PATH":    "/events",
		"AWS_LWA_PORT":                 "8080",
		"AWS_LWA_READINESS_CHECK_PATH": "/healthz",
	},
	switched: true,
	rights: []rights{
		may([]string{"sqs:DeleteMessage", "sqs:GetQueueAttributes", "sqs:ReceiveMessage"}, "legacy.arn", whole),
	},
	also: []check{
		startedBy("legacy.arn", false),
	},
}
