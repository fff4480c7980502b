package kubernetes

import (
	appsv1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/apps/v1"
	corev1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/core/v1"
	metav1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/meta/v1"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// volume is what each pod of a service has of its own and keeps when it is replaced: a claim,
// which is named after the volume and the pod.
type volume struct {
	name   string
	path   string // where the app finds it
	size   string // of a new claim: those that there are keep theirs
	class  string // the StorageClass that makes it; empty for the cluster's default
	access string // who may mount it
}

// statefulSetOf runs pods that each keep their claims. An update stops a pod before it starts
// the next one in its place: two cannot hold the same disk.
func statefulSetOf(f facts, pod *corev1.PodSpecArgs) *appsv1.StatefulSetSpecArgs {
	return &appsv1.StatefulSetSpecArgs{
		Replicas:             pulumi.Int(f.replicas), // fixed: the claims of pods that an autoscaler took away would go on costing
		ServiceName:          pulumi.String(podNames(f)),
		Selector:             &metav1.LabelSelectorArgs{MatchLabels: selector(f)},
		PodManagementPolicy:  pulumi.String("Parallel"), // in order, a pod that never gets ready holds up the update that mends it
		UpdateStrategy:       &appsv1.StatefulSetUpdateStrategyArgs{Type: pulumi.String("RollingUpdate")},
		VolumeClaimTemplates: claimsOf(f),
		// Neither a smaller number of pods nor the end of the stack deletes what they keep.
		PersistentVolumeClaimRetentionPolicy: &appsv1.StatefulSetPersistentVolumeClaimRetentionPolicyArgs{
			WhenDeleted: pulumi.String("Retain"),
			WhenScaled:  pulumi.String("Retain"),
		},
		Template: &corev1.PodTemplateSpecArgs{
			Metadata: &metav1.ObjectMetaArgs{Labels: labels(f)},
			Spec:     pod,
		},
	}
}

func newStatefulSet(ctx *pulumi.Context, f facts, spec *appsv1.StatefulSetSpecArgs, options ...pulumi.ResourceOption) (*appsv1.StatefulSet, error) {
	return appsv1.NewStatefulSet(ctx, f.name(), &appsv1.StatefulSetArgs{Metadata: metadata(f), Spec: spec}, append(options, f.timeouts)...)
}

// claimsOf are the claims that each pod gets. Kubernetes does not let them change: with a new
// size, the StatefulSet is replaced, and the claims that there are stay as they are.
func claimsOf(f facts) corev1.PersistentVolumeClaimTypeArray {
	var claims corev1.PersistentVolumeClaimTypeArray
	for _, v := range f.volumes {
		spec := &corev1.PersistentVolumeClaimSpecArgs{
			AccessModes: pulumi.StringArray{pulumi.String(v.access)},
			Resources:   &corev1.VolumeResourceRequirementsArgs{Requests: pulumi.StringMap{"storage": pulumi.String(v.size)}},
		}
		if v.class != "" {
			spec.StorageClassName = pulumi.String(v.class)
		}
		claims = append(claims, corev1.PersistentVolumeClaimTypeArgs{
			Metadata: &metav1.ObjectMetaArgs{Name: pulumi.String(v.name)}, Spec: spec,
		})
	}
	return claims
}

// mountsOf are where a container finds its pod's volumes.
func mountsOf(f facts) corev1.VolumeMountArray {
	mounts := corev1.VolumeMountArray{corev1.VolumeMountArgs{Name: pulumi.String("tmp"), MountPath: pulumi.String("/tmp")}}
	for _, v := range f.volumes {
		mounts = append(mounts, corev1.VolumeMountArgs{Name: pulumi.String(v.name), MountPath: pulumi.String(v.path)})
	}
	return mounts
}

// ownersOf is the group of the files in a pod's volumes, so that a user who is not root may
// write them.
func ownersOf(f facts) pulumi.IntPtrInput {
	if len(f.volumes) == 0 {
		return nil
	}
	return pulumi.Int(f.user)
}

// ownedOnce has the files of a large volume gone through only where its owner differs, and not
// at each start.
func ownedOnce(f facts) pulumi.StringPtrInput {
	if len(f.volumes) == 0 {
		return nil
	}
	return pulumi.String("OnRootMismatch")
}

// podNames is the headless Service that gives each pod a name of its own, such as
// POD.SERVICE.NAMESPACE.svc.
func podNames(f facts) string { return f.name() + "-pods" }

func newPodNames(ctx *pulumi.Context, f facts) error {
	object := metadata(f)
	object.Name = pulumi.String(podNames(f))
	_, err := corev1.NewService(ctx, podNames(f), &corev1.ServiceArgs{
		Metadata: object,
		Spec: &corev1.ServiceSpecArgs{
			ClusterIP:                pulumi.String("None"),
			Selector:                 selector(f),
			PublishNotReadyAddresses: pulumi.Bool(true), // a pod has its name from its start
		},
	}, f.timeouts)
	return err
}
