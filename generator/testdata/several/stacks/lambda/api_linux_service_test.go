package lambda

// apiLinuxWanted is what the tests expect of the api-linux service.
var apiLinuxWanted = wanted{
	facts: apiLinuxFacts,
	code:  apiLinuxFacts.code,
	variables: map[string]string{
		"AWS_LWA_PORT":                 "8080",
		"AWS_LWA_READINESS_CHECK_PATH": "/healthz",
	},
	rights: []rights{
		readsSecrets("many-database"),
	},
	also: []check{
		refersTo("DATABASE_URL_SECRET", "many-database", "url"),
	},
}
