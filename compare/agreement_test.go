package compare_test

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"ambi/compare"
	"ambi/compare/demand"
	"ambi/compare/price"
	"ambi/compare/price/cost"
	"ambi/compare/simulate"
	"ambi/compare/simulate/replay"
	"ambi/spec"
	"ambi/target"
)

// steadily simulates an input's service under steady traffic for a while. The
// two inputs are of the same traffic: one by averages, one by what was found.
func steadily(t *testing.T, in compare.Input, span time.Duration) (averages, simulated compare.Input) {
	t.Helper()
	const service = "api"
	u := in.Usage[service]
	r, err := simulate.Run(context.Background(), simulate.Input{
		Resolved: in.Resolved, Usage: u, Choices: in.Choices, Catalog: in.Catalog, Settings: simulate.DefaultSettings(),
	}, made(t, u, span))
	if err != nil {
		t.Fatal(err)
	}
	u.Requests = demand.Known(r.Trace.Mean * demand.SecondsPerMonth)
	in.Usage = map[string]demand.Usage{service: u}
	simulated = in
	simulated.Behavior = r
	return in, simulated
}

// TestOneSizeForAveragesAndSimulation has an autoscaler that watches requests, and
// pods that use more CPU than they request: nodes have it to give.
func TestOneSizeForAveragesAndSimulation(t *testing.T) {
	in := input(t, `apiVersion: ambi/v1
name: shop
services:
  api:
    image: 123456789012.dkr.ecr.us-east-1.amazonaws.com/shop:1.0.0
    http: {routes: [GET /]}
    cpu: 100m
    memory: 8Gi
    concurrency: 500
    scale: {min: 2, max: 40, requests: 100/s}
    kubernetes: {metric: http_requests_per_second}
usage: {requests: 50/s, duration: 100ms, cpuTime: 50ms, shape: steady, startTime: 1s}
`)
	averages, simulated := steadily(t, in, 10*time.Minute)
	a, s := run(t, averages), run(t, simulated)
	if n, _ := a.Services[0].Kubernetes.Peak.Get(); n != 2 || a.Services[0].Kubernetes.DecidedBy != cost.ByMinimum {
		t.Errorf("by averages: %+v", a.Services[0].Kubernetes)
	}
	if n, _ := s.Services[0].Kubernetes.Peak.Get(); n != 2 || s.Simulation.Kubernetes.Outcomes[replay.Served] != s.Simulation.Kubernetes.Requests {
		t.Errorf("simulated: %+v", s.Services[0].Kubernetes)
	}
	if apart := apartBy(*a.Kubernetes.Bill.Total, *s.Kubernetes.Bill.Total); apart > .001 {
		t.Errorf("%s by averages, %s simulated", a.Kubernetes.Bill.Total, s.Kubernetes.Bill.Total)
	}
}

// apartBy is by which part two amounts differ.
func apartBy(a, b price.USD) float64 {
	return math.Abs(a.Dollars()-b.Dollars()) / max(a.Dollars(), b.Dollars())
}

// steady draws one service with steady traffic, as people write them.
func (d draw) steady() string {
	pick := func(list ...string) string { return list[d.IntN(len(list))] }
	cpu := time.Duration(d.between(float64(100*time.Microsecond), float64(200*time.Millisecond))).Round(time.Microsecond)
	waits := time.Duration(d.between(float64(time.Millisecond), float64(time.Second))).Round(time.Microsecond)
	scale := fmt.Sprintf("min: %d, max: %d", 1+d.IntN(4), 10+d.IntN(200))
	kubernetes := ""
	switch d.IntN(4) {
	case 0:
		scale += fmt.Sprintf(", requests: %d/s", 1+d.IntN(200))
		kubernetes = "kubernetes: {metric: http_requests_per_second}"
	case 1:
		scale = fmt.Sprintf("min: 0, max: %d, requests: %d/s", 10+d.IntN(200), 1+d.IntN(200))
		kubernetes = "kubernetes: {scaleToZero: {keda: {prometheus: \"http://prometheus:9090\", query: \"sum(rate(requests[1m]))\"}}}"
	default:
		scale += fmt.Sprintf(", cpu: %d", 30+d.IntN(61))
	}
	lambda := "architecture: " + pick("arm64", "x86_64")
	if d.IntN(6) == 0 {
		lambda += fmt.Sprintf(", provisioned: %d", 1+d.IntN(20))
	}
	return fmt.Sprintf(`apiVersion: ambi/v1
name: drawn
services:
  api:
    image: 123456789012.dkr.ecr.us-east-1.amazonaws.com/drawn:1.0.0
    http: {routes: [GET /]}
    cpu: %s
    memory: %s
    timeout: 30s
    concurrency: %d
    scale: {%s}
    lambda: {%s}
    %s
usage: {requests: %.3f/s, duration: %s, cpuTime: %s, shape: steady, startTime: %s}
`, pick("100m", "250m", "500m", "1", "2"), pick("256Mi", "512Mi", "1Gi", "2Gi", "4Gi", "8Gi"), d.whole(1, 500), scale, lambda, kubernetes,
		d.between(.02, 60), spec.Duration(cpu+waits), spec.Duration(cpu), spec.Duration(time.Duration(d.IntN(3000))*time.Millisecond))
}

func (d draw) perimeter() cost.Choices {
	c := cost.Defaults()
	switch d.IntN(5) {
	case 0:
		c.Kubernetes.OnFargate()
	case 1:
		c.Kubernetes.Shared = .1
	}
	return c
}

// disagreement is a cause for which a simulation's bill may differ from that of
// averages by more than a tenth, even under steady traffic.
type disagreement struct {
	cause  string
	target spec.Target
	holds  func(averages, simulated compare.Service) bool
	// example shows it: keys of the service, and its usage. With the change it is
	// gone.
	example, from, to string
}

// disagreements are all of them.
func disagreements() []disagreement {
	return []disagreement{
		{
			"scale.max allows fewer replicas than serve the traffic: averages price what serves", spec.Kubernetes,
			func(a, _ compare.Service) bool { return a.Kubernetes.Peak.Or(0) > a.Kubernetes.Max },
			"cpu: 500m, scale: {max: 10, cpu: 70}, usage: {requests: 50/s, duration: 300ms, cpuTime: 200ms}", "max: 10", "max: 40",
		},
		{
			"the autoscaler does not watch what saturates: averages price what serves", spec.Kubernetes,
			func(a, _ compare.Service) bool {
				return a.Kubernetes.DecidedBy == cost.ByConcurrency || a.Kubernetes.DecidedBy == cost.BySaturation
			},
			"cpu: 500m, concurrency: 1, scale: {min: 1, max: 100, cpu: 70}, usage: {requests: 20/s, duration: 1s, cpuTime: 5ms}", "min: 1", "min: 30",
		},
		{
			"chance: readings differ by more than the autoscaler's tolerance, and it keeps the highest of five minutes'", spec.Kubernetes,
			func(a, s compare.Service) bool {
				// Requests come at random, and what each takes varies as much as its mean:
				// three deviations of a reading, of half a minute, against a tenth.
				requests := a.Usage.Requests.Or(0) / demand.SecondsPerMonth * 30
				return 3*math.Sqrt(2/requests) > .1 && s.Kubernetes.Mean.Or(0) > a.Kubernetes.Mean.Or(0)
			},
			"cpu: 100m, memory: 4Gi, scale: {min: 1, max: 100, cpu: 40}, usage: {requests: 3/s, duration: 201ms, cpuTime: 200ms}",
			"requests: 3/s, duration: 201ms, cpuTime: 200ms", "requests: 150/s, duration: 5ms, cpuTime: 4ms",
		},
	}
}

// agree compares both ways of reckoning, and tells by how much they are apart.
func agree(t *testing.T, in compare.Input) (averages, simulated compare.Service, apart target.Pair[float64]) {
	t.Helper()
	one, other := steadily(t, in, 2*time.Hour)
	a, s := run(t, one), run(t, other)
	return a.Services[0], s.Services[0], target.PairOf(func(t spec.Target) float64 {
		return apartBy(*a.Of(t).Bill.Total, *s.Of(t).Bill.Total)
	})
}

// far is when two bills count as apart.
const far = .1

// TestAveragesAndSimulationAgree draws services with steady traffic: both ways of
// reckoning come to the same bills, but for the causes that are listed.
func TestAveragesAndSimulationAgree(t *testing.T) {
	cases := 200
	if testing.Short() {
		cases = 20
	}
	excused := map[string]int{}
	for i := range cases {
		d := draw{rand.New(rand.NewPCG(21, uint64(i)))}
		text := d.steady()
		in := input(t, text)
		in.Choices = d.perimeter()
		in.Usage["api"] = withStart(in.Usage["api"], in)
		mustAgree(t, fmt.Sprintf("case %d: %s%+v", i, text, in.Choices.Kubernetes), in, excused)
	}
	t.Logf("%d cases, of two bills each; apart by more than a tenth: %v", cases, excused)
}

// mustAgree requires that both ways of reckoning agree, but for causes, which it counts.
func mustAgree(t *testing.T, what string, in compare.Input, excused map[string]int) {
	t.Helper()
	a, s, apart := agree(t, in)
targets:
	for _, target := range spec.Targets() {
		if apart.Of(target) <= far {
			continue
		}
		for _, x := range disagreements() {
			if x.target == target && x.holds(a, s) {
				excused[x.cause]++
				continue targets
			}
		}
		t.Errorf("%s: apart by %.2f: averages %+v, simulation %+v, of\n%s", target, apart.Of(target), a.Alone, s.Alone, what)
	}
}

// withStart completes a usage, and leaves its start as the spec says.
func withStart(u demand.Usage, in compare.Input) demand.Usage {
	u = complete(u)
	u.Start = compare.UsageOf(in.Resolved.App)["api"].Start
	return u
}

// TestDisagreements shows each cause, and that nothing but it is the cause.
func TestDisagreements(t *testing.T) {
	for _, x := range disagreements() {
		text := fmt.Sprintf(`{apiVersion: ambi/v1, name: shop, services: {api: {
  image: 123456789012.dkr.ecr.us-east-1.amazonaws.com/shop:1.0.0, http: {routes: [GET /]}, timeout: 20s, %s}}}`, x.example)
		for _, mended := range []bool{false, true} {
			if mended {
				text = strings.Replace(text, x.from, x.to, 1)
			}
			text := strings.Replace(text, "usage: {", "usage: {shape: steady, ", 1)
			if !strings.Contains(text, "startTime") {
				text = strings.Replace(text, "usage: {", "usage: {startTime: 1s, ", 1)
			}
			in := input(t, text)
			in.Usage["api"] = withStart(in.Usage["api"], in)
			a, s, apart := agree(t, in)
			if got := apart.Of(x.target); (got > far) == mended || !mended && !x.holds(a, s) {
				t.Errorf("%s: mended %v, apart by %.2f: averages %+v, simulation %+v", x.cause, mended, got, a.Kubernetes, s.Kubernetes)
			}
		}
	}
}

// ofMessages draws a service that messages start, at a steady rate.
func (d draw) ofMessages() string {
	pick := func(list ...string) string { return list[d.IntN(len(list))] }
	cpu := time.Duration(d.between(float64(100*time.Microsecond), float64(200*time.Millisecond))).Round(time.Microsecond)
	waits := time.Duration(d.between(float64(time.Millisecond), float64(time.Second))).Round(time.Microsecond)
	concurrency := d.whole(1, 50)
	return fmt.Sprintf(`apiVersion: ambi/v1
name: drawn
data: {jobs: {queue: {}}}
services:
  api:
    image: 123456789012.dkr.ecr.us-east-1.amazonaws.com/drawn:1.0.0
    queue: {from: jobs}
    cpu: %s
    memory: %s
    timeout: 30s
    concurrency: %d
    scale: {min: %d, max: %d, backlog: %d}
    lambda: {architecture: %s}
    kubernetes: {identity: pod-identity}
    usage: {requests: %.3f/s, duration: %s, cpuTime: %s, shape: steady, startTime: %s}
`, pick("100m", "250m", "500m", "1"), pick("256Mi", "512Mi", "1Gi", "2Gi"), concurrency, d.IntN(3), 50+d.IntN(50), 1+d.IntN(concurrency),
		pick("arm64", "x86_64"), d.between(.02, 60), spec.Duration(cpu+waits), spec.Duration(cpu), spec.Duration(time.Duration(d.IntN(3000))*time.Millisecond))
}

// TestAveragesAndSimulationOfMessagesAgree draws queues at a steady rate: both ways of reckoning
// come to the same bills within a tenth, but for the causes that are listed. What differs by chance
// is the number of messages in progress, which the autoscaler keeps the highest of.
func TestAveragesAndSimulationOfMessagesAgree(t *testing.T) {
	cases := 60
	if testing.Short() {
		cases = 10
	}
	excused := map[string]int{}
	for i := range cases {
		d := draw{rand.New(rand.NewPCG(23, uint64(i)))}
		text := d.ofMessages()
		in := input(t, text)
		in.Choices = d.perimeter()
		in.Usage["api"] = withStart(in.Usage["api"], in)
		a, s, apart := agree(t, in)
	targets:
		for _, target := range spec.Targets() {
			if apart.Of(target) <= far {
				continue
			}
			for _, x := range disagreements()[:2] {
				if x.target == target && x.holds(a, s) {
					excused[x.cause]++
					continue targets
				}
			}
			progress := a.Usage.Requests.Or(0) / demand.SecondsPerMonth * a.Usage.Duration.Or(0).Seconds()
			if target == spec.Kubernetes && a.Kubernetes.Min == 0 && progress < 1 {
				excused["KEDA looks every 30 s, and takes a queue for idle in which it happens to find no message for five minutes"]++
				continue
			}
			if target == spec.Kubernetes && 3/math.Sqrt(progress) > .1 && s.Kubernetes.Mean.Or(0) > a.Kubernetes.Mean.Or(0) {
				excused["chance"]++
				continue
			}
			t.Errorf("case %d, %s: apart by %.2f: averages %+v, simulation %+v, of\n%s%+v", i, target, apart.Of(target), a.Alone, s.Alone, text, in.Choices.Kubernetes)
		}
	}
	t.Logf("%d cases, of two bills each; apart by more than a tenth: %v", cases, excused)
}
