package lambda

// loadTestFacts is what the tests expect of the load-test service.
var loadTestFacts = service{
	key:              "load-test",
	name:             loadTestName,
	image:            loadTestImage,
	architecture:     loadTestArchitecture,
	memoryMB:         loadTestMemoryMB,
	timeoutSeconds:   loadTestTimeoutSeconds,
	logRetentionDays: loadTestLogRetentionDays,
	routes:           loadTestRoutes,
	variables: map[string]string{
		"AWS_LWA_PORT":                 "8080",
		"AWS_LWA_READINESS_CHECK_PATH": "/healthz",
		"BACKTICK":                     "a`b",
		"BRACES":                       "{{.App}} ${HOME} %s %d",
		"LINES":                        "one\ntwo\ttabbed",
		"QUOTES":                       "\"; panic(\"no\") //",
		"RIGHT_TO_LEFT":                "\u202egnp.exe\u200f",
	},
	secrets: map[string]secret{
		"DATABASE_PASSWORD_SECRET": {name: "many-database", key: "password"},
		"DATABASE_URL_SECRET":      {name: "many-database", key: "url"},
		"TOKEN_SECRET":             {name: "3rd.party", key: "token.v1"},
	},
}
