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
		may([]string{"sqs:SendMessage"}, "jobs.arn", whole),
		may([]string{"sqs:SendMessage"}, "mails.arn", whole),
		may([]string{"sqs:SendMessage"}, "scans.arn", whole),
	},
	also: []check{
		finds("JOBS_QUEUE_URL", "jobs.url"),
		finds("MAILS_QUEUE_URL", "mails.url"),
		finds("SCANS_QUEUE_URL", "scans.url"),
	},
}
