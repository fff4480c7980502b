package kubernetes

// reportWanted is what the tests in stack_test.go expect of the report service.
var reportWanted = wanted{
	facts: reportFacts,
	variables: map[string]string{
		"LOG_LEVEL":       "info",
		"REQUEST_TIMEOUT": "599s",
	},
	switched: true,
	also: []check{
		finds("AWS_REGION", "region"),
		finds("REPORTS_TABLE", "reports.name"),
		finds("THUMBNAILS_BUCKET", "thumbnails.name"),
		readsData,
		mayDo(
			onData([]string{"dynamodb:BatchWriteItem", "dynamodb:ConditionCheckItem", "dynamodb:DeleteItem", "dynamodb:PutItem", "dynamodb:UpdateItem"}, "reports.arn", whole),
			onData([]string{"s3:GetObject"}, "thumbnails.arn", objects),
			onData([]string{"s3:ListBucket"}, "thumbnails.arn", whole),
		),
		checkPodIdentity,
		runsAt("15 4 * * *", "UTC", `null`),
	},
}
