package kubernetes

// apiWanted is what the tests in stack_test.go expect of the api service.
var apiWanted = wanted{
	facts: apiFacts,
	also: []check{
		finds("AWS_REGION", "region"),
		finds("ARCHIVE_BUCKET", "archive.name"),
		finds("PAYMENTS_QUEUE_URL", "payments.url"),
		readsData,
		mayDo(
			onData([]string{"s3:GetObject"}, "archive.arn", objects, "invoices/"),
			onData([]string{"s3:ListBucket"}, "archive.arn", whole, "invoices/"),
			onData([]string{"sqs:SendMessage"}, "payments.arn", whole),
		),
		checkAccountRole,
		reached([]any{map[string]any{"namespaceSelector": map[string]any{}}}, "pods of the cluster call it, and nothing outside"),
		checkAutoscaler,
		checkUtilization,
	},
}
