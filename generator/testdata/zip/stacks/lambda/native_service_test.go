package lambda

// nativeFacts is what the tests expect of the native service.
var nativeFacts = service{
	key:              "native",
	name:             nativeName,
	zip:              "stack_test.go", // stands in for the build, which a test does not need
	architecture:     nativeArchitecture,
	memoryMB:         nativeMemoryMB,
	timeoutSeconds:   nativeTimeoutSeconds,
	logRetentionDays: nativeLogRetentionDays,
	routes:           nativeRoutes,
	variables:        map[string]string{},
	secrets:          map[string]secret{},
}
