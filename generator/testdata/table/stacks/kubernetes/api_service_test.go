package kubernetes

// apiWanted is what the tests in stack_test.go expect of the api service.
var apiWanted = wanted{
	facts: apiFacts,
	also: []check{
		finds("AWS_REGION", "region"),
		finds("ORDERS_TABLE", "orders.name"),
		finds("SESSIONS_TABLE", "sessions.name"),
		readsData,
		mayDo(
			onData([]string{"dynamodb:BatchGetItem", "dynamodb:GetItem", "dynamodb:Query", "dynamodb:Scan"}, "orders.arn", whole),
			onIndexes([]string{"dynamodb:Query", "dynamodb:Scan"}, "orders.arn", "by-hash", "by-state"),
			onData([]string{"dynamodb:BatchWriteItem", "dynamodb:ConditionCheckItem", "dynamodb:DeleteItem", "dynamodb:PutItem", "dynamodb:UpdateItem"}, "orders.arn", whole),
			onData([]string{"dynamodb:BatchGetItem", "dynamodb:GetItem", "dynamodb:Query", "dynamodb:Scan"}, "sessions.arn", whole),
		),
		checkAccountRole,
		reached([]any{map[string]any{"namespaceSelector": map[string]any{}}}, "pods of the cluster call it, and nothing outside"),
		checkAutoscaler,
		checkUtilization,
	},
}
