package kubernetes

// appFacts is what the tests in stack_test.go expect of the app service.
var appFacts = service{
	key:            "app",
	name:           appName,
	image:          appImage,
	port:           appPort,
	healthPath:     appHealthPath,
	cpu:            appCPU,
	memoryMiB:      appMemoryMiB,
	timeoutSeconds: appTimeoutSeconds,
	namespace:      appNamespace,
	min:            appMinReplicas,
	max:            appMaxReplicas,
	metric:         "cpu",
	target:         appCPUTarget,
	variables:      map[string]string{},
	secrets:        map[string]secret{},
	reach:          "cluster",
}
