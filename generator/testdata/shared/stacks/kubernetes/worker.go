package kubernetes

import (
	corev1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/core/v1"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// withoutCalls is for a pod that nothing calls: it stops as soon as it is told to, with time
// to finish its work. Without a path that says whether it is well, it has no probes either.
func withoutCalls(f facts, pod *corev1.PodSpecArgs, container *corev1.ContainerArgs) {
	container.Lifecycle = nil
	pod.TerminationGracePeriodSeconds = pulumi.Int(f.timeoutSeconds)
	if f.healthPath == "" {
		container.Ports = nil
		container.StartupProbe, container.ReadinessProbe, container.LivenessProbe = nil, nil, nil
	}
}
