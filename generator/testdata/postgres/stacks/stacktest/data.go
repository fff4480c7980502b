package stacktest

// DataOutputs are what the data stack has, of the form that AWS gives it.
var DataOutputs = map[string]any{
	"region":         "us-east-1",
	"archive.host":   "books-archive-fake.c9akciq32.us-east-1.rds.amazonaws.com",
	"archive.port":   "5432",
	"archive.name":   "books_archive_fake",
	"archive.secret": "arn:aws:secretsmanager:us-east-1:123456789012:secret:rds!books-archive-fake-a1B2c3",
	"archive.group":  "sg-0b34595cefb33a314",
	"ledger.host":    "books-ledger-fake.c9akciq32.us-east-1.rds.amazonaws.com",
	"ledger.port":    "5432",
	"ledger.name":    "books_ledger_fake",
	"ledger.secret":  "arn:aws:secretsmanager:us-east-1:123456789012:secret:rds!books-ledger-fake-a1B2c3",
	"ledger.group":   "sg-082e40608b31035c9",
	"reading.host":   "books-reading-fake.c9akciq32.us-east-1.rds.amazonaws.com",
	"reading.port":   "5432",
	"reading.name":   "books_reading_fake",
	"reading.secret": "arn:aws:secretsmanager:us-east-1:123456789012:secret:rds!books-reading-fake-a1B2c3",
	"reading.group":  "sg-03f806cf97236ba16",
}
