package kubernetes

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"example.com/golden/stacks/stacktest"
)

const (
	queueScalerType = "kubernetes:keda.sh/v1alpha1:ScaledObject"
	counterType     = "kubernetes:keda.sh/v1alpha1:TriggerAuthentication"
)

// scaledBy is the queue whose messages decide how many pods run.
func scaledBy(queue string) check {
	return func(t stacktest.T, g *stacktest.Graph, w wanted, s expectations) {
		deployment, role, policy := g.One(t, deploymentType, w.name()), g.One(t, roleType, w.name()+"-keda"), g.One(t, rolePolicyType, w.name()+"-keda")
		for _, r := range g.Resources {
			if r.Type == "kubernetes:autoscaling/v2:HorizontalPodAutoscaler" && r.Name == w.name() {
				t.Errorf("%s: KEDA makes one of its own, and the two would conflict", r)
			}
		}
		wantPolicy(t, role, "assumeRolePolicy", []any{map[string]any{
			"Effect": "Allow", "Action": []string{"sts:AssumeRole"}, "Principal": map[string]any{"AWS": s.config["kedaRoleArn"]},
		}}, "KEDA's operator may take this role, and nothing else")
		if boundary := s.config["permissionsBoundaryArn"]; boundary != "" {
			role.Want(t, "permissionsBoundary", boundary, "the stack says so")
		}
		wantTags(t, role, w)
		policy.Want(t, "role", role.Output("name"), "the policy is this role's", role)
		wantPolicy(t, policy, "policy", []any{onData([]string{"sqs:GetQueueAttributes"}, queue+".arn", whole)}, "KEDA counts messages, and may do nothing else")

		counter := g.One(t, counterType, w.name()+"-trigger")
		checkObject(t, counter, w, "keda.sh/v1alpha1", "TriggerAuthentication")
		counter.Want(t, "metadata.name", w.name(), "the ScaledObject knows it by this name")
		account, _, _ := strings.Cut(s.config["kedaRoleArn"], ":role/")
		counter.Want(t, "spec.podIdentity", map[string]any{"provider": "aws", "roleArn": fmt.Sprintf("%s:role/%s", account, role.Output("name"))}, "KEDA counts as this role")
		if !slices.Contains(counter.Needs["spec"], role.URN) {
			t.Errorf("%s: its role is not made from an output of %s", counter, role)
		}
		if name := s.config[w.service+".kedaRoleName"]; name != "" {
			role.Want(t, "name", name, "the stack says so")
		}
		wantBefore(t, counter, policy)

		scaled := one(t, g, w, queueScalerType, "keda.sh/v1alpha1", "ScaledObject")
		scaled.Want(t, "spec.scaleTargetRef", map[string]any{"apiVersion": "apps/v1", "kind": "Deployment", "name": deployment.Output("metadata.name")}, "it is what KEDA scales", deployment)
		scaled.Want(t, "spec.minReplicaCount", w.scale.min, "fewer pods never run")
		scaled.Want(t, "spec.maxReplicaCount", w.scale.max, "more pods never run")
		within(t, scaled, "spec.pollingInterval", 1, 300, "a first message waits for as long")
		within(t, scaled, "spec.cooldownPeriod", 0, 86400, "the last pod stays for as long without messages")
		scaled.Want(t, "spec.triggers", []any{map[string]any{
			"type": "aws-sqs-queue",
			"metadata": map[string]any{
				"queueURL": stacktest.DataOutputs[queue+".url"], "awsRegion": stacktest.DataOutputs["region"],
				"queueLength": fmt.Sprint(w.backlog), "scaleOnInFlight": "true",
			},
			"authenticationRef": map[string]any{"name": counter.Output("metadata.name")},
		}}, "it decides how many pods run", counter)
		checkBehavior(t, scaled, "spec.advanced.horizontalPodAutoscalerConfig.behavior")

		var paused, none any
		if w.rests(s) {
			paused, none = "true", "0"
		}
		scaled.Want(t, `metadata.annotations["autoscaling.keda.sh/paused"]`, paused, "another stack takes the messages")
		scaled.Want(t, `metadata.annotations["autoscaling.keda.sh/paused-replicas"]`, none, "another stack takes the messages")
	}
}

// A role that the stack names is still the one that KEDA gets.
func TestKEDARoleNames(t *testing.T) {
	changed := map[string]string{
		"invoice.kedaRoleName": "invoice-of-its-own",
		"mail.kedaRoleName":    "mail-of-its-own",
		"resize.kedaRoleName":  "resize-of-its-own",
	}
	checkAll(t, deploy(t, changed), expectations{expected.services, configuration(changed)})
}
