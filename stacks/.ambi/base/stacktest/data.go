package stacktest

// DataOutputs are what the data stack has, of the form that AWS gives it.
var DataOutputs = map[string]any{
	"region":             "us-east-1",
	"consumer":           "lambda",
	"originals.name":     "thumbs-originals-fake",
	"originals.arn":      "arn:aws:s3:::thumbs-originals-fake",
	"thumbnails.name":    "thumbs-thumbnails-fake",
	"thumbnails.arn":     "arn:aws:s3:::thumbs-thumbnails-fake",
	"resize-uploads.url": "https://sqs.us-east-1.amazonaws.com/123456789012/thumbs-resize-uploads-fake",
	"resize-uploads.arn": "arn:aws:sqs:us-east-1:123456789012:thumbs-resize-uploads-fake",
	"reports.name":       "thumbs-reports-fake",
	"reports.arn":        "arn:aws:dynamodb:us-east-1:123456789012:table/thumbs-reports-fake",
}
