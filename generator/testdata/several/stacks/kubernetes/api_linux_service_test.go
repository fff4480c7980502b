package kubernetes

// apiLinuxFacts is what the tests in stack_test.go expect of the api-linux service.
var apiLinuxFacts = service{
	key:            "api-linux",
	name:           apiLinuxName,
	image:          apiLinuxImage,
	port:           apiLinuxPort,
	healthPath:     apiLinuxHealthPath,
	cpu:            apiLinuxCPU,
	memoryMiB:      apiLinuxMemoryMiB,
	timeoutSeconds: apiLinuxTimeoutSeconds,
	namespace:      apiLinuxNamespace,
	min:            apiLinuxMinReplicas,
	max:            apiLinuxMaxReplicas,
	metric:         "cpu",
	target:         apiLinuxCPUTarget,
	variables:      map[string]string{},
	secrets: map[string]secret{
		"DATABASE_URL": {name: "many-database", key: "url"},
	},
	reach: "cluster",
}
