package kubernetes

import (
	"fmt"
	"strings"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/iam"
	"github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/apiextensions"
	appsv1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/apps/v1"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"example.com/golden/stacks/datastack"
	"example.com/golden/stacks/settings"
)

// readKEDARole reads the role of KEDA's operator.
func readKEDARole(read *settings.Settings) string {
	read.Demand("kedaRoleArn", "KEDA's operator assumes with it the roles that may count messages")
	return read.ARN("kedaRoleArn", "iam", "role/")
}

// newQueueScaler has KEDA set the number of pods by a queue's messages, down to none. KEDA
// counts them with a role that may do nothing else; with the pods' own role, its operator
// could do all that the app may.
func newQueueScaler(ctx *pulumi.Context, s *stack, f facts, deployment *appsv1.Deployment, queue datastack.Queue) error {
	args := roleOf(s, f, statement{
		Effect: "Allow", Principal: map[string]string{"AWS": s.kedaRoleARN}, Action: []string{"sts:AssumeRole"},
	})
	if f.kedaRoleName != "" {
		args.Name = pulumi.String(f.kedaRoleName)
	}
	role, err := iam.NewRole(ctx, f.name()+"-keda", args)
	if err != nil {
		return err
	}
	policy, err := iam.NewRolePolicy(ctx, f.name()+"-keda", &iam.RolePolicyArgs{
		Role: role.Name, Policy: policyOn(nil, grant([]string{"sqs:GetQueueAttributes"}, queue.ARN)),
	})
	if err != nil {
		return err
	}
	// The ARN of a role that the stack names is known before the role is there. It is in the
	// account of the operator's own.
	account, _, _ := strings.Cut(s.kedaRoleARN, ":role/")
	counter, err := apiextensions.NewCustomResource(ctx, f.name()+"-trigger", &apiextensions.CustomResourceArgs{
		ApiVersion: pulumi.String("keda.sh/v1alpha1"),
		Kind:       pulumi.String("TriggerAuthentication"),
		Metadata:   metadata(f),
		OtherFields: map[string]any{"spec": pulumi.Map{
			"podIdentity": pulumi.StringMap{"provider": pulumi.String("aws"), "roleArn": pulumi.Sprintf("%s:role/%s", account, role.Name)},
		}},
	}, pulumi.DependsOn([]pulumi.Resource{policy}))
	if err != nil {
		return err
	}
	object := metadata(f)
	if f.paused {
		object.Annotations = pulumi.StringMap{
			"autoscaling.keda.sh/paused":          pulumi.String("true"),
			"autoscaling.keda.sh/paused-replicas": pulumi.String("0"),
		}
	}
	_, err = apiextensions.NewCustomResource(ctx, f.name(), &apiextensions.CustomResourceArgs{
		ApiVersion: pulumi.String("keda.sh/v1alpha1"),
		Kind:       pulumi.String("ScaledObject"),
		Metadata:   object,
		OtherFields: map[string]any{"spec": pulumi.Map{
			"scaleTargetRef": pulumi.Map{
				"apiVersion": pulumi.String("apps/v1"), "kind": pulumi.String("Deployment"), "name": deployment.Metadata.Name().Elem(),
			},
			"minReplicaCount": pulumi.Int(f.scale.min),
			"maxReplicaCount": pulumi.Int(f.scale.max),
			"pollingInterval": pulumi.Int(30),  // seconds, while there is no pod
			"cooldownPeriod":  pulumi.Int(300), // seconds without a message before the last pod goes
			"triggers": pulumi.Array{pulumi.Map{
				"type": pulumi.String("aws-sqs-queue"),
				"metadata": pulumi.StringMap{
					"queueURL":    queue.URL,
					"awsRegion":   s.data.Region,
					"queueLength": pulumi.String(fmt.Sprint(f.backlog)),
					// Messages that are worked on count too, or the last pod would go at its work.
					"scaleOnInFlight": pulumi.String("true"),
				},
				"authenticationRef": pulumi.Map{"name": counter.Metadata.Name().Elem()},
			}},
			"advanced": pulumi.Map{"horizontalPodAutoscalerConfig": pulumi.Map{"behavior": scalingBehavior}},
		}},
	})
	return err
}
