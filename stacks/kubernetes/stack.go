// Package kubernetes declares thumbs on Kubernetes: for each service a
// Deployment, the Service in front of it, and what sizes and guards them. ambi
// wrote it from app/app.yaml, and it is yours to edit; "ambi diff" shows how it
// differs from what ambi would write today.
package kubernetes

import (
	"fmt"
	"slices"
	"time"

	autoscalingv2 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/autoscaling/v2"
	corev1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/core/v1"
	metav1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/meta/v1"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi/config"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi/internals"

	"ambi/stacks/settings"
)

const app = "thumbs"

// drainSeconds is how long a pod that was told to stop goes on serving, so that
// every load balancer has learned of it before its app stops.
const drainSeconds = 10

// Deploy declares each service. All settings are read first, and the cluster is asked
// for what it must have already, so that a preview tells what an update would refuse.
func Deploy(ctx *pulumi.Context) error {
	read := settings.Read(ctx)
	read.Require(config.Get(ctx, "kubernetes:context") != "" || config.Get(ctx, "kubernetes:kubeconfig") != "",
		"kubernetes:context is not set, and no cluster is taken by chance\nhint: pulumi config set kubernetes:context NAME")
	api := readAPIConfiguration(read)
	if err := read.Err(); err != nil {
		return err
	}
	if err := require(ctx, prerequisites(api.namespace)); err != nil {
		return err
	}
	return deployAPIService(ctx, api)
}

// prerequisite is an object that the cluster must have before this program deploys to
// it. Pulumi shows the name of one that is missing, so the name says what to do then.
type prerequisite struct{ token, id, name string }

// prerequisites are what the services' objects need, each once.
func prerequisites(namespaces ...string) []prerequisite {
	var all []prerequisite
	slices.Sort(namespaces)
	for _, name := range slices.Compact(namespaces) {
		all = append(all, prerequisite{"kubernetes:core/v1:Namespace", name, "kubectl create namespace " + name})
	}
	return all
}

// require fails where the cluster lacks a prerequisite or cannot be reached. It waits
// for the answers, so that nothing is declared before all of them are there.
func require(ctx *pulumi.Context, all []prerequisite) error {
	found := make([]pulumi.CustomResourceState, len(all))
	for i, p := range all {
		if err := ctx.ReadResource(p.token, p.name, pulumi.ID(p.id), nil, &found[i]); err != nil {
			return err
		}
	}
	for i := range found {
		if _, err := internals.UnsafeAwaitOutput(ctx.Context(), found[i].URN()); err != nil {
			return err
		}
	}
	return nil
}

// readTimeouts reads how long Pulumi waits for pods, addresses and load balancers, and
// then fails: its own ten minutes are long where a node or a controller is missing.
func readTimeouts(read *settings.Settings) pulumi.ResourceOption {
	wait := read.Duration("readyTimeout", 5*time.Minute, 10*time.Second, time.Hour).String()
	return pulumi.Timeouts(&pulumi.CustomTimeouts{Create: wait, Update: wait})
}

// selector tells the pods of a service from all others. Kubernetes does not let
// it change, so it holds nothing that could.
func selector(name string) pulumi.StringMap {
	return pulumi.StringMap{
		"app.kubernetes.io/name":     pulumi.String(name),
		"app.kubernetes.io/instance": pulumi.String(app),
	}
}

// labels are what every object of a service carries: its selector, and the rest
// of the labels that Kubernetes recommends.
func labels(name string) pulumi.StringMap {
	all := selector(name)
	all["app.kubernetes.io/part-of"] = pulumi.String(app)
	all["app.kubernetes.io/managed-by"] = pulumi.String("pulumi")
	return all
}

// address is where pods of the cluster find a service.
func address(name, namespace string) string {
	return fmt.Sprintf("http://%s.%s.svc", name, namespace)
}

// probe asks a container over HTTP whether it is well, each period, and believes
// a failure once it has been seen failures times in a row.
func probe(path string, periodSeconds, failures int) *corev1.ProbeArgs {
	return &corev1.ProbeArgs{
		HttpGet:          &corev1.HTTPGetActionArgs{Path: pulumi.String(path), Port: pulumi.String("http")},
		PeriodSeconds:    pulumi.Int(periodSeconds),
		TimeoutSeconds:   pulumi.Int(2),
		FailureThreshold: pulumi.Int(failures),
	}
}

// spread asks for pods on different nodes and in different zones, and puts up
// with less where the cluster has no room.
func spread(name string) corev1.TopologySpreadConstraintArray {
	var constraints corev1.TopologySpreadConstraintArray
	for _, domain := range []string{"kubernetes.io/hostname", "topology.kubernetes.io/zone"} {
		constraints = append(constraints, corev1.TopologySpreadConstraintArgs{
			MaxSkew:           pulumi.Int(1),
			TopologyKey:       pulumi.String(domain),
			WhenUnsatisfiable: pulumi.String("ScheduleAnyway"),
			LabelSelector:     &metav1.LabelSelectorArgs{MatchLabels: selector(name)},
		})
	}
	return constraints
}

// scalingBehavior grows at once, doubling if need be, and shrinks by what the
// last five minutes did not need. These are Kubernetes' own defaults, written
// out: an autoscaler without them follows older, slower rules.
var scalingBehavior = &autoscalingv2.HorizontalPodAutoscalerBehaviorArgs{
	ScaleUp: &autoscalingv2.HPAScalingRulesArgs{
		StabilizationWindowSeconds: pulumi.Int(0),
		SelectPolicy:               pulumi.String("Max"),
		Policies: autoscalingv2.HPAScalingPolicyArray{
			autoscalingv2.HPAScalingPolicyArgs{Type: pulumi.String("Percent"), Value: pulumi.Int(100), PeriodSeconds: pulumi.Int(15)},
			autoscalingv2.HPAScalingPolicyArgs{Type: pulumi.String("Pods"), Value: pulumi.Int(4), PeriodSeconds: pulumi.Int(15)},
		},
	},
	ScaleDown: &autoscalingv2.HPAScalingRulesArgs{
		StabilizationWindowSeconds: pulumi.Int(300),
		SelectPolicy:               pulumi.String("Max"),
		Policies: autoscalingv2.HPAScalingPolicyArray{
			autoscalingv2.HPAScalingPolicyArgs{Type: pulumi.String("Percent"), Value: pulumi.Int(100), PeriodSeconds: pulumi.Int(15)},
		},
	},
}
