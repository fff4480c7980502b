package lambda

// reportWanted is what the tests expect of the report service.
var reportWanted = wanted{
	facts: reportFacts,
	code:  reportFacts.code,
	variables: map[string]string{
		"LOG_LEVEL":       "info",
		"REQUEST_TIMEOUT": "599s",
	},
	switched: true,
	rights: []rights{
		may([]string{"dynamodb:BatchWriteItem", "dynamodb:ConditionCheckItem", "dynamodb:DeleteItem", "dynamodb:PutItem", "dynamodb:UpdateItem"}, "reports.arn", whole),
		may([]string{"s3:GetObject"}, "thumbnails.arn", objects),
		may([]string{"s3:ListBucket"}, "thumbnails.arn", whole),
		sendsDeadLetters(reportFacts),
	},
	also: []check{
		finds("REPORTS_TABLE", "reports.name"),
		finds("THUMBNAILS_BUCKET", "thumbnails.name"),
		runsAt("cron(15 4 * * ? *)", "UTC", `{"id":"thumbs-report-<aws.scheduler.scheduled-time>","time":"<aws.scheduler.scheduled-time>","input":null}`),
	},
}
