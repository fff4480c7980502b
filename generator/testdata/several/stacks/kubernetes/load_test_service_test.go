package kubernetes

// loadTestWanted is what the tests in stack_test.go expect of the load-test service.
var loadTestWanted = wanted{
	facts: loadTestFacts,
	variables: map[string]string{
		"BACKTICK":      "a`b",
		"BRACES":        "{{.App}} ${HOME} %s %d",
		"DOLLARS":       "^$(TOKEN)$ $$ROOT",
		"LINES":         "one\ntwo\ttabbed",
		"QUOTES":        "\"; panic(\"no\") //",
		"RIGHT_TO_LEFT": "\u202egnp.exe\u200f",
	},
	secrets: map[string]secret{
		"DATABASE_PASSWORD": {name: "many-database", key: "password"},
		"DATABASE_URL":      {name: "many-database", key: "url"},
		"TOKEN":             {name: "3rd.party", key: "token.v1"},
	},
	also: []check{
		reached([]any{map[string]any{"namespaceSelector": map[string]any{}}}, "pods of the cluster call it, and nothing outside"),
		checkAutoscaler,
		checkUtilization,
	},
}
