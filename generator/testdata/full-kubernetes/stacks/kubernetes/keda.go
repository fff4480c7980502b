package kubernetes

import (
	"github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/apiextensions"
	appsv1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/apps/v1"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// trigger is a query to Prometheus, and how much of its answer one pod takes.
type trigger struct{ prometheus, query, threshold string }

// newScaledObject has KEDA set the number of pods, down to none: it declares the
// autoscaler, so this program must not. It needs KEDA in the cluster.
func newScaledObject(ctx *pulumi.Context, f facts, deployment *appsv1.Deployment) error {
	_, err := apiextensions.NewCustomResource(ctx, f.name(), &apiextensions.CustomResourceArgs{
		ApiVersion: pulumi.String("keda.sh/v1alpha1"),
		Kind:       pulumi.String("ScaledObject"),
		Metadata:   metadata(f),
		OtherFields: map[string]any{"spec": pulumi.Map{
			"scaleTargetRef": pulumi.Map{
				"apiVersion": pulumi.String("apps/v1"), "kind": pulumi.String("Deployment"), "name": deployment.Metadata.Name().Elem(),
			},
			"minReplicaCount": pulumi.Int(f.scale.min),
			"maxReplicaCount": pulumi.Int(f.scale.max),
			"pollingInterval": pulumi.Int(30),  // seconds, while there is no pod
			"cooldownPeriod":  pulumi.Int(300), // seconds without a request before the last pod goes
			"triggers": pulumi.Array{pulumi.Map{
				"type": pulumi.String("prometheus"),
				"metadata": pulumi.StringMap{
					"serverAddress": pulumi.String(f.trigger.prometheus),
					"query":         pulumi.String(f.trigger.query),
					"threshold":     pulumi.String(f.trigger.threshold),
				},
			}},
			"advanced": pulumi.Map{"horizontalPodAutoscalerConfig": pulumi.Map{"behavior": scalingBehavior}},
		}},
	})
	return err
}
