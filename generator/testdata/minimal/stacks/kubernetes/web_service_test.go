package kubernetes

// webFacts is what the tests in stack_test.go expect of the web service.
var webFacts = service{
	key:            "web",
	name:           webName,
	image:          webImage,
	port:           webPort,
	healthPath:     webHealthPath,
	cpu:            webCPU,
	memoryMiB:      webMemoryMiB,
	timeoutSeconds: webTimeoutSeconds,
	namespace:      webNamespace,
	min:            webMinReplicas,
	max:            webMaxReplicas,
	metric:         "cpu",
	target:         webCPUTarget,
	variables:      map[string]string{},
	secrets:        map[string]secret{},
	reach:          "cluster",
}
