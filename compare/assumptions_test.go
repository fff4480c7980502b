package compare_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"ambi/compare"
	"ambi/compare/price"
	"ambi/spec"
)

func TestEveryAssumptionIsThere(t *testing.T) {
	r := run(t, input(t, thumbs))
	var all strings.Builder
	for _, a := range r.Assumptions {
		all.WriteString(a.Topic + ": " + a.Text + "\n")
	}
	for _, want := range []string{
		"nothing here was measured on AWS", "us-east-1", "dated 2024-07-01 to 2026-09-28", "730 hours", "free allowances are not counted",
		"idle environment lives for 6m\n", "node latency: ", "a duration of 40ms", "12ms of CPU time", "peak-to-mean ratio of 2 for diurnal",
		"uses no random numbers", "m7g.large, at least 2", "the autoscaler's metric at its target", "a connection carries 4 requests", "an IPv4 address each", "On neither:",
	} {
		if !strings.Contains(all.String(), want) {
			t.Errorf("assumptions lack %q:\n%s", want, all.String())
		}
	}
	in := input(t, thumbs)
	change, err := price.ParseOverride("nat.hours=0.02")
	if err != nil {
		t.Fatal(err)
	}
	book, err := price.Embedded()
	if err != nil {
		t.Fatal(err)
	}
	if in.Sheet, err = book.In("us-east-1", change); err != nil {
		t.Fatal(err)
	}
	r = run(t, in)
	if !slices.Equal(r.PriceChanges, []string{"nat.hours=0.02"}) || !slices.ContainsFunc(r.Assumptions, func(a compare.Assumption) bool { return strings.Contains(a.Text, "nat.hours=0.02") }) {
		t.Errorf("the user's own price is not shown: %v", r.PriceChanges)
	}
}

// Durations stand as people write them, and one of something has no s.
func TestAssumptionsReadAsPeopleWrite(t *testing.T) {
	in := input(t, strings.NewReplacer("duration: 40ms", "duration: 15m", "concurrency: 10", "timeout: 30s").Replace(thumbs))
	in.Choices.Kubernetes.NATGateways, in.Choices.Kubernetes.Zones = 1, 1
	in.Choices.Kubernetes.ConnectionTime, in.Choices.Kubernetes.RequestsPerConnection = spec.Duration(10*time.Minute), 1
	var all strings.Builder
	for _, a := range run(t, in).Assumptions {
		all.WriteString(a.Text + "\n")
	}
	for _, want := range []string{
		"api: a duration of 15m with", "in 1 zone serves", "through 1 NAT gateway\n", "one request and lasts as long as it takes, 10m at least\n",
	} {
		if !strings.Contains(all.String(), want) {
			t.Errorf("assumptions lack %q:\n%s", want, all.String())
		}
	}
}

func TestAssumptionsFollowTheSpec(t *testing.T) {
	text := func(spec string) string {
		var all strings.Builder
		for _, a := range run(t, input(t, spec)).Assumptions {
			all.WriteString(a.Text + "\n")
		}
		return all.String()
	}
	for want, change := range map[string][2]string{
		"if the autoscaler watches memory":          {"cpu: 70}", "memory: 70}"},
		"priced with at least one replica":          {"min: 1", "min: 0"},
		"internet through one NAT gateway":          {"handler: native", "handler: native, vpc: true"},
		"in place of the spec's gateway or ingress": {"handler: native}", "handler: native}\n    kubernetes: {ingress: {class: nginx}}"},
		"unless all of it is busy":                  {"handler: native", "handler: native, provisioned: 2"},
		"a peak-to-mean ratio of 8 for bursty":      {"shape: diurnal", "shape: bursty"},
		"bursts of 5 minutes for sporadic traffic":  {"shape: diurnal", "shape: sporadic"},
	} {
		if strings.Contains(text(thumbs), want) {
			t.Errorf("%q without a reason", want)
		}
		if changed := text(strings.Replace(thumbs, change[0], change[1], 1)); !strings.Contains(changed, want) {
			t.Errorf("%s: no %q in\n%s", change[1], want, changed)
		}
	}
}
