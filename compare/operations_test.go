package compare_test

import (
	"fmt"
	"strings"
	"testing"

	"ambi/compare"
)

func TestOperationsFollowThePlan(t *testing.T) {
	duties := func(text string, bend func(*compare.Input)) string {
		in := input(t, text)
		bend(&in)
		var all strings.Builder
		for _, d := range run(t, in).Operations {
			if d.Duty == "" || d.Why == "" || d.From == "" {
				t.Errorf("duty %+v", d)
			}
			fmt.Fprintf(&all, "%s: %s\n", d.Target, d.Duty)
		}
		return all.String()
	}
	plain := duties(thumbs, func(*compare.Input) {})
	for want, change := range map[string]string{
		"lambda: keep the Lambda Web Adapter up to date": "handler: adapter",
		"lambda: size provisioned concurrency":           "handler: native, provisioned: 2",
		"lambda: own the VPC":                            "handler: native, vpc: true",
	} {
		if strings.Contains(plain, want) {
			t.Errorf("%s without a reason", want)
		}
		if got := duties(strings.Replace(thumbs, "handler: native", change, 1), func(*compare.Input) {}); !strings.Contains(got, want) {
			t.Errorf("with %s: no %s in\n%s", change, want, got)
		}
	}
	if !strings.Contains(plain, "kubernetes: create the Secrets") || strings.Contains(duties(shop, func(in *compare.Input) { *in = at(*in, 1) }), "kubernetes: create the Secrets") {
		t.Error("Secrets are created where there are none")
	}
	if got := duties(thumbs, func(in *compare.Input) { in.Choices.Kubernetes.AutoMode = true }); strings.Contains(got, "patch the nodes' system") {
		t.Error("Auto Mode's nodes are the team's")
	}
}
