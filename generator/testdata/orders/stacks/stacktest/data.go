package stacktest

// DataOutputs are what the data stack has, of the form that AWS gives it.
var DataOutputs = map[string]any{
	"region":       "us-east-1",
	"consumer":     "lambda",
	"archive.name": "orders-archive-fake",
	"archive.arn":  "arn:aws:s3:::orders-archive-fake",
	"ledger.url":   "https://sqs.us-east-1.amazonaws.com/123456789012/orders-ledger-fake.fifo",
	"ledger.arn":   "arn:aws:sqs:us-east-1:123456789012:orders-ledger-fake.fifo",
	"legacy.url":   "https://sqs.us-east-1.amazonaws.com/123456789012/orders-legacy-fake",
	"legacy.arn":   "arn:aws:sqs:us-east-1:123456789012:orders-legacy-fake",
	"payments.url": "https://sqs.us-east-1.amazonaws.com/123456789012/orders-payments-fake.fifo",
	"payments.arn": "arn:aws:sqs:us-east-1:123456789012:orders-payments-fake.fifo",
}
