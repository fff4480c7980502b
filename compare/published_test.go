package compare_test

import (
	"fmt"
	"math"
	"os"
	"strings"
	"testing"
	"time"

	"ambi/compare/demand"
	"ambi/compare/price/cost"
	"ambi/spec"
)

// published is a bill or a comparison that somebody published, with the inputs that it
// names and the lines of ours that it counts.
type published struct {
	source, page string
	inputs       string
	usage        demand.Usage
	memory       string
	arm          bool
	freeTier     bool
	extended     bool
	lines        []string // of a bill, by the beginning of their names
	onKubernetes bool
	times        float64 // as many of what is priced
	theirs       float64
	within       float64 // the ratio lies so close to 1
	why          string
}

func perMonth(requests float64, duration time.Duration) demand.Usage {
	return demand.Usage{
		Requests: demand.Known(requests), Duration: demand.Known(duration), CPUTime: demand.Known(time.Microsecond),
		Request: demand.Known[int64](0), Response: demand.Known[int64](0), Log: demand.Known[int64](0), Outbound: demand.Known[int64](0),
		Start: demand.Known(time.Duration(0)), Shape: spec.Steady,
	}
}

func publishedBills() []published {
	function := []string{"Lambda requests", "Lambda duration"}
	const million = 1e6
	const cents = .01
	return []published{
		{source: "AWS, Lambda pricing, example 1", page: "https://aws.amazon.com/lambda/pricing/", inputs: "3M requests of 1 s, 512 MB, free tier", usage: perMonth(3*million, time.Second), memory: "512Mi", freeTier: true, lines: function, theirs: 18.74, within: cents,
			why: "AWS rounds its price to $0.00001667"},
		{source: "Leyaa", page: "https://leyaa.ai/codefly/learn/aws/part-2/aws-lambda-pricing-model/visualize", inputs: "3M requests of 200 ms, 512 MB, free tier", usage: perMonth(3*million, 200*time.Millisecond), memory: "512Mi", freeTier: true, lines: function, theirs: .40, within: cents},
		{source: "Keystone, x86", page: "https://keystone.page/blog/lambda-vs-fargate-cost-1m-requests", inputs: "1M requests of 200 ms, 512 MB", usage: perMonth(million, 200*time.Millisecond), memory: "512Mi", lines: function, theirs: 1.87, within: cents},
		{source: "Keystone, arm64", page: "https://keystone.page/blog/lambda-vs-fargate-cost-1m-requests", inputs: "the same on arm64", usage: perMonth(million, 200*time.Millisecond), memory: "512Mi", arm: true, lines: function, theirs: 1.53, within: cents},
		{source: "Karkala, 200 ms", page: "https://www.deepakkarkala.com/playbooks/aws-for-mlops/compute/compute_when_to_use_which", inputs: "1M requests of 200 ms, 1 GB", usage: perMonth(million, 200*time.Millisecond), memory: "1Gi", lines: function, theirs: 3.53, within: cents},
		{source: "Karkala, 1 s", page: "https://www.deepakkarkala.com/playbooks/aws-for-mlops/compute/compute_when_to_use_which", inputs: "1M requests of 1 s, 1 GB", usage: perMonth(million, time.Second), memory: "1Gi", lines: function, theirs: 16.87, within: cents},
		{source: "ADHDecode", page: "https://adhdecode-articles-2.pages.dev/articles/lambda/lambda-cost-calculation-breakdown/", inputs: "1M requests of 50 ms, 128 MB, duration alone", usage: perMonth(million, 50*time.Millisecond), memory: "128Mi", lines: []string{"Lambda duration"}, theirs: .104, within: .04,
			why: "of work that takes no CPU, ours adds a millisecond for rounding up"},
		{source: "DevToCash", page: "https://devtocash.com/blog/2026-04-07-aws-lambda-vs-containers-cost-comparison", inputs: "226.8M requests of 200 ms, 256 MB, free tier", usage: perMonth(226.8*million, 200*time.Millisecond), memory: "256Mi", freeTier: true, lines: function, theirs: 228, within: cents,
			why: "it counts 227M requests, and $6.67 for the free tier"},
		{source: "AWS for Engineers", page: "https://awsforengineers.com/blog/aws-api-gateway-pricing-explained", inputs: "216M requests to an HTTP API", usage: perMonth(216*million, time.Millisecond), memory: "128Mi", lines: []string{"HTTP API requests"}, theirs: 216, within: cents},
		{source: "Appropri8", page: "https://appropri8-astro.pages.dev/tutorials/2025/12/02/deploying-simple-api-aws/page/7", inputs: "2M requests of 200 ms, 512 MB, HTTP API, free tier", usage: perMonth(2*million, 200*time.Millisecond), memory: "512Mi", freeTier: true, lines: append(function, "HTTP API requests"), theirs: 1.20, within: 1,
			why: "it counts a million calls of the API as free, which ends after 12 months"},
		{source: "CloudBurn, a cluster", page: "https://cloudburn.io/blog/amazon-eks-pricing", inputs: "an EKS control plane", usage: perMonth(million, time.Millisecond), memory: "512Mi", onKubernetes: true, lines: []string{"EKS control plane"}, theirs: 73, within: cents},
		{source: "CloudBurn, three", page: "https://cloudburn.io/blog/amazon-eks-pricing", inputs: "three control planes in extended support", usage: perMonth(million, time.Millisecond), memory: "512Mi", onKubernetes: true, extended: true, lines: []string{"EKS control plane", "EKS extended support"}, times: 3, theirs: 1314, within: cents},
	}
}

// ours is what ambi counts for the lines of a published bill.
func (p published) ours(t *testing.T) float64 {
	t.Helper()
	architecture := "x86_64"
	if p.arm {
		architecture = "arm64"
	}
	in := input(t, fmt.Sprintf(`apiVersion: ambi/v1
name: bill
services:
  api:
    image: 123456789012.dkr.ecr.us-east-1.amazonaws.com/bill:1
    cpu: 50m
    memory: %s
    http: {routes: [GET /]}
    lambda: {architecture: %s}
`, p.memory, architecture))
	in.Usage["api"] = p.usage
	in.Choices.FreeTier, in.Choices.Kubernetes.Extended = p.freeTier, p.extended
	r := run(t, in)
	side := r.Lambda
	if p.onKubernetes {
		side = r.Kubernetes
	}
	sum := 0.0
	for _, c := range side.Bill.Components {
		for _, line := range p.lines {
			if strings.HasPrefix(c.Name, line) && c.Category != cost.Idle && c.Cost != nil {
				sum += c.Cost.Dollars()
			}
		}
	}
	return sum * max(1, p.times)
}

const (
	publishedPage  = "../docs/published.md"
	publishedBegin = "<!-- bills -->\n"
	publishedEnd   = "<!-- end of bills -->"
)

// TestPublishedBills prices what others published, holds our figures to theirs, and the
// table in docs to both.
func TestPublishedBills(t *testing.T) {
	var table strings.Builder
	table.WriteString("| published by | inputs | theirs | ours | ratio | why it differs |\n|---|---|--:|--:|--:|---|\n")
	for _, p := range publishedBills() {
		ours := p.ours(t)
		ratio := ours / p.theirs
		if math.Abs(ratio-1) > p.within {
			t.Errorf("%s: %.4f, and %.4f was published: a ratio of %.3f", p.source, ours, p.theirs, ratio)
		}
		why := p.why
		if why == "" {
			why = "it does not"
		}
		money := func(x float64) string {
			if x < 1 {
				return fmt.Sprintf("$%.3f", x)
			}
			return fmt.Sprintf("$%.2f", x)
		}
		fmt.Fprintf(&table, "| [%s](%s) | %s | %s | %s | %.3f | %s |\n", p.source, p.page, p.inputs, money(p.theirs), money(ours), ratio, why)
	}
	text, err := os.ReadFile(publishedPage)
	if err != nil {
		t.Fatal(err)
	}
	before, rest, _ := strings.Cut(string(text), publishedBegin)
	_, after, found := strings.Cut(rest, publishedEnd)
	if !found {
		t.Fatalf("%s has no table", publishedPage)
	}
	want := before + publishedBegin + table.String() + publishedEnd + after
	if *update {
		if err := os.WriteFile(publishedPage, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
	} else if want != string(text) {
		t.Errorf("%s is stale; run: go test ./compare -run TestPublishedBills -update", publishedPage)
	}
}
