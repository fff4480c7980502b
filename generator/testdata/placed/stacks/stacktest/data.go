package stacktest

// DataOutputs are what the data stack has, of the form that AWS gives it.
var DataOutputs = map[string]any{
	"region":    "us-east-1",
	"consumer":  "lambda",
	"jobs.url":  "https://sqs.us-east-1.amazonaws.com/123456789012/placed-jobs-fake",
	"jobs.arn":  "arn:aws:sqs:us-east-1:123456789012:placed-jobs-fake",
	"mails.url": "https://sqs.us-east-1.amazonaws.com/123456789012/placed-mails-fake",
	"mails.arn": "arn:aws:sqs:us-east-1:123456789012:placed-mails-fake",
	"scans.url": "https://sqs.us-east-1.amazonaws.com/123456789012/placed-scans-fake",
	"scans.arn": "arn:aws:sqs:us-east-1:123456789012:placed-scans-fake",
}
