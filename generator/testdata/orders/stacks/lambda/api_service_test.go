package lambda

// apiWanted is what the tests expect of the api service.
var apiWanted = wanted{
	facts: apiFacts,
	code:  apiFacts.code,
	variables: map[string]string{
		"AWS_LWA_PORT":                 "8080",
		"AWS_LWA_READINESS_CHECK_PATH": "/healthz",
	},
	rights: []rights{
		may([]string{"s3:GetObject"}, "archive.arn", objects, "invoices/"),
		may([]string{"s3:ListBucket"}, "archive.arn", whole, "invoices/"),
		may([]string{"sqs:SendMessage"}, "payments.arn", whole),
	},
	also: []check{
		finds("ARCHIVE_BUCKET", "archive.name"),
		finds("PAYMENTS_QUEUE_URL", "payments.url"),
	},
}
