package kubernetes

import (
	appsv1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/apps/v1"
	autoscalingv2 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/autoscaling/v2"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// autoscalerOf sets the number of a Deployment's pods.
func autoscalerOf(f facts, deployment *appsv1.Deployment) *autoscalingv2.HorizontalPodAutoscalerSpecArgs {
	return &autoscalingv2.HorizontalPodAutoscalerSpecArgs{
		ScaleTargetRef: &autoscalingv2.CrossVersionObjectReferenceArgs{
			ApiVersion: pulumi.String("apps/v1"), Kind: pulumi.String("Deployment"), Name: deployment.Metadata.Name().Elem(),
		},
		MinReplicas: pulumi.Int(f.scale.min),
		MaxReplicas: pulumi.Int(f.scale.max),
		Metrics:     autoscalingv2.MetricSpecArray{f.scale.metric.spec()},
		Behavior:    scalingBehavior,
	}
}

func newAutoscaler(ctx *pulumi.Context, f facts, spec *autoscalingv2.HorizontalPodAutoscalerSpecArgs) error {
	_, err := autoscalingv2.NewHorizontalPodAutoscaler(ctx, f.name(), &autoscalingv2.HorizontalPodAutoscalerArgs{
		Metadata: metadata(f), Spec: spec,
	})
	return err
}
