package kubernetes

// apiFacts is what the tests in stack_test.go expect of the api service.
var apiFacts = service{
	key:            "api",
	name:           apiName,
	image:          apiImage,
	port:           apiPort,
	healthPath:     apiHealthPath,
	cpu:            apiCPU,
	memoryMiB:      apiMemoryMiB,
	timeoutSeconds: apiTimeoutSeconds,
	namespace:      apiNamespace,
	min:            apiMinReplicas,
	max:            apiMaxReplicas,
	metric:         "cpu",
	target:         apiCPUTarget,
	variables: map[string]string{
		"LOG_LEVEL": "info",
	},
	secrets: map[string]secret{
		"API_KEY": {name: "thumbs-api-key", key: "value"},
	},
	reach: "cluster",
}
