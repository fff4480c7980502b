package compare_test

import (
	"cmp"
	"fmt"
	"math"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"ambi/compare"
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
	pod          string // its cpu and memory, where they matter
	choose       func(*cost.Choices)
	idle         bool    // what idles counts too
	times        float64 // as many of what is priced
	theirs       float64
	within       float64 // the ratio lies so close to 1
	why          string
}

func perMonth(requests float64, duration time.Duration) demand.Usage {
	return demand.Usage{
		Requests: demand.Known(requests), Duration: demand.Known(duration), CPUTime: demand.Known(time.Duration(0)),
		Request: demand.Known[int64](0), Response: demand.Known[int64](0), Log: demand.Known[int64](0), Outbound: demand.Known[int64](0),
		Start: demand.Known(time.Duration(0)), Shape: spec.Steady,
	}
}

func publishedBills() []published {
	function := []string{"Lambda requests", "Lambda duration"}
	const million = 1e6
	const cents = .01
	return []published{
		{
			source: "AWS, Lambda pricing, example 1", page: "https://aws.amazon.com/lambda/pricing/", inputs: "3M requests of 1 s, 512 MB, free tier", usage: perMonth(3*million, time.Second), memory: "512Mi", freeTier: true, lines: function, theirs: 18.74, within: cents,
			why: "AWS rounds its price to $0.00001667",
		},
		{source: "Leyaa", page: "https://leyaa.ai/codefly/learn/aws/part-2/aws-lambda-pricing-model/visualize", inputs: "3M requests of 200 ms, 512 MB, free tier", usage: perMonth(3*million, 200*time.Millisecond), memory: "512Mi", freeTier: true, lines: function, theirs: .40, within: cents},
		{source: "Keystone, x86", page: "https://keystone.page/blog/lambda-vs-fargate-cost-1m-requests", inputs: "1M requests of 200 ms, 512 MB", usage: perMonth(million, 200*time.Millisecond), memory: "512Mi", lines: function, theirs: 1.87, within: cents},
		{source: "Keystone, arm64", page: "https://keystone.page/blog/lambda-vs-fargate-cost-1m-requests", inputs: "the same on arm64", usage: perMonth(million, 200*time.Millisecond), memory: "512Mi", arm: true, lines: function, theirs: 1.53, within: cents},
		{source: "Karkala, 200 ms", page: "https://www.deepakkarkala.com/playbooks/aws-for-mlops/compute/compute_when_to_use_which", inputs: "1M requests of 200 ms, 1 GB", usage: perMonth(million, 200*time.Millisecond), memory: "1Gi", lines: function, theirs: 3.53, within: cents},
		{source: "Karkala, 1 s", page: "https://www.deepakkarkala.com/playbooks/aws-for-mlops/compute/compute_when_to_use_which", inputs: "1M requests of 1 s, 1 GB", usage: perMonth(million, time.Second), memory: "1Gi", lines: function, theirs: 16.87, within: cents},
		{source: "ADHDecode", page: "https://adhdecode-articles-2.pages.dev/articles/lambda/lambda-cost-calculation-breakdown/", inputs: "1M requests of 50 ms, 128 MB, duration alone", usage: perMonth(million, 50*time.Millisecond), memory: "128Mi", lines: []string{"Lambda duration"}, theirs: .104, within: cents},
		{
			source: "DevToCash", page: "https://devtocash.com/blog/2026-04-07-aws-lambda-vs-containers-cost-comparison", inputs: "226.8M requests of 200 ms, 256 MB, free tier", usage: perMonth(226.8*million, 200*time.Millisecond), memory: "256Mi", freeTier: true, lines: function, theirs: 228, within: cents,
			why: "it rounds to 227M requests, and the free tier to $6.67",
		},
		{source: "AWS for Engineers", page: "https://awsforengineers.com/blog/aws-api-gateway-pricing-explained", inputs: "216M requests to an HTTP API", usage: perMonth(216*million, time.Millisecond), memory: "128Mi", lines: []string{"HTTP API requests"}, theirs: 216, within: cents},
		{
			source: "Cracking Walnuts, a bill", page: "https://crackingwalnuts.com/architecture-decisions/serverless-vs-containers", inputs: "50M requests of 200 ms, 256 MB", usage: perMonth(50*million, 200*time.Millisecond), memory: "256Mi", lines: function, theirs: 83, within: .4,
			why: "it counts the duration of 512 MB, and no requests",
		},
		{source: "Furybee, a task", page: "https://infra.furybee.org/articles/serverless-vs-containers-cost", inputs: "half a vCPU and 1 GB on Fargate all month", usage: perMonth(0, time.Millisecond), memory: "128Mi", pod: "cpu: 500m, memory: 700Mi", choose: onlyPodsOnFargate, onKubernetes: true, idle: true, lines: []string{"Fargate"}, theirs: 18.02, within: cents},
		{source: "Furybee, a larger one", page: "https://infra.furybee.org/articles/serverless-vs-containers-cost", inputs: "1 vCPU and 2 GB on Fargate all month", usage: perMonth(0, time.Millisecond), memory: "128Mi", pod: "cpu: 1, memory: 1700Mi", choose: onlyPodsOnFargate, onKubernetes: true, idle: true, lines: []string{"Fargate"}, theirs: 36.04, within: cents},
		{source: "Furybee, a node", page: "https://infra.furybee.org/articles/serverless-vs-containers-cost", inputs: "an m6i.large all month", usage: perMonth(0, time.Millisecond), memory: "128Mi", choose: nodesOf("m6i.large", 1), onKubernetes: true, idle: true, lines: []string{"Nodes m6i.large"}, theirs: 70.08, within: cents},
		{source: "DevToCash, Fargate", page: "https://devtocash.com/blog/2026-04-07-aws-lambda-vs-containers-cost-comparison", inputs: "two tasks of 1 vCPU and 2 GB", usage: perMonth(0, time.Millisecond), memory: "128Mi", pod: "cpu: 1, memory: 1700Mi", choose: onlyPodsOnFargate, onKubernetes: true, idle: true, lines: []string{"Fargate"}, times: 2, theirs: 59.10 + 12.98, within: cents},
		{source: "CloudBurn, a cluster", page: "https://cloudburn.io/blog/amazon-eks-pricing", inputs: "an EKS control plane", usage: perMonth(million, time.Millisecond), memory: "512Mi", onKubernetes: true, lines: []string{"EKS control plane"}, theirs: 73, within: cents},
		{source: "CloudBurn, three", page: "https://cloudburn.io/blog/amazon-eks-pricing", inputs: "three control planes in extended support", usage: perMonth(million, time.Millisecond), memory: "512Mi", onKubernetes: true, extended: true, lines: []string{"EKS control plane", "EKS extended support"}, times: 3, theirs: 1314, within: cents},
	}
}

// input is a published bill's app.
func (p published) input(t *testing.T) compare.Input {
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
    kubernetes: {%s}
    scale: {max: 1000}
`, p.memory, architecture, cmp.Or(p.pod, "cpu: 50m")))
	in.Usage["api"] = p.usage
	in.Choices.FreeTier, in.Choices.Kubernetes.Extended = p.freeTier, p.extended
	if p.choose != nil {
		p.choose(&in.Choices)
	}
	return in
}

// ours is what ambi counts for the lines of a published bill.
func (p published) ours(t *testing.T) float64 {
	t.Helper()
	r := run(t, p.input(t))
	side := r.Lambda
	if p.onKubernetes {
		side = r.Kubernetes
	}
	sum := 0.0
	for _, c := range side.Bill.Components {
		for _, line := range p.lines {
			if strings.HasPrefix(c.Name, line) && (p.idle || c.Category != cost.Idle) && c.Cost != nil {
				sum += c.Cost.Dollars()
			}
		}
	}
	return sum * max(1, p.times)
}

// onlyPodsOnFargate leaves out what a cluster adds, such as its DNS.
func onlyPodsOnFargate(c *cost.Choices) {
	c.Kubernetes.OnFargate()
	c.Kubernetes.Shared = .001
}

func nodesOf(instance string, least int) func(*cost.Choices) {
	return func(c *cost.Choices) { c.Kubernetes.Instance, c.Kubernetes.MinNodes = instance, least }
}

// crossover is a break-even that somebody published, in requests a month, with the lines
// of ours that it counts on each side.
type crossover struct {
	published
	kubernetes []string
	low, high  float64
}

func publishedCrossovers() []crossover {
	const million, days = 1e6, 730. / 24
	function := []string{"Lambda requests", "Lambda duration"}
	rest := func(c *cost.Choices) { c.Lambda.Through(cost.RESTAPI) }
	both := func(changes ...func(*cost.Choices)) func(*cost.Choices) {
		return func(c *cost.Choices) {
			for _, change := range changes {
				change(c)
			}
		}
	}
	return []crossover{
		{
			published: published{
				source: "Cracking Walnuts", page: "https://crackingwalnuts.com/architecture-decisions/serverless-vs-containers", inputs: "200 ms, 256 MB, against a t3.medium",
				memory: "256Mi", lines: function, choose: nodesOf("t3.medium", 1),
				why: "a reserved one at the price that ours has on demand, and the duration of 512 MB without requests",
			},
			kubernetes: []string{"Nodes"}, low: 20 * million, high: 30 * million,
		},
		{
			published: published{
				source: "Fortem", page: "https://fortem.dev/blog/fargate-vs-lambda/", inputs: "200 ms behind a REST API, with logs, against a task on Fargate; 512 MB, and 1 vCPU with 2 GB, are what its figures come to",
				memory: "512Mi", pod: "cpu: 1, memory: 1700Mi", lines: append([]string{"REST API", "Logs", "Access log"}, function...), choose: both(rest, onlyPodsOnFargate),
				why: "within what was published",
			},
			kubernetes: []string{"Fargate"}, low: 6 * million, high: 8 * million,
		},
		{
			published: published{
				source: "Amit Divekar", page: "https://amitdevx.tech/blogs/aws-serverless-vs-kubernetes-benchmark", inputs: "a REST API and 512 MB, against EKS with three t3.medium; 100 ms is what its bills come to",
				memory: "512Mi", lines: append([]string{"REST API"}, function...), choose: both(rest, nodesOf("t3.medium", 3)),
				why: "its clusters grow to $580 at ten times the traffic, with databases on both sides, in Mumbai",
			},
			kubernetes: []string{"EKS control plane", "Nodes"}, low: 2 * million * days, high: 3 * million * days,
		},
	}
}

// crosses is where the lines of both sides meet, by bisection.
func (c crossover) crosses(t *testing.T) float64 {
	t.Helper()
	duration := 200 * time.Millisecond
	if strings.Contains(c.inputs, "100 ms") {
		duration = 100 * time.Millisecond
	}
	c.usage = perMonth(1e6, duration)
	in := c.input(t)
	traffic, err := c.usage.Resolve()
	if err != nil {
		t.Fatal(err)
	}
	app := cost.App{Workloads: []cost.Workload{cost.WorkloadOf(in.Resolved.Lambda.Services[0], in.Resolved.Kubernetes.Services[0], traffic)}}
	lambda, err := cost.Lambda(in.Sheet, app, in.Choices)
	if err != nil {
		t.Fatal(err)
	}
	kubernetes, err := cost.Kubernetes(in.Sheet, in.Catalog, app, in.Choices)
	if err != nil {
		t.Fatal(err)
	}
	sum := func(m *cost.Model, scale float64, lines []string) float64 {
		total := 0.0
		for _, component := range m.Bill(scale).Components {
			if slices.ContainsFunc(lines, func(line string) bool { return strings.HasPrefix(component.Name, line) }) {
				total += component.Cost.Dollars()
			}
		}
		return total
	}
	low, high := .01, 1e4 // millions
	for range 60 {
		middle := (low + high) / 2
		if sum(lambda, middle, c.lines) < sum(kubernetes, middle, c.kubernetes) {
			low = middle
		} else {
			high = middle
		}
	}
	return low * 1e6
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
	table.WriteString("\n| published by | inputs | their break-even | ours | ratio | why it differs |\n|---|---|--:|--:|--:|---|\n")
	for _, c := range publishedCrossovers() {
		ours := c.crosses(t)
		ratio := ours / ((c.low + c.high) / 2)
		if ratio < .3 || ratio > 1.2 {
			t.Errorf("%s: %.4g, and %.4g to %.4g was published", c.source, ours, c.low, c.high)
		}
		fmt.Fprintf(&table, "| [%s](%s) | %s | %.3gM to %.3gM | %.3gM | %.2f | %s |\n", c.source, c.page, c.inputs, c.low/1e6, c.high/1e6, ours/1e6, ratio, c.why)
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
