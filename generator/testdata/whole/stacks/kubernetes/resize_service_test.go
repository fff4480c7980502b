package kubernetes

// resizeWanted is what the tests in stack_test.go expect of the resize service.
var resizeWanted = wanted{
	facts:    resizeFacts,
	switched: true,
	also: []check{
		finds("AWS_REGION", "region"),
		finds("PHOTOS_BUCKET", "photos.name"),
		finds("THUMBNAILS_BUCKET", "thumbnails.name"),
		readsData,
		mayDo(
			onData([]string{"s3:GetObject"}, "photos.arn", objects),
			onData([]string{"s3:ListBucket"}, "photos.arn", whole),
			onData([]string{"s3:AbortMultipartUpload", "s3:PutObject"}, "thumbnails.arn", objects),
			onData([]string{"sqs:DeleteMessage", "sqs:ReceiveMessage"}, "resize-uploads.arn", whole),
		),
		checkPodIdentity,
		takesMessages,
		delivers("resize-uploads.url"),
		acceptsNothing,
		scaledBy("resize-uploads"),
	},
}
