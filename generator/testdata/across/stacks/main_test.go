package main

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"example.com/golden/stacks/stacktest"
)

// targets are the values of the setting target: a type of resource that only that
// target has, and what else its stack must set.
var targets = map[string]struct {
	only   string
	config map[string]string
}{
	"lambda": {only: "aws:lambda/function:Function", config: map[string]string{
		"subnetIds":        "subnet-1,subnet-2",
		"securityGroupIds": "sg-1",
	}},
	"kubernetes": {only: "kubernetes:apps/v1:Deployment", config: map[string]string{
		"kubernetes:context": "test",
		"aws:region":         "us-east-1",
		"oidcProviderArn":    "arn:aws:iam::123456789012:oidc-provider/oidc.example.com/id/TEST",
		"apiArn":             "arn:aws:execute-api:us-east-1:123456789012:a1b2c3d4e5",
	}},
}

// The configuration picks the target, and nothing of another is declared.
func TestTarget(t *testing.T) {
	for name, target := range targets {
		target.config["target"] = name
		graph := stacktest.Run(t, deploy, target.config)
		for other, it := range targets {
			declared := slices.ContainsFunc(graph.Resources, func(r *stacktest.Resource) bool { return r.Type == it.only })
			if declared != (other == name) {
				t.Errorf("target %s: resources of %s are declared: %t", name, other, declared)
			}
		}
	}
}

func TestUnknownTarget(t *testing.T) {
	for _, unknown := range []string{"", "Lambda", "ecs"} {
		_, err := stacktest.Deploy(t, deploy, map[string]string{"target": unknown})
		if err == nil || !strings.Contains(err.Error(), fmt.Sprintf("got %q", unknown)) {
			t.Errorf("target %q is not refused: %v", unknown, err)
			continue
		}
		for name := range targets {
			if !strings.Contains(err.Error(), name) {
				t.Errorf("target %q: the error does not name %s: %v", unknown, name, err)
			}
		}
	}
}
