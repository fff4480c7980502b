package kubernetes

// typeFacts is what the tests in stack_test.go expect of the type service.
var typeFacts = service{
	key:            "type",
	name:           typeName,
	image:          typeImage,
	port:           typePort,
	healthPath:     typeHealthPath,
	cpu:            typeCPU,
	memoryMiB:      typeMemoryMiB,
	timeoutSeconds: typeTimeoutSeconds,
	namespace:      typeNamespace,
	min:            typeMinReplicas,
	max:            typeMaxReplicas,
	metric:         "cpu",
	target:         typeCPUTarget,
	variables:      map[string]string{},
	secrets:        map[string]secret{},
	reach:          "cluster",
}
