package lambda

// resizeWanted is what the tests expect of the resize service.
var resizeWanted = wanted{
	facts: resizeFacts,
	code:  resizeFacts.code,
	variables: map[string]string{
		"AWS_LWA_ERROR_STATUS_CODES":   "300-599",
		"AWS_LWA_PASS_THROUGH_PATH":    "/events",
		"AWS_LWA_PORT":                 "8080",
		"AWS_LWA_READINESS_CHECK_PATH": "/healthz",
	},
	switched: true,
	rights: []rights{
		may([]string{"s3:GetObject"}, "photos.arn", objects),
		may([]string{"s3:ListBucket"}, "photos.arn", whole),
		may([]string{"s3:AbortMultipartUpload", "s3:PutObject"}, "thumbnails.arn", objects),
		may([]string{"sqs:DeleteMessage", "sqs:GetQueueAttributes", "sqs:ReceiveMessage"}, "resize-uploads.arn", whole),
	},
	also: []check{
		finds("PHOTOS_BUCKET", "photos.name"),
		finds("THUMBNAILS_BUCKET", "thumbnails.name"),
		startedBy("resize-uploads.arn", true),
	},
}
