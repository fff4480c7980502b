package simulate_test

import (
	"context"
	"encoding/json"
	"errors"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"ambi/compare/demand"
	"ambi/compare/demand/trace"
	"ambi/compare/price"
	"ambi/compare/price/cost"
	"ambi/compare/price/nodes"
	"ambi/compare/simulate"
	"ambi/compare/simulate/replay"
	"ambi/internal/problem"
	"ambi/spec"
	"ambi/target"
)

const thumbs = `apiVersion: ambi/v1
name: thumbs
services:
  api:
    image: 123456789012.dkr.ecr.us-east-1.amazonaws.com/thumbs:1.4.2
    cpu: 500m
    memory: 512Mi
    concurrency: 10
    http: {routes: [POST /thumbnails]}
    scale: {min: 1, max: 50, cpu: 70}
`

// input is an app with a usage that says what requests ask for.
func input(t testing.TB, text string) simulate.Input {
	t.Helper()
	app, err := spec.Parse("app.yaml", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	catalog, err := nodes.Embedded()
	if err != nil {
		t.Fatal(err)
	}
	return simulate.Input{
		Resolved: target.Resolve(app), Choices: cost.Defaults(), Catalog: catalog, Settings: simulate.DefaultSettings(),
		Usage: demand.Usage{
			Duration: demand.Known(40 * time.Millisecond), CPUTime: demand.Known(12 * time.Millisecond), Start: demand.Known(120 * time.Millisecond),
		},
	}
}

// made is traffic of a shape.
func made(t *testing.T, perSecond float64, shape spec.Shape, span time.Duration, seed uint64) *trace.Synthetic {
	t.Helper()
	resolved, err := demand.Usage{Requests: demand.Known(perSecond * demand.SecondsPerMonth), Shape: shape}.Resolve()
	if err != nil {
		t.Fatal(err)
	}
	s, err := trace.Synthesize(resolved, span, seed)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func run(t *testing.T, in simulate.Input, source replay.Source) *simulate.Result {
	t.Helper()
	r, err := simulate.Run(context.Background(), in, source)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// ran are the targets that a result has.
func ran(r *simulate.Result) []*replay.Result {
	var list []*replay.Result
	for _, t := range spec.Targets() {
		if x := r.Of(t); x != nil {
			list = append(list, x)
		}
	}
	return list
}

// TestLaws holds what is true of every run, with settings drawn at random:
// requests are conserved, both targets see the same ones, and Little's law.
func TestLaws(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	shapes := []spec.Shape{spec.Steady, spec.Diurnal, spec.Bursty, spec.Sporadic}
	for i := range 24 {
		in := input(t, thumbs)
		in.Seed = random.Uint64()
		in.Variation = []float64{0, .5, 2}[random.IntN(3)]
		if i%3 == 0 {
			in.Usage.Quantiles = demand.Known(spec.Quantiles{P50: spec.Duration(40 * time.Millisecond), P99: spec.Duration(time.Duration(1+random.IntN(600)) * 40 * time.Millisecond)})
			usage, err := in.Usage.Derived()
			if err != nil {
				t.Fatal(err)
			}
			in.Usage = usage
		}
		in.Retry = random.IntN(2) == 0
		in.Concurrency = 1 + random.IntN(50)
		app, err := in.Resolved.App.With("services.api.scale.max", 1+random.IntN(20))
		if err != nil {
			t.Fatal(err)
		}
		in.Resolved = target.Resolve(app)
		rate := math.Pow(10, 2.5*random.Float64())
		span := time.Duration(10+random.IntN(50)) * time.Minute
		shape := shapes[i%len(shapes)]
		source := made(t, rate, shape, span, in.Seed)
		r, err := simulate.Run(context.Background(), in, source)
		if err != nil {
			if strings.Contains(err.Error(), "no request") {
				continue // a sporadic trace may have none
			}
			t.Fatal(err)
		}
		for _, x := range ran(r) {
			if err := x.Check(); err != nil {
				t.Errorf("%s, %s at %v/s: %v", x.Target, shape, rate, err)
			}
			if x.Requests != r.Trace.Requests {
				t.Errorf("%s: %d requests of a trace of %d", x.Target, x.Requests, r.Trace.Requests)
			}
			served := x.Of(replay.Answered)
			if served < 1000 || x.Of(replay.TimedOut)+x.Of(replay.Throttled)+x.Of(replay.Failed) > 0 {
				continue
			}
			// Requests in the system are their rate times their time in it.
			inside := x.Gauges[replay.InUse].Seconds + x.Gauges[replay.Queued].Seconds
			if sojourn := float64(x.Latency.Mean) / 1e9 * float64(x.Latency.Count); math.Abs(inside/sojourn-1) > .02 {
				t.Errorf("%s, %s at %v/s: %v request-seconds inside, and latencies sum up to %v", x.Target, shape, rate, inside, sojourn)
			}
		}
	}
}

// TestSameSeedSameBytes runs both targets twice, at the same time as something
// else would be: the order of goroutines must not show.
func TestSameSeedSameBytes(t *testing.T) {
	once := func(seed uint64) string {
		in := input(t, thumbs)
		in.Seed = seed
		r := run(t, in, made(t, 30, spec.Bursty, 2*time.Hour, seed))
		text, err := json.Marshal(r)
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}
	first := once(1)
	if again := once(1); again != first {
		t.Error("the same seed gives other figures")
	}
	if once(2) == first {
		t.Error("another seed gives the same figures")
	}
}

// TestRefusals gives a reason in place of a run.
func TestRefusals(t *testing.T) {
	in := input(t, strings.Replace(thumbs, "    concurrency: 10\n", "    concurrency: 10\n    timeout: 20m\n", 1))
	r := run(t, in, made(t, 1, spec.Steady, time.Hour, 1))
	if r.Lambda != nil || !strings.Contains(r.Refused[spec.Lambda], "timeout") {
		t.Errorf("a timeout of 20 minutes: %q", r.Refused[spec.Lambda])
	}
}

func TestMissing(t *testing.T) {
	in := input(t, thumbs)
	in.Usage = demand.Usage{CPUTime: demand.Known(time.Millisecond)}
	if got := simulate.Missing(in.Usage); !slices.Equal(got, []demand.Input{demand.Duration, demand.Start}) {
		t.Errorf("missing %v", got)
	}
	if _, err := simulate.Run(context.Background(), in, replay.Arrivals([]int64{1})); err == nil {
		t.Error("it ran without a duration")
	}
}

// TestTheClusterIsThereWhenATraceBegins serves steady traffic from its first
// second on: nobody waits for what had been there before.
func TestTheClusterIsThereWhenATraceBegins(t *testing.T) {
	r := run(t, input(t, thumbs), made(t, 200, spec.Steady, 20*time.Minute, 1))
	if k := r.Kubernetes; k.Of(replay.Answered)+k.InFlight != k.Requests || k.Latency.P99 > int64(time.Second) {
		t.Errorf("%d of %d were served, the 99th percentile in %s", k.Of(replay.Answered), k.Requests, time.Duration(k.Latency.P99))
	}
}

func TestSettingsAreChecked(t *testing.T) {
	s := simulate.Settings{Variation: -1, Placement: time.Hour, Concurrency: 0, Nodes: "magic", Until: -1, Budget: -1}
	err := s.Check()
	for _, name := range []string{"variation", "placement", "concurrency", "nodes", "until", "budget"} {
		if err == nil || !strings.Contains(err.Error(), name+": ") {
			t.Errorf("%s is not checked: %v", name, err)
		}
	}
	if usual := simulate.DefaultSettings(); usual.Check() != nil {
		t.Error(usual.Check())
	}
}

func TestServices(t *testing.T) {
	second := strings.NewReplacer("  api:", "  web:", "/thumbnails", "/").Replace(thumbs[strings.Index(thumbs, "  api:"):])
	two := thumbs + second
	in := input(t, two)
	source := func() replay.Source { return made(t, 1, spec.Steady, time.Minute, 1) }
	if _, err := simulate.Run(context.Background(), in, source()); err == nil || !strings.Contains(err.Error(), "hint: name one of api, web") {
		t.Errorf("got %v", err)
	}
	in.Service = "none"
	if _, err := simulate.Run(context.Background(), in, source()); err == nil || !strings.Contains(err.Error(), `no service "none"`) {
		t.Errorf("got %v", err)
	}
	in.Service = "web"
	if r := run(t, in, source()); r.Service != "web" {
		t.Errorf("ran %s", r.Service)
	}
}

// interrupted is a source that ends a context on its way.
type interrupted struct {
	replay.Source
	left   int
	cancel func()
}

func (s *interrupted) Next() (int64, bool) {
	if s.left--; s.left == 0 {
		s.cancel()
	}
	return s.Source.Next()
}

func TestInterrupted(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	r, err := simulate.Run(ctx, input(t, thumbs), &interrupted{made(t, 1000, spec.Steady, 24*time.Hour, 1), 1_000_000, cancel})
	if err != nil || !r.Partial {
		t.Fatalf("%v, partial: %t", err, r != nil && r.Partial)
	}
	for _, x := range ran(r) {
		if err := x.Check(); err != nil || x.Requests == 0 || x.Requests > 2_000_000 {
			t.Errorf("%s: %d requests, %v", x.Target, x.Requests, err)
		}
	}
}

// TestUntil: figures are of what was served, and not of what was read ahead.
func TestUntil(t *testing.T) {
	in := input(t, thumbs)
	in.Until = 20 * time.Second
	r := run(t, in, made(t, 400, spec.Steady, time.Minute, 1))
	for _, x := range ran(r) {
		if x.Requests == 0 || r.Trace.Requests != x.Requests {
			t.Errorf("%s: %d requests, and the figures are of %d", x.Target, x.Requests, r.Trace.Requests)
		}
	}
}

// A sampled run that is stopped is about the stretch of the trace that it passed,
// on the trace's own clock, and not about the shorter one that was simulated.
func TestInterruptedSample(t *testing.T) {
	const span = 10 * 24 * time.Hour
	source := func() *trace.Synthetic { return made(t, 50, spec.Diurnal, span, 1) }
	counts, err := replay.Count(context.Background(), source(), int64(span))
	if err != nil {
		t.Fatal(err)
	}
	in := input(t, thumbs)
	in.Budget = 2e6
	in.Plan = in.PlanFor(counts)
	figures := trace.Expected(counts.Minutes, span)
	in.Figures = &figures
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	const stop = 3 * 24 * time.Hour
	in.Progress = func(at time.Duration) {
		if at > stop {
			cancel()
		}
	}
	r, err := simulate.Run(ctx, in, source())
	if err != nil || !r.Partial {
		t.Fatalf("%v, partial: %t", err, r != nil && r.Partial)
	}
	if r.Trace.Span < stop || r.Trace.Span > span-24*time.Hour {
		t.Errorf("it was stopped after %s, and the trace is said to be %s long", stop, r.Trace.Span)
	}
	for _, x := range ran(r) {
		if passed := time.Duration(x.Span); !x.Partial || passed > r.Trace.Span || passed < r.Trace.Span-24*time.Hour {
			t.Errorf("%s passed %s of %s, partial: %t", x.Target, passed, r.Trace.Span, x.Partial)
		}
	}
	// Over whole days the mean is the whole trace's.
	if off := r.Trace.Mean/figures.Mean - 1; math.Abs(off) > .15 {
		t.Errorf("a mean of %v a second, and %v in all", r.Trace.Mean, figures.Mean)
	}
	if want := r.Trace.Mean * r.Trace.Span.Seconds(); math.Abs(want/float64(r.Trace.Requests)-1) > .01 {
		t.Errorf("%d requests at %v a second in %s", r.Trace.Requests, r.Trace.Mean, r.Trace.Span)
	}
}

type broken struct{ replay.Source }

func (broken) Err() error { return errors.New("broken") }

func TestSourceErrors(t *testing.T) {
	if _, err := simulate.Run(context.Background(), input(t, thumbs), broken{replay.Arrivals([]int64{1, 2})}); err == nil || !strings.Contains(err.Error(), "broken") {
		t.Errorf("got %v", err)
	}
	if _, err := simulate.Run(context.Background(), input(t, thumbs), replay.Arrivals(nil)); err == nil {
		t.Error("a trace without a request ran")
	}
}

func TestProgress(t *testing.T) {
	in := input(t, thumbs)
	var said []time.Duration
	in.Progress = func(at time.Duration) { said = append(said, at) }
	run(t, in, made(t, 1000, spec.Steady, 10*time.Minute, 1))
	if len(said) < 3 || !slices.IsSorted(said) || said[len(said)-1] > 10*time.Minute {
		t.Errorf("progress %v", said)
	}
}

// TestSampledIsNearExact compares costs and percentiles of a sampled run with
// those of the exact one.
func TestSampledIsNearExact(t *testing.T) {
	in := input(t, thumbs)
	source := func() *trace.Synthetic { return made(t, 8, spec.Diurnal, 4*24*time.Hour, 5) }
	exact := run(t, in, source())
	counts, err := replay.Count(context.Background(), source(), int64(4*24*time.Hour))
	if err != nil {
		t.Fatal(err)
	}
	in.Budget = 8e5
	if in.Plan = in.PlanFor(counts); in.Plan == nil {
		t.Fatal("nothing is sampled")
	}
	figures := trace.Expected(counts.Minutes, 4*24*time.Hour)
	in.Figures = &figures
	sampled := run(t, in, source())
	near := func(what string, got, want, part float64) {
		t.Helper()
		t.Logf("%s: %.6g of %.6g", what, got, want)
		if math.Abs(got-want) > part*want {
			t.Errorf("%s is %v sampled, %v exactly", what, got, want)
		}
	}
	near("requests", float64(sampled.Trace.Requests), float64(exact.Trace.Requests), .005)
	a, b := sampled.Measured(map[string]float64{"api": 1e8}), exact.Measured(map[string]float64{"api": 1e8})
	near("GB-seconds", a.GBSeconds, b.GBSeconds, .02)
	if exact.Kubernetes != nil {
		near("node-hours", a.NodeHours, b.NodeHours, .02)
	}
	for i, x := range ran(sampled) {
		near("p99", float64(x.Latency.P99), float64(ran(exact)[i].Latency.P99), .05)
		if x.Sampling == nil || x.Sampling.Share > .6 {
			t.Errorf("%+v", x.Sampling)
		}
	}
	in.Exact = true
	if in.PlanFor(counts) != nil {
		t.Error("an exact run is sampled")
	}
}

// TestTimelineKeepsPeaks compares a timeline with the run that it is of.
func TestTimelineKeepsPeaks(t *testing.T) {
	for _, span := range []time.Duration{3 * time.Minute, 2 * time.Hour, 5 * 24 * time.Hour} {
		r := run(t, input(t, thumbs), made(t, 10, spec.Bursty, span, 4))
		line := r.Timeline()
		if n := len(line.Requests); n == 0 || n > simulate.MaxMoments {
			t.Fatalf("%d moments", n)
		}
		sum, peak := 0.0, 0.0
		for _, b := range line.Requests {
			sum += b.Mean * line.Step.Seconds()
			peak = max(peak, b.Max)
		}
		if math.Abs(sum-float64(r.Trace.Requests)) > 1e-6*sum || peak != float64(r.Trace.Second.Peak) {
			t.Errorf("%s: %v requests and a peak of %v, of %d and %d", span, sum, peak, r.Trace.Requests, r.Trace.Second.Peak)
		}
		for _, x := range ran(r) {
			track := line.Lambda
			if x.Target == spec.Kubernetes {
				track = line.Kubernetes
			}
			for _, g := range []struct {
				gauge replay.Gauge
				list  []simulate.Bound
			}{{replay.InUse, track.InUse}, {replay.Capacity, track.Capacity}, {replay.Queued, track.Queued}} {
				top := 0.0
				for _, b := range g.list {
					top = max(top, b.Max)
					if b.Mean > b.Max {
						t.Errorf("a mean of %v above %v", b.Mean, b.Max)
					}
				}
				if top != float64(x.Gauges[g.gauge].Max) {
					t.Errorf("%s, %s: a peak of %v, want %d", x.Target, g.gauge.Name(), top, x.Gauges[g.gauge].Max)
				}
			}
		}
	}
}

// TestSpendFollowsItsCause: nodes cost while they are there, and a function while
// it works.
func TestSpendFollowsItsCause(t *testing.T) {
	in := input(t, thumbs)
	// All requests come in the first minute of ten.
	var arrivals []int64
	for i := range int64(600) {
		arrivals = append(arrivals, i*int64(100*time.Millisecond))
	}
	in.Until = 10 * time.Minute
	r := run(t, in, replay.Arrivals(arrivals))
	line := r.Timeline()
	work, nodes := price.USD(1e9), price.USD(1e9)
	line.Lambda.Spend(cost.Bill{Target: spec.Lambda, Total: &work, Components: []cost.Component{
		{Category: cost.Work, Unit: price.GBSecond, Cost: &work},
	}}, in.Until)
	line.Kubernetes.Spend(cost.Bill{Target: spec.Kubernetes, Total: &nodes, Components: []cost.Component{
		{Category: cost.Idle, Cost: &nodes},
	}}, in.Until)
	half := len(line.Requests) / 2
	whole := line.Lambda.Cost[len(line.Lambda.Cost)-1]
	if math.Abs(line.Lambda.Cost[half]/whole-1) > 1e-9 || math.Abs(line.Kubernetes.Cost[half]/whole-.5) > .02 {
		t.Errorf("in the middle of ten minutes: %v of Lambda's %v, %v of the nodes'", line.Lambda.Cost[half], whole, line.Kubernetes.Cost[half])
	}
}

// TestSpendAddsUp compares the last moment of what was spent with the bill.
func TestSpendAddsUp(t *testing.T) {
	in := input(t, thumbs)
	r := run(t, in, made(t, 10, spec.Bursty, 2*time.Hour, 4))
	book, err := price.Embedded()
	if err != nil {
		t.Fatal(err)
	}
	sheet, err := book.In("us-east-1")
	if err != nil {
		t.Fatal(err)
	}
	u := in.Usage
	u.Requests, u.Shape = demand.Known(r.Trace.Mean*demand.SecondsPerMonth), spec.Bursty
	u.Request, u.Response, u.Log, u.Outbound = demand.Known[int64](1), demand.Known[int64](1), demand.Known[int64](1), demand.Known[int64](1)
	resolved, err := u.Resolve()
	if err != nil {
		t.Fatal(err)
	}
	app := cost.App{Workloads: []cost.Workload{{
		Name: "api", Traffic: resolved, Routes: 1, LogDays: 30, Function: cost.Function{MemoryMB: r.Lambda.MemoryMB, Architecture: "x86_64"},
		Pod: cost.Pod{MilliCPU: 500, MemoryMiB: 512, Min: 1, Concurrency: 10, TargetPercent: 70},
	}}}
	if app, err = app.Corrected(sheet, in.Catalog, in.Choices, r.Measured(map[string]float64{r.Service: r.Trace.Mean * demand.SecondsPerMonth})); err != nil {
		t.Fatal(err)
	}
	model, err := cost.Lambda(sheet, app, in.Choices)
	if err != nil {
		t.Fatal(err)
	}
	bill := model.Bill(1)
	line := r.Timeline()
	span := time.Duration(r.Lambda.Span)
	line.Lambda.Spend(bill, span)
	spent := line.Lambda.Cost
	want := bill.Total.Dollars() * span.Seconds() / demand.SecondsPerMonth
	if got := spent[len(spent)-1]; math.Abs(got-want) > 1e-9*want || !slices.IsSorted(spent) {
		t.Errorf("spent %v, want %v", got, want)
	}
}

// A panic on one target is an error with the place, and no end of the process: what
// runs in a goroutine has nobody above it who would catch it.
func TestPanicOfATarget(t *testing.T) {
	in := input(t, thumbs)
	in.Progress = func(time.Duration) { panic("out of step") }
	_, err := simulate.Run(context.Background(), in, made(t, 200, spec.Steady, 10*time.Minute, 1))
	if kind := problem.All(err).Kind(); kind != problem.Fault || !strings.Contains(err.Error(), "out of step") || !strings.Contains(err.Error(), "simulate_test.go") {
		t.Errorf("kind %v: %v", kind, err)
	}
}
