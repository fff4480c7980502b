package lambda

// nativeWanted is what the tests expect of the native service.
var nativeWanted = wanted{
	facts: nativeFacts,
	code: zip{
		path: "stack.go", // stands in for the build, which a test does not need
	},
}
