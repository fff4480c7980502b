// Package kubernetes declares shop on Kubernetes: for each service a
// Deployment, the Service in front of it, and what sizes and guards them. ambi
// wrote it from app/app.yaml, and it is yours to edit; "ambi diff" shows how it
// differs from what ambi would write today.
package kubernetes

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	autoscalingv2 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/autoscaling/v2"
	corev1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/core/v1"
	metav1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/meta/v1"
	networkingv1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/networking/v1"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi/config"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi/internals"

	"example.com/golden/stacks/settings"
)

const app = "shop"

// drainSeconds is how long a pod that was told to stop goes on serving, so that
// every load balancer has learned of it before its app stops.
const drainSeconds = 10

// Deploy declares each service. All settings are read first, and the cluster is asked
// for what it must have already, so that a preview tells what an update would refuse.
func Deploy(ctx *pulumi.Context) error {
	read := settings.Read(ctx)
	read.Require(config.Get(ctx, "kubernetes:context") != "" || config.Get(ctx, "kubernetes:kubeconfig") != "",
		"kubernetes:context is not set, and no cluster is taken by chance\nhint: pulumi config set kubernetes:context NAME")
	read.Require(config.Get(ctx, "aws:region") != "",
		"aws:region is not set, and the pods' roles are for that region's cluster\nhint: pulumi config set aws:region NAME")
	read.Demand("clusterName", "EKS gives pods of this cluster their roles")
	read.Demand("oidcProviderArn", "it vouches for the cluster's pods in AWS")
	api := readAPIConfiguration(read)
	mailer := readMailerConfiguration(read)
	orders := readOrdersConfiguration(read)
	reports := readReportsConfiguration(read)
	status := readStatusConfiguration(read)
	web := readWebConfiguration(read)
	if err := read.Err(); err != nil {
		return err
	}
	if err := require(ctx, prerequisites(api.namespace, mailer.namespace, orders.namespace, reports.namespace, status.namespace, web.namespace)); err != nil {
		return err
	}
	needed := map[string][]pulumi.Resource{} // what the pods of a service wait for, by its name
	if err := deployAPIService(ctx, needed, api); err != nil {
		return err
	}
	if err := deployMailerService(ctx, mailer); err != nil {
		return err
	}
	if err := deployOrdersService(ctx, needed, orders, reports, web); err != nil {
		return err
	}
	if err := deployReportsService(ctx, needed, reports, orders); err != nil {
		return err
	}
	if err := deployStatusService(ctx, status); err != nil {
		return err
	}
	return deployWebService(ctx, needed, web, api, orders)
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
	all = append(all, prerequisite{"kubernetes:networking.k8s.io/v1:IngressClass", "alb", "install the Ingress controller of class alb, or name another class in app.yaml"})
	all = append(all, prerequisite{"kubernetes:networking.k8s.io/v1:IngressClass", "nginx", "install the Ingress controller of class nginx, or name another class in app.yaml"})
	all = append(all, prerequisite{"kubernetes:networking.k8s.io/v1:IngressClass", "traefik", "install the Ingress controller of class traefik, or name another class in app.yaml"})
	all = append(all, prerequisite{"kubernetes:apiregistration.k8s.io/v1:APIService", "v1.gateway.networking.k8s.io", "install the Gateway API and a controller of it"})
	all = append(all, prerequisite{"kubernetes:apiregistration.k8s.io/v1:APIService", "v1.monitoring.coreos.com", "install the Prometheus Operator"})
	all = append(all, prerequisite{"kubernetes:apiregistration.k8s.io/v1:APIService", "v1alpha1.keda.sh", "install KEDA"})
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

// annotated is an object's metadata with annotations.
func annotated(metadata *metav1.ObjectMetaArgs, annotations pulumi.StringMap) *metav1.ObjectMetaArgs {
	with := *metadata
	with.Annotations = annotations
	return &with
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

// podsOf are the pods of one service, as a NetworkPolicy names them.
func podsOf(name, namespace string) networkingv1.NetworkPolicyPeerArgs {
	return networkingv1.NetworkPolicyPeerArgs{
		NamespaceSelector: &metav1.LabelSelectorArgs{MatchLabels: pulumi.StringMap{"kubernetes.io/metadata.name": pulumi.String(namespace)}},
		PodSelector:       &metav1.LabelSelectorArgs{MatchLabels: selector(name)},
	}
}

// caller is a service that needs another one, and the namespace of its pods.
type caller struct{ name, namespace string }

// admit lets the pods of callers through to a service. Each caller has a NetworkPolicy
// of its own, which its pods wait for and which goes after the last of them. So a caller
// that moves, or needs the service no more, is let in until that is over.
func admit(ctx *pulumi.Context, needed map[string][]pulumi.Resource, callee, namespace string, callers ...caller) ([]pulumi.Resource, error) {
	var policies []pulumi.Resource
	for _, c := range callers {
		name := callee + ".from." + c.name
		policy, err := networkingv1.NewNetworkPolicy(ctx, name, &networkingv1.NetworkPolicyArgs{
			Metadata: &metav1.ObjectMetaArgs{
				Name:      pulumi.String(name + "." + c.namespace), // another one after a move: the old one stays meanwhile
				Namespace: pulumi.String(namespace),
				Labels:    labels(callee),
			},
			Spec: &networkingv1.NetworkPolicySpecArgs{
				PodSelector: &metav1.LabelSelectorArgs{MatchLabels: selector(callee)},
				PolicyTypes: pulumi.ToStringArray([]string{"Ingress"}),
				Ingress: networkingv1.NetworkPolicyIngressRuleArray{networkingv1.NetworkPolicyIngressRuleArgs{
					Ports: networkingv1.NetworkPolicyPortArray{networkingv1.NetworkPolicyPortArgs{
						Protocol: pulumi.String("TCP"), Port: pulumi.String("http"),
					}},
					From: networkingv1.NetworkPolicyPeerArray{podsOf(c.name, c.namespace)},
				}},
			},
		})
		if err != nil {
			return nil, err
		}
		needed[c.name] = append(needed[c.name], policy)
		policies = append(policies, policy)
	}
	return policies, nil
}

// prometheus is the pods of every Prometheus that the Prometheus Operator runs, in
// whichever namespace.
var prometheus = networkingv1.NetworkPolicyPeerArgs{
	NamespaceSelector: &metav1.LabelSelectorArgs{},
	PodSelector:       &metav1.LabelSelectorArgs{MatchLabels: pulumi.StringMap{"app.kubernetes.io/name": pulumi.String("prometheus")}},
}

// ingressPath is a path that an Ingress sends to a service: of type Exact, or of
// type Prefix for all that lies below it too.
type ingressPath struct{ pathType, path string }

// pathsTo sends paths to the port of a service.
func pathsTo(serviceName pulumi.StringInput, paths []ingressPath) networkingv1.HTTPIngressPathArray {
	backend := &networkingv1.IngressBackendArgs{Service: &networkingv1.IngressServiceBackendArgs{
		Name: serviceName, Port: &networkingv1.ServiceBackendPortArgs{Name: pulumi.String("http")},
	}}
	var all networkingv1.HTTPIngressPathArray
	for _, p := range paths {
		all = append(all, networkingv1.HTTPIngressPathArgs{
			PathType: pulumi.String(p.pathType), Path: pulumi.String(p.path), Backend: backend,
		})
	}
	return all
}

// requestMatch is a kind of request that an HTTPRoute takes: a method, or none for
// all of them, and a path of type Exact or PathPrefix.
type requestMatch struct{ method, pathType, path string }

// matchesOf writes kinds of requests as an HTTPRoute has them.
func matchesOf(requests []requestMatch) pulumi.Array {
	var all pulumi.Array
	for _, r := range requests {
		match := pulumi.Map{"path": pulumi.Map{"type": pulumi.String(r.pathType), "value": pulumi.String(r.path)}}
		if r.method != "" {
			match["method"] = pulumi.String(r.method)
		}
		all = append(all, match)
	}
	return all
}

// statement is one statement of an IAM policy.
type statement struct {
	Effect    string
	Principal map[string]string `json:",omitempty"`
	Action    []string
	Resource  []string                     `json:",omitempty"`
	Condition map[string]map[string]string `json:",omitempty"`
}

// allow is a statement that lets a role do something with some resources.
func allow(actions []string, resources ...string) statement {
	return statement{Effect: "Allow", Action: actions, Resource: resources}
}

// policyOf writes statements as the JSON that IAM reads.
func policyOf(statements ...statement) (string, error) {
	text, err := json.Marshal(map[string]any{"Version": "2012-10-17", "Statement": statements})
	return string(text), err
}

// podsMayAssume lets EKS Pod Identity, and nobody else, give a role to pods.
var podsMayAssume = statement{
	Effect:    "Allow",
	Principal: map[string]string{"Service": "pods.eks.amazonaws.com"},
	Action:    []string{"sts:AssumeRole", "sts:TagSession"},
}

// roleARN puts a role's ARN together from its name: one that the stack sets is known
// before the role is there, and with it what the ServiceAccount must say. The role
// lives in the account of the provider that vouches for its pods.
func roleARN(name pulumi.StringOutput, providerARN string) pulumi.StringOutput {
	account, _, _ := strings.Cut(providerARN, ":oidc-provider/")
	return pulumi.Sprintf("%s:role/%s", account, name)
}

// accountMayAssume lets one ServiceAccount of the provider's cluster, and nobody
// else, act as a role.
func accountMayAssume(providerARN, namespace, account string) (string, error) {
	_, issuer, _ := strings.Cut(providerARN, ":oidc-provider/")
	return policyOf(statement{
		Effect:    "Allow",
		Principal: map[string]string{"Federated": providerARN},
		Action:    []string{"sts:AssumeRoleWithWebIdentity"},
		Condition: map[string]map[string]string{"StringEquals": {
			issuer + ":sub": fmt.Sprintf("system:serviceaccount:%s:%s", namespace, account),
			issuer + ":aud": "sts.amazonaws.com",
		}},
	})
}
