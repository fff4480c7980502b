package lambda

// resizeWanted is what the tests expect of the resize service.
var resizeWanted = wanted{
	facts: resizeFacts,
	code:  resizeFacts.code,
	variables: map[string]string{
		"LOG_LEVEL":       "info",
		"REQUEST_TIMEOUT": "29s",
	},
	switched: true,
	rights: []rights{
		may([]string{"s3:GetObject"}, "originals.arn", objects),
		may([]string{"s3:ListBucket"}, "originals.arn", whole),
		may([]string{"s3:AbortMultipartUpload", "s3:PutObject"}, "thumbnails.arn", objects),
		may([]string{"sqs:DeleteMessage", "sqs:GetQueueAttributes", "sqs:ReceiveMessage"}, "resize-uploads.arn", whole),
	},
	also: []check{
		finds("ORIGINALS_BUCKET", "originals.name"),
		finds("THUMBNAILS_BUCKET", "thumbnails.name"),
		startedBy("resize-uploads.arn", true),
	},
}
