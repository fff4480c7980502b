package kubernetes

// loadTestFacts is what the tests in stack_test.go expect of the load-test service.
var loadTestFacts = service{
	key:            "load-test",
	name:           loadTestName,
	image:          loadTestImage,
	port:           loadTestPort,
	healthPath:     loadTestHealthPath,
	cpu:            loadTestCPU,
	memoryMiB:      loadTestMemoryMiB,
	timeoutSeconds: loadTestTimeoutSeconds,
	namespace:      loadTestNamespace,
	min:            loadTestMinReplicas,
	max:            loadTestMaxReplicas,
	metric:         "memory",
	target:         loadTestMemoryTarget,
	variables: map[string]string{
		"BACKTICK":      "a`b",
		"BRACES":        "{{.App}} ${HOME} %s %d",
		"LINES":         "one\ntwo\ttabbed",
		"QUOTES":        "\"; panic(\"no\") //",
		"RIGHT_TO_LEFT": "\u202egnp.exe\u200f",
	},
	secrets: map[string]secret{
		"DATABASE_PASSWORD": {name: "many-database", key: "password"},
		"DATABASE_URL":      {name: "many-database", key: "url"},
		"TOKEN":             {name: "3rd.party", key: "token.v1"},
	},
	reach: "cluster",
}
