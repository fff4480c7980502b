package main

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"ambi/stacks/stacktest"
)

// targets are the values of the setting target: what the types of each one's
// resources begin with, and what else its stack must set.
var targets = map[string]struct {
	prefix string
	config map[string]string
}{
	"lambda":     {prefix: "aws:"},
	"kubernetes": {prefix: "kubernetes:", config: map[string]string{"kubernetes:context": "test"}},
}

// The configuration picks the target, and nothing of another is declared.
func TestTarget(t *testing.T) {
	for name, target := range targets {
		config := map[string]string{"target": name}
		maps.Copy(config, target.config)
		graph := stacktest.Run(t, deploy, config)
		for other, it := range targets {
			declared := slices.ContainsFunc(graph.Resources, func(r *stacktest.Resource) bool { return strings.HasPrefix(r.Type, it.prefix) })
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
