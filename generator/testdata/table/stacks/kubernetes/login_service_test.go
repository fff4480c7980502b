package kubernetes

// loginWanted is what the tests in stack_test.go expect of the login service.
var loginWanted = wanted{
	facts: loginFacts,
	also: []check{
		finds("AWS_REGION", "region"),
		finds("SESSIONS_TABLE", "sessions.name"),
		readsData,
		mayDo(
			onData([]string{"dynamodb:BatchWriteItem", "dynamodb:ConditionCheckItem", "dynamodb:DeleteItem", "dynamodb:PutItem", "dynamodb:UpdateItem"}, "sessions.arn", whole),
		),
		checkPodIdentity,
		reached([]any{map[string]any{"namespaceSelector": map[string]any{}}}, "pods of the cluster call it, and nothing outside"),
		checkAutoscaler,
		checkUtilization,
	},
}
