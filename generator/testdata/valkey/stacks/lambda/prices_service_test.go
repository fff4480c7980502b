package lambda

// pricesWanted is what the tests expect of the prices service.
var pricesWanted = wanted{
	facts: pricesFacts,
	code:  pricesFacts.code,
	variables: map[string]string{
		"AWS_LWA_PORT":                 "8080",
		"AWS_LWA_READINESS_CHECK_PATH": "/healthz",
	},
	rights: []rights{
		joinsSubnets,
	},
	also: []check{
		runsInSubnets,
		finds("CACHE_HOST", "cache.host"),
		finds("CACHE_PORT", "cache.port"),
		finds("SESSIONS_HOST", "sessions.host"),
		finds("SESSIONS_PORT", "sessions.port"),
		isLetIn("cache"),
		isLetIn("sessions"),
	},
}
