package lambda

// apiWanted is what the tests expect of the api service.
var apiWanted = wanted{
	facts: apiFacts,
	code:  apiFacts.code,
	variables: map[string]string{
		"AWS_LWA_PORT":                 "8080",
		"AWS_LWA_READINESS_CHECK_PATH": "/healthz",
	},
	rights: []rights{
		may([]string{"dynamodb:BatchGetItem", "dynamodb:GetItem", "dynamodb:Query", "dynamodb:Scan"}, "orders.arn", whole),
		mayOnIndexes([]string{"dynamodb:Query", "dynamodb:Scan"}, "orders.arn", "by-hash", "by-state"),
		may([]string{"dynamodb:BatchWriteItem", "dynamodb:ConditionCheckItem", "dynamodb:DeleteItem", "dynamodb:PutItem", "dynamodb:UpdateItem"}, "orders.arn", whole),
		may([]string{"dynamodb:BatchGetItem", "dynamodb:GetItem", "dynamodb:Query", "dynamodb:Scan"}, "sessions.arn", whole),
	},
	also: []check{
		finds("ORDERS_TABLE", "orders.name"),
		finds("SESSIONS_TABLE", "sessions.name"),
	},
}
