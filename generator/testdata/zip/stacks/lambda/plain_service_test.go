package lambda

// plainWanted is what the tests expect of the plain service.
var plainWanted = wanted{
	facts: plainFacts,
	code: zip{
		path:   "stack.go",                                                        // stands in for the build, which a test does not need
		layers: []string{"arn:aws:lambda:us-east-1:123456789012:layer:adapter:1"}, // it turns an invocation into an HTTP request
	},
	variables: map[string]string{
		"AWS_LWA_PORT":                 "8080",
		"AWS_LWA_READINESS_CHECK_PATH": "/healthz",
	},
	settings: []change{
		{"adapterLayer", "arn:aws:lambda:us-east-1:123456789012:layer:adapter:2", "arn:aws:lambda:us-east-1:123456789012:function:no-layer", func(w *wanted) {
			w.code = zip{path: "stack.go", layers: []string{"arn:aws:lambda:us-east-1:123456789012:layer:adapter:2"}}
		}},
	},
}
