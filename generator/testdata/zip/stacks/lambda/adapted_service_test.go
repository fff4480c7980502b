package lambda

// adaptedWanted is what the tests expect of the adapted service.
var adaptedWanted = wanted{
	facts: adaptedFacts,
	code: zip{
		path: "stack.go", // stands in for the build, which a test does not need
		layers: []string{
			"arn:aws:lambda:us-east-1:753240598075:layer:LambdaAdapterLayerArm64:25",
		},
	},
	variables: map[string]string{
		"AWS_LWA_PORT":                 "3000",
		"AWS_LWA_READINESS_CHECK_PATH": "/ready",
	},
}
