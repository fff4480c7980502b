package kubernetes

import (
	appsv1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/apps/v1"
	corev1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/core/v1"
	metav1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/meta/v1"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// withoutRequests is for a pod that no load balancer knows: it stops as soon as it is told
// to, and may finish the messages that it has taken.
func withoutRequests(f facts, pod *corev1.PodSpecArgs, container *corev1.ContainerArgs) {
	container.Lifecycle = nil
	pod.TerminationGracePeriodSeconds = pulumi.Int(f.graceSeconds)
}

// workOf runs pods that take messages, and none while another stack takes them: autoscalers
// leave a Deployment with a count of zero alone.
func workOf(f facts, pod *corev1.PodSpecArgs) *appsv1.DeploymentSpecArgs {
	work := deploymentOf(f, pod)
	if f.paused {
		work.Replicas = pulumi.Int(0)
	}
	return work
}

// workMetadata lets Pulumi take the count of a Deployment from what scales it, to pause it.
func workMetadata(f facts) *metav1.ObjectMetaArgs {
	object := metadata(f)
	if f.paused {
		object.Annotations = pulumi.StringMap{"pulumi.com/patchForce": pulumi.String("true")}
	}
	return object
}
