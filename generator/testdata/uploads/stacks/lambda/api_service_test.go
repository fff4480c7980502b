package lambda

// apiWanted is what the tests expect of the api service.
var apiWanted = wanted{
	facts: apiFacts,
	code:  apiFacts.code,
	variables: map[string]string{
		"AWS_LWA_PORT":                 "8080",
		"AWS_LWA_READINESS_CHECK_PATH": "/healthz",
	},
	permissions: []statement{
		{Effect: "Allow", Action: names{"ses:SendEmail"}, Resource: names{"arn:aws:ses:us-east-1:123456789012:identity/example.com"}},
	},
	rights: []rights{
		may([]string{"sqs:SendMessage"}, "jobs.arn", whole),
		may([]string{"s3:GetObject"}, "originals.arn", objects, "incoming/"),
		may([]string{"s3:ListBucket"}, "originals.arn", whole, "incoming/"),
		may([]string{"s3:AbortMultipartUpload", "s3:PutObject"}, "originals.arn", objects, "incoming/"),
	},
	also: []check{
		finds("JOBS_QUEUE_URL", "jobs.url"),
		finds("ORIGINALS_BUCKET", "originals.name"),
	},
}
