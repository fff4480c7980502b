package lambda

// shopWanted is what the tests expect of the shop service.
var shopWanted = wanted{
	facts: shopFacts,
	code:  shopFacts.code,
	variables: map[string]string{
		"AWS_LWA_PORT":                 "8080",
		"AWS_LWA_READINESS_CHECK_PATH": "/healthz",
	},
	rights: []rights{
		readsSecrets("bazaar-session"),
		invokes(paymentsFacts.routes...),
		joinsSubnets,
		may([]string{"dynamodb:BatchGetItem", "dynamodb:GetItem", "dynamodb:Query", "dynamodb:Scan"}, "carts.arn", whole),
		may([]string{"dynamodb:BatchWriteItem", "dynamodb:ConditionCheckItem", "dynamodb:DeleteItem", "dynamodb:PutItem", "dynamodb:UpdateItem"}, "carts.arn", whole),
		may([]string{"secretsmanager:GetSecretValue"}, "ledger.secret", whole),
		may([]string{"sqs:SendMessage"}, "mails.arn", whole),
		may([]string{"s3:AbortMultipartUpload", "s3:PutObject"}, "photos.arn", objects, "incoming/"),
		may([]string{"s3:GetObject"}, "thumbnails.arn", objects),
		may([]string{"s3:ListBucket"}, "thumbnails.arn", whole),
	},
	also: []check{
		refersTo("SESSION_KEY_SECRET", "bazaar-session", "value"),
		calls("PAYMENTS_URL"),
		runsInSubnets,
		finds("CACHE_HOST", "cache.host"),
		finds("CACHE_PORT", "cache.port"),
		finds("CARTS_TABLE", "carts.name"),
		finds("LEDGER_HOST", "ledger.host"),
		finds("LEDGER_NAME", "ledger.name"),
		finds("LEDGER_PORT", "ledger.port"),
		finds("LEDGER_SECRET", "ledger.secret"),
		finds("MAILS_QUEUE_URL", "mails.url"),
		finds("PHOTOS_BUCKET", "photos.name"),
		finds("THUMBNAILS_BUCKET", "thumbnails.name"),
		isLetIn("cache"),
		isLetIn("ledger"),
	},
}
