package lambda

import "fmt"

// apiWanted is what the tests expect of the api service.
var apiWanted = wanted{
	facts: apiFacts,
	code:  apiFacts.code,
	variables: map[string]string{
		"AWS_LWA_PORT":                 "8080",
		"AWS_LWA_READINESS_CHECK_PATH": "/healthz",
		"LOG_LEVEL":                    "info",
	},
	permissions: []statement{
		{Effect: "Allow", Action: names{"s3:GetObject", "s3:PutObject"}, Resource: names{"arn:aws:s3:::full-originals/*"}},
		{Effect: "Allow", Action: names{"s3:ListAllMyBuckets"}, Resource: names{"*"}},
	},
	rights: []rights{
		readsSecrets("full-api-key", "full-database"),
		sendsTraces,
		joinsSubnets,
	},
	also: []check{
		refersTo("API_KEY_SECRET", "full-api-key", "value"),
		refersTo("DB_URL_SECRET", "full-database", "url"),
		calls("AUDIT_LOG_URL"),
		traced,
		runsInSubnets,
		has("reservedConcurrentExecutions", func(w wanted) any { return w.reserved }, "it is kept free for this function, and the most that it takes"),
		keptWarm,
		guarded(app+"-login-example-com-full", "https://login.example.com/full", "full", "full-admin"),
		answers(apiFacts.preflights),
	},
	settings: []change{
		{"reserved", fmt.Sprint(apiFacts.reserved + 1), "0", func(w *wanted) { w.reserved++ }},
		{"provisioned", "1", "0", func(w *wanted) { w.provisioned = 1 }}, // it may not take a resource away
	},
}
