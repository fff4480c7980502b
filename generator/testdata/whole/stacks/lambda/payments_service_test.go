package lambda

import "fmt"

// paymentsWanted is what the tests expect of the payments service.
var paymentsWanted = wanted{
	facts: paymentsFacts,
	code:  paymentsFacts.code,
	variables: map[string]string{
		"AWS_LWA_PORT":                 "8080",
		"AWS_LWA_READINESS_CHECK_PATH": "/healthz",
	},
	rights: []rights{
		joinsSubnets,
		may([]string{"sqs:SendMessage"}, "invoices.arn", whole),
		may([]string{"secretsmanager:GetSecretValue"}, "ledger.secret", whole),
	},
	also: []check{
		takesSigned,
		runsInSubnets,
		has("reservedConcurrentExecutions", func(w wanted) any { return w.reserved }, "it is kept free for this function, and the most that it takes"),
		finds("INVOICES_QUEUE_URL", "invoices.url"),
		finds("LEDGER_HOST", "ledger.host"),
		finds("LEDGER_NAME", "ledger.name"),
		finds("LEDGER_PORT", "ledger.port"),
		finds("LEDGER_SECRET", "ledger.secret"),
		isLetIn("ledger"),
	},
	settings: []change{
		{"reserved", fmt.Sprint(paymentsFacts.reserved + 1), "0", func(w *wanted) { w.reserved++ }},
	},
}
