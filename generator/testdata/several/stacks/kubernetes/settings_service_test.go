package kubernetes

// settingsFacts is what the tests in stack_test.go expect of the settings service.
var settingsFacts = service{
	key:            "settings",
	name:           settingsName,
	image:          settingsImage,
	port:           settingsPort,
	healthPath:     settingsHealthPath,
	cpu:            settingsCPU,
	memoryMiB:      settingsMemoryMiB,
	timeoutSeconds: settingsTimeoutSeconds,
	namespace:      settingsNamespace,
	min:            settingsMinReplicas,
	max:            settingsMaxReplicas,
	metric:         "cpu",
	target:         settingsCPUTarget,
	variables:      map[string]string{},
	secrets:        map[string]secret{},
	reach:          "cluster",
}
