package lambda

// loginWanted is what the tests expect of the login service.
var loginWanted = wanted{
	facts: loginFacts,
	code:  loginFacts.code,
	variables: map[string]string{
		"AWS_LWA_PORT":                 "8080",
		"AWS_LWA_READINESS_CHECK_PATH": "/healthz",
	},
	rights: []rights{
		may([]string{"dynamodb:BatchWriteItem", "dynamodb:ConditionCheckItem", "dynamodb:DeleteItem", "dynamodb:PutItem", "dynamodb:UpdateItem"}, "sessions.arn", whole),
	},
	also: []check{
		finds("SESSIONS_TABLE", "sessions.name"),
	},
}
