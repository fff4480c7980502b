package lambda

// chargeWanted is what the tests expect of the charge service.
var chargeWanted = wanted{
	facts: chargeFacts,
	code:  chargeFacts.code,
	variables: map[string]string{
		"AWS_LWA_ERROR_STATUS_CODES":   "300-599",
		"AWS_LWA_PASS_THROUGH_PATH":    "/events",
		"AWS_LWA_PORT":                 "8080",
		"AWS_LWA_READINESS_CHECK_PATH": "/healthz",
	},
	switched: true,
	rights: []rights{
		may([]string{"s3:AbortMultipartUpload", "s3:PutObject"}, "archive.arn", objects),
		may([]string{"sqs:DeleteMessage", "sqs:GetQueueAttributes", "sqs:ReceiveMessage"}, "payments.arn", whole),
	},
	also: []check{
		finds("ARCHIVE_BUCKET", "archive.name"),
		startedBy("payments.arn", false),
		ordered,
	},
}
