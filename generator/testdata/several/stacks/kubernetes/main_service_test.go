package kubernetes

// mainFacts is what the tests in stack_test.go expect of the main service.
var mainFacts = service{
	key:            "main",
	name:           mainName,
	image:          mainImage,
	port:           mainPort,
	healthPath:     mainHealthPath,
	cpu:            mainCPU,
	memoryMiB:      mainMemoryMiB,
	timeoutSeconds: mainTimeoutSeconds,
	namespace:      mainNamespace,
	min:            mainMinReplicas,
	max:            mainMaxReplicas,
	metric:         "cpu",
	target:         mainCPUTarget,
	variables:      map[string]string{},
	secrets:        map[string]secret{},
	reach:          "cluster",
}
