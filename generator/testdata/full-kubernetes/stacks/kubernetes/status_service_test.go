package kubernetes

// statusFacts is what the tests in stack_test.go expect of the status service.
var statusFacts = service{
	key:            "status",
	name:           statusName,
	image:          statusImage,
	port:           statusPort,
	healthPath:     statusHealthPath,
	cpu:            statusCPU,
	memoryMiB:      statusMemoryMiB,
	timeoutSeconds: statusTimeoutSeconds,
	namespace:      statusNamespace,
	min:            statusMinReplicas,
	max:            statusMaxReplicas,
	metric:         "cpu",
	target:         statusCPUTarget,
	variables:      map[string]string{},
	secrets:        map[string]secret{},
	reach:          "anywhere",
	ingress: &ingress{
		class:       "traefik",
		annotations: map[string]string{},
		paths: [][2]string{
			{"Exact", "/status"},
		},
	},
}
