package compare_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"math/big"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"ambi/compare"
	"ambi/compare/demand"
	"ambi/compare/price"
	"ambi/compare/price/cost"
	"ambi/spec"
)

// draw draws inputs over all that is accepted: of each range the ends, and what
// lies between them by its logarithm.
type draw struct{ *rand.Rand }

// between is a number from low to high; low may be zero.
func (d draw) between(low, high float64) float64 {
	switch d.IntN(8) {
	case 0:
		return low
	case 1:
		return high
	}
	from := math.Max(low, math.Min(1, high*1e-9))
	return from * math.Pow(high/from, d.Float64())
}

func (d draw) whole(low, high float64) int {
	return int(math.Round(d.between(low, high)))
}

func (d draw) length(low, high time.Duration) time.Duration {
	return time.Duration(min(d.between(float64(low), float64(high)), float64(high)))
}

func (d draw) chance() bool { return d.IntN(2) == 0 }

func (d draw) usage() demand.Usage {
	size := func() demand.Maybe[int64] { return demand.Known(int64(d.between(0, spec.MaxUsageBytes))) }
	u := demand.Usage{
		Requests: demand.Known(math.Round(d.between(1, 1e6*demand.SecondsPerMonth))),
		Duration: demand.Known(d.length(1, spec.MaxUsageTime.Std())),
		Request:  size(), Response: size(), Log: size(), Outbound: size(),
		Start: demand.Known(d.length(0, spec.MaxUsageTime.Std())),
		Shape: []spec.Shape{spec.Steady, spec.Diurnal, spec.Bursty, spec.Sporadic}[d.IntN(4)],
	}
	u.CPUTime = demand.Known(d.length(0, u.Duration.Or(0)))
	if waits := u.Duration.Or(0) - u.CPUTime.Or(0); waits > 0 && d.IntN(3) == 0 {
		tail := min(spec.MaxUsageTime.Std()-u.CPUTime.Or(0), waits*time.Duration(d.whole(1, spec.MaxTail)))
		u.Quantiles = demand.Known(spec.Quantiles{P50: spec.Duration(u.Duration.Or(0)), P99: spec.Duration(u.CPUTime.Or(0) + tail)})
	}
	switch u.Shape {
	case spec.Steady: // has no peak
	case spec.Diurnal:
		u.PeakToMean = demand.Known(d.between(1, spec.MaxDiurnalPeak))
	case spec.Bursty, spec.Sporadic:
		u.PeakToMean = demand.Known(d.between(1, 1e5))
		longest := min(spec.MaxBurst.Std(), time.Duration(.5*float64(spec.MaxCycle)/u.PeakToMean.Or(1)))
		u.Burst = demand.Known(d.length(spec.MinBurst.Std(), longest))
	}
	return u
}

func (d draw) choices() cost.Choices {
	c := cost.Defaults()
	const month = 744 * time.Hour
	c.FreeTier, c.Logs, c.Egress = d.chance(), d.chance(), d.chance()
	if d.IntN(4) == 0 {
		c.Elsewhere = map[string]float64{"lambda.requests": d.between(0, 1e15), "egress.internet": d.between(0, 1e15)}
	}
	c.Lambda.FunctionURL = d.chance()
	c.Lambda.KeepAlive = spec.Duration(d.length(time.Millisecond, month))
	if d.chance() {
		c.Lambda.NATGateways = demand.Known(d.whole(0, 1000))
	}
	k := &c.Kubernetes
	if d.IntN(3) == 0 {
		k.OnFargate()
	} else {
		k.AutoMode = d.chance()
	}
	k.MinNodes, k.ForPeak, k.Extended = d.whole(0, 1000), d.chance(), d.chance()
	k.ScaleIn = spec.Duration(d.length(0, month))
	if d.IntN(3) == 0 {
		k.Shared = d.between(1e-3, 1)
	}
	k.NATGateways, k.PublicNodes, k.Zones, k.DiskGB = d.whole(0, 1000), d.chance(), 1+d.IntN(6), d.whole(0, 16384)
	if k.Compute == cost.Fargate {
		k.OnFargate() // behind one NAT gateway at least
	}
	k.RequestsPerConnection, k.ConnectionTime = d.between(1, 1e9), spec.Duration(d.length(0, month))
	k.CrossZone = d.between(0, 1)
	return c
}

// app is a spec of one service or two.
func (d draw) app() string {
	text := "apiVersion: ambi/v1\nname: drawn\ntargets: [lambda, kubernetes]\nservices:\n"
	for i := range 1 + d.IntN(5)/4 {
		text += fmt.Sprintf("  s%d: {image: \"123456789012.dkr.ecr.us-east-1.amazonaws.com/s:1\", cpu: %dm, memory: %dMi, concurrency: %d, http: {routes: [\"GET /%d\"]}, scale: {max: 1000, cpu: %d}, lambda: {provisioned: %d}}\n",
			i, d.whole(1, 16000), d.whole(128, 10240), d.whole(1, 1000), i, d.whole(1, 100), d.IntN(2)*d.whole(1, 1000))
	}
	return text
}

func (d draw) changes() (changes []price.Change) {
	const dollar = 1e12 // of a price for a unit
	for _, key := range []string{"lambda.requests", "nat.hours", "alb.lcu", "ec2.m7i.large", "eks.auto", "egress.internet"} {
		if d.IntN(6) == 0 {
			changes = append(changes, price.Change{Key: key, Price: price.PerUnit(d.between(0, float64(price.MaxPerUnit)))})
		}
	}
	for _, service := range []string{"lambda", "ec2", "logs"} {
		if d.IntN(6) == 0 {
			changes = append(changes, price.Change{Service: service, Percent: price.PerUnit(d.between(0, 100) * dollar)})
		}
	}
	return changes
}

// TestAnyInput compares under inputs drawn from all that is accepted. Each
// comparison is refused with a reason, or its totals are the exact sums of their
// lines and no amount in it is negative or above price.Most.
func TestAnyInput(t *testing.T) {
	cases := 400
	if testing.Short() {
		cases = 40
	}
	book, err := price.Embedded()
	if err != nil {
		t.Fatal(err)
	}
	var priced, refused, unable int
	for i := range cases {
		d := draw{rand.New(rand.NewPCG(11, uint64(i)))}
		text := d.app()
		in := input(t, text)
		var err error
		if in.Sheet, err = book.In("us-east-1", d.changes()...); err != nil {
			t.Fatal(err)
		}
		in.Usage = map[string]demand.Usage{}
		// Most draws of all ranges cost too much: small ones in half of the cases.
		for _, name := range in.Resolved.Services() {
			u := d.usage()
			if d.chance() {
				u.Requests = demand.Known(math.Round(d.between(1, 1e6)))
			}
			in.Usage[name] = u
		}
		in.Choices = d.choices()
		r, err := compare.Compare(in)
		var excess *cost.Excess
		switch {
		case errors.As(err, &excess):
			if excess.Component == "" || excess.Formula == "" {
				t.Errorf("case %d: refused without a reason: %v", i, err)
			}
			refused++
			continue
		case err != nil: // a pod that no node holds, and the like
			unable++
			continue
		}
		priced++
		if problem := unsound(r); problem != "" {
			written, _ := json.Marshal(in.Usage)
			chosen, _ := json.Marshal(in.Choices)
			t.Errorf("case %d: %s\n%s\n%s\n%s", i, problem, text, written, chosen)
		}
	}
	t.Logf("%d cases: %d priced, %d refused as too much, %d with choices that do not go together", cases, priced, refused, unable)
	if priced < cases/4 || refused < cases/10 {
		t.Errorf("of %d cases %d were priced and %d refused", cases, priced, refused)
	}
}

// unsound is what is wrong with a comparison's amounts.
func unsound(r compare.Result) string {
	bad := func(amounts ...price.USD) bool {
		for _, u := range amounts {
			if u < 0 || u > price.Most {
				return true
			}
		}
		return false
	}
	for _, side := range []compare.Side{r.Lambda, r.Kubernetes} {
		if side.Bill == nil && side.Unpriced != "" {
			continue // refused for another reason
		}
		if side.Bill.Total == nil {
			return fmt.Sprintf("%s has no total, and %v is missing", side.Bill.Target, side.Bill.Missing)
		}
		sum := new(big.Int)
		for _, c := range side.Bill.Components {
			if c.Cost == nil || bad(*c.Cost) || !(*c.Quantity >= 0) || *c.Quantity > price.MaxUnits {
				return fmt.Sprintf("%s: %+v", c.Name, c)
			}
			sum.Add(sum, big.NewInt(int64(*c.Cost)))
		}
		if !sum.IsInt64() || sum.Int64() != int64(*side.Bill.Total) {
			return fmt.Sprintf("%s: the total is %v, and the sum of its lines %v", side.Bill.Target, *side.Bill.Total, sum)
		}
	}
	for i, p := range r.BreakEven.Points {
		if bad(p.Lambda, p.Kubernetes, p.LambdaLow, p.LambdaHigh, p.KubernetesLow, p.KubernetesHigh) ||
			p.LambdaLow > p.Lambda || p.Lambda > p.LambdaHigh || p.KubernetesLow > p.Kubernetes || p.Kubernetes > p.KubernetesHigh {
			return fmt.Sprintf("point %d: %+v", i, p)
		}
	}
	for _, x := range r.BreakEven.Crossings {
		if bad(x.Lambda, x.Kubernetes, x.Before.Lambda, x.Before.Kubernetes, x.LambdaDriver.Cost, x.KubernetesDriver.Cost, x.Cause.Cost) {
			return fmt.Sprintf("crossing %+v", x)
		}
	}
	for _, band := range r.BreakEven.Bands {
		for _, x := range append(band.Below, band.Above...) {
			if bad(x.Lambda, x.Kubernetes, x.Before.Lambda, x.Before.Kubernetes) {
				return fmt.Sprintf("band %s: %+v", band.Input, x)
			}
		}
	}
	for _, a := range r.Alternatives {
		if bad(a.Lambda, a.Kubernetes) {
			return fmt.Sprintf("alternative %+v", a)
		}
	}
	for _, s := range r.Services {
		for _, u := range []*price.USD{s.Alone.Lambda, s.Alone.Kubernetes} {
			if u != nil && bad(*u) {
				return fmt.Sprintf("%s alone: %v", s.Name, *u)
			}
		}
	}
	return ""
}

// TestTotals prices drawn workloads at growing numbers of requests. The total is
// the exact sum of its lines, or there is none; nothing is negative; and what
// requests alone drive never falls, nor does the whole of Kubernetes.
func TestTotals(t *testing.T) {
	cases := 20_000
	if testing.Short() {
		cases = 2_000
	}
	in := input(t, thumbs)
	book, err := price.Embedded()
	if err != nil {
		t.Fatal(err)
	}
	var counted, beyond int
	for i := range cases {
		d := draw{rand.New(rand.NewPCG(12, uint64(i)))}
		sheet, err := book.In("us-east-1", d.changes()...)
		if err != nil {
			t.Fatal(err)
		}
		resolved, err := d.usage().Resolve()
		if err != nil {
			t.Fatalf("case %d: %v", i, err)
		}
		resolved.Requests = demand.Known(1.0)
		w := cost.Workload{
			Name: "s", Traffic: resolved, Routes: d.whole(1, 1000), LogDays: d.whole(1, 3653), Alarms: 4,
			Function: cost.Function{MemoryMB: d.whole(128, 10240), Architecture: "x86_64", Provisioned: d.IntN(2) * d.whole(1, 1000), Secrets: d.whole(0, 10)},
			Pod:      cost.Pod{MilliCPU: d.whole(1, 8000), MemoryMiB: d.whole(1, 16384), Min: d.whole(0, 1000), Concurrency: d.whole(1, 1000), TargetPercent: d.whole(1, 100)},
		}
		app, choices := cost.App{Workloads: []cost.Workload{w}, Secrets: 1, VPC: d.chance()}, d.choices()
		lambda, err := cost.Lambda(sheet, app, choices)
		if err != nil {
			t.Fatalf("case %d: %v", i, err)
		}
		models := []*cost.Model{lambda}
		// Some prices and pods do not go with some choices.
		if kubernetes, err := cost.Kubernetes(sheet, in.Catalog, app, choices); err == nil {
			models = append(models, kubernetes)
		}
		for _, m := range models {
			var before []price.USD
			last := price.USD(0)
			for _, requests := range []float64{1, 1e3, math.Round(d.between(1e3, 1e9)), 1e9, 1e11, 1e6 * demand.SecondsPerMonth, 1e7 * demand.SecondsPerMonth} {
				total, known := m.Total(requests)
				costs := m.Costs(requests, nil)
				sum := new(big.Int)
				for n, c := range costs {
					name, category := m.Name(n)
					if c < 0 || c > price.Beyond {
						t.Fatalf("case %d: %s costs %v at %v requests", i, name, c, requests)
					}
					driven := m.Target == spec.Lambda && category != cost.Startup && category != cost.Idle && category != cost.Secrets &&
						!strings.Contains(name, "provisioned concurrency") && // which serves a part that falls
						name != "Access log of the API, ingestion" // which shares the tiers of the app's own logs
					if driven && before != nil && c < before[n] {
						t.Fatalf("case %d: %s falls from %v to %v at %v requests", i, name, before[n], c, requests)
					}
					sum.Add(sum, big.NewInt(int64(c)))
				}
				before = costs
				if known != (sum.Cmp(big.NewInt(int64(price.Most))) <= 0) || known && sum.Int64() != int64(total) || !known && total != price.Beyond {
					t.Fatalf("case %d: %s: the total is %v (%v) at %v requests, the sum of its lines %v", i, m.Target, total, known, requests, sum)
				}
				if m.Target == spec.Kubernetes && total < last-price.USD(len(costs)) { // each line is rounded
					t.Fatalf("case %d: Kubernetes falls from %v to %v at %v requests", i, last, total, requests)
				}
				last = total
				if known {
					counted++
				} else {
					beyond++
				}
			}
		}
	}
	t.Logf("%d cases: %d totals, %d beyond what is counted", cases, counted, beyond)
	if counted < cases || beyond < cases {
		t.Error("the draws are too narrow")
	}
}

// The commands that wrapped: each has an exact total, or is refused by the
// component that is too much.
func TestTotalsThatWrapped(t *testing.T) {
	in := input(t, thumbs)
	u := complete(in.Usage["api"])
	const perSecond = demand.SecondsPerMonth
	for name, c := range map[string]struct {
		change func(*demand.Usage)
		refuse string
	}{
		"log size": {func(u *demand.Usage) { u.Requests, u.Log = demand.Known(1e4*perSecond), demand.Known[int64](10<<30) }, "Logs, ingestion"},
		"1M/s, CPU time": {func(u *demand.Usage) {
			u.Requests, u.Duration, u.CPUTime = demand.Known(1e6*perSecond), demand.Known(15*time.Minute), demand.Known(15*time.Minute)
		}, "Lambda duration, arm64"},
		"100k/s, CPU time": {func(u *demand.Usage) {
			u.Requests, u.Duration, u.CPUTime = demand.Known(1e5*perSecond), demand.Known(15*time.Minute), demand.Known(15*time.Minute)
		}, "Lambda duration, arm64"},
		"response size": {func(u *demand.Usage) { u.Response = demand.Known[int64](2 << 30) }, ""},
		// 3 M requests of 2 GiB at $.05 to $.09: between $300,000 and $540,000.
	} {
		changed := u
		c.change(&changed)
		in.Usage["api"] = changed
		r, err := compare.Compare(in)
		var excess *cost.Excess
		switch {
		case c.refuse != "":
			if !errors.As(err, &excess) || excess.Component != c.refuse || len(excess.Inputs) == 0 {
				t.Errorf("%s: got %v", name, err)
			}
		case err != nil:
			t.Errorf("%s: %v", name, err)
		default:
			if problem := unsound(r); problem != "" {
				t.Errorf("%s: %s", name, problem)
			}
			if total := *r.Lambda.Bill.Total; total < 300_000*price.Dollar || total > 540_000*price.Dollar {
				t.Errorf("%s: %v", name, total)
			}
			if len(r.BreakEven.Crossings) > 0 {
				t.Errorf("%s: crossings %+v", name, r.BreakEven.Crossings)
			}
			end := r.BreakEven.Points[len(r.BreakEven.Points)-1]
			if end.Requests > 1e10 || end.LambdaHigh < price.Most/2 {
				t.Errorf("%s: the curve ends at %+v", name, end)
			}
		}
	}
}

// A curve that ends early, or before ten times the requests, tells no headroom.
func TestHeadroomBeyondTheCurve(t *testing.T) {
	headroom := func(u demand.Usage) compare.Figure {
		in := input(t, thumbs)
		in.Usage["api"] = u
		for _, f := range run(t, in).Figures(nil) {
			if f.Name == "headroom" {
				return f
			}
		}
		t.Fatal("no headroom")
		return compare.Figure{}
	}
	u := complete(input(t, thumbs).Usage["api"])
	u.Response = demand.Known[int64](2 << 30)
	if f := headroom(u); !f.Known || !math.IsInf(f.Value, 1) {
		t.Errorf("a curve to a thousand times the requests: %+v", f)
	}
	u.Requests = demand.Known(3e9) // half a billion dollars
	if f := headroom(u); f.Known {
		t.Errorf("a curve that ends below ten times the requests: %+v", f)
	}
	u = complete(input(t, thumbs).Usage["api"])
	u.Requests = demand.Known(1e6 * demand.SecondsPerMonth)
	if f := headroom(u); !f.Known {
		t.Errorf("requests above 100G a month: %+v", f)
	}
}
