package kubernetes

// reportsFacts is what the tests in stack_test.go expect of the reports service.
var reportsFacts = service{
	key:            "reports",
	name:           reportsName,
	image:          reportsImage,
	port:           reportsPort,
	healthPath:     reportsHealthPath,
	cpu:            reportsCPU,
	memoryMiB:      reportsMemoryMiB,
	timeoutSeconds: reportsTimeoutSeconds,
	namespace:      reportsNamespace,
	min:            reportsMinReplicas,
	max:            reportsMaxReplicas,
	metric:         "cpu",
	target:         reportsCPUTarget,
	variables:      map[string]string{},
	secrets:        map[string]secret{},
	reach:          "anywhere",
	needs: map[string]string{
		"ORDERS_URL": "orders",
	},
	domain: reportsDomain,
	ingress: &ingress{
		class: "alb",
		annotations: map[string]string{
			"alb.ingress.kubernetes.io/healthcheck-path": "/healthz",
			"alb.ingress.kubernetes.io/listen-ports":     "[{\"HTTPS\":443}]",
			"alb.ingress.kubernetes.io/target-type":      "ip",
		},
		paths: [][2]string{
			{"Prefix", "/reports"},
		},
	},
}
