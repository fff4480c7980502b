package lambda

// apiWanted is what the tests expect of the api service.
var apiWanted = wanted{
	facts: apiFacts,
	code:  apiFacts.code,
	variables: map[string]string{
		"LOG_LEVEL": "info",
	},
	rights: []rights{
		readsSecrets("thumbs-api-key"),
	},
	also: []check{
		refersTo("API_KEY_SECRET", "thumbs-api-key", "value"),
	},
}
