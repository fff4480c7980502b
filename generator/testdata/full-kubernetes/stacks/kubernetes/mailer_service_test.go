package kubernetes

// mailerFacts is what the tests in stack_test.go expect of the mailer service.
var mailerFacts = service{
	key:            "mailer",
	name:           mailerName,
	image:          mailerImage,
	port:           mailerPort,
	healthPath:     mailerHealthPath,
	cpu:            mailerCPU,
	memoryMiB:      mailerMemoryMiB,
	timeoutSeconds: mailerTimeoutSeconds,
	namespace:      mailerNamespace,
	min:            mailerMinReplicas,
	max:            mailerMaxReplicas,
	metric:         "cpu",
	target:         mailerCPUTarget,
	variables:      map[string]string{},
	secrets:        map[string]secret{},
	reach:          "cluster",
	metricsPath:    mailerMetricsPath,
}
