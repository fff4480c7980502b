package kubernetes

// apiWanted is what the tests in stack_test.go expect of the api service.
var apiWanted = wanted{
	facts: apiFacts,
	also: []check{
		finds("AWS_REGION", "region"),
		finds("JOBS_QUEUE_URL", "jobs.url"),
		finds("ORIGINALS_BUCKET", "originals.name"),
		readsData,
		mayDo(
			map[string]any{
				"Effect":   "Allow",
				"Action":   []string{"ses:SendEmail"},
				"Resource": []string{"arn:aws:ses:us-east-1:123456789012:identity/example.com"},
			},
			onData([]string{"sqs:SendMessage"}, "jobs.arn", whole),
			onData([]string{"s3:GetObject"}, "originals.arn", objects, "incoming/"),
			onData([]string{"s3:ListBucket"}, "originals.arn", whole, "incoming/"),
			onData([]string{"s3:AbortMultipartUpload", "s3:PutObject"}, "originals.arn", objects, "incoming/"),
		),
		checkPodIdentity,
		admits("report"),
		closed,
		checkAutoscaler,
		checkUtilization,
	},
}
