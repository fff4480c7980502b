package lambda

// loadTestWanted is what the tests expect of the load-test service.
var loadTestWanted = wanted{
	facts: loadTestFacts,
	code:  loadTestFacts.code,
	variables: map[string]string{
		"AWS_LWA_PORT":                 "8080",
		"AWS_LWA_READINESS_CHECK_PATH": "/healthz",
		"BACKTICK":                     "a`b",
		"BRACES":                       "{{.App}} ${HOME} %s %d",
		"DOLLARS":                      "^$(TOKEN)$ $$ROOT",
		"LINES":                        "one\ntwo\ttabbed",
		"QUOTES":                       "\"; panic(\"no\") //",
		"RIGHT_TO_LEFT":                "\u202egnp.exe\u200f",
	},
	rights: []rights{
		readsSecrets("3rd.party", "many-database"),
	},
	also: []check{
		refersTo("DATABASE_PASSWORD_SECRET", "many-database", "password"),
		refersTo("DATABASE_URL_SECRET", "many-database", "url"),
		refersTo("TOKEN_SECRET", "3rd.party", "token.v1"),
	},
}
