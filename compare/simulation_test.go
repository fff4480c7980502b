package compare_test

import (
	"context"
	"encoding/json"
	"math"
	"strings"
	"testing"
	"time"

	"ambi/compare"
	"ambi/compare/demand"
	"ambi/compare/demand/trace"
	"ambi/compare/simulate"
	"ambi/compare/simulate/replay"
	"ambi/spec"
	"ambi/target"
)

// simulated is an input with a simulation of bursty traffic, whose rate is then
// the usage's.
func simulated(t *testing.T, perSecond float64, change func(*simulate.Settings)) compare.Input {
	t.Helper()
	in := input(t, thumbs)
	u := in.Usage["api"]
	u.Requests, u.Shape = demand.Known(perSecond*demand.SecondsPerMonth), spec.Bursty
	in.Usage["api"] = u
	settings := simulate.DefaultSettings()
	if change != nil {
		change(&settings)
	}
	r, err := simulate.Run(context.Background(), simulate.Input{
		Resolved: in.Resolved, Usage: u, Choices: in.Choices, Catalog: in.Catalog, Settings: settings,
	}, made(t, u, 6*time.Hour))
	if err != nil {
		t.Fatal(err)
	}
	u.Requests = demand.Known(r.Trace.Mean * demand.SecondsPerMonth)
	in.Usage["api"] = u
	in.Behavior = r
	return in
}

func made(t *testing.T, u demand.Usage, span time.Duration) *trace.Synthetic {
	t.Helper()
	resolved, err := u.Resolve()
	if err != nil {
		t.Fatal(err)
	}
	s, err := trace.Synthesize(resolved, span, 3)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// TestSimulationIsPriced compares the bill with the run's own quantities.
func TestSimulationIsPriced(t *testing.T) {
	in := simulated(t, 5, nil)
	r := run(t, in)
	if r.Simulation == nil || r.Simulation.LambdaCost == nil {
		t.Fatalf("%+v", r.Simulation)
	}
	for _, target := range spec.Targets() {
		if run := r.Simulation.Of(target); run == nil || run.Target != target || run.Series != nil || *r.Simulation.Cost(target) <= 0 {
			t.Errorf("on %s: %+v", target, run)
		}
	}
	found := in.Behavior.Lambda
	months := demand.SecondsPerMonth / in.Behavior.Trace.Span.Seconds()
	for _, c := range r.Lambda.Bill.Components {
		if c.Name == "Lambda duration, arm64" {
			if want := found.GBSeconds(replay.BilledMS) * months; !c.Simulated || math.Abs(*c.Quantity-want) > 1e-3*want {
				t.Errorf("%v GB-seconds, and simulated were %v", *c.Quantity, want)
			}
		}
	}
	if share, _ := r.Services[0].Lambda.ColdShare.Get(); share != found.ColdShare() {
		t.Errorf("cold starts of %v, and simulated were %v", share, found.ColdShare())
	}
	// The curve goes through the simulated point.
	at := r.BreakEven.Requests.Or(0)
	for i, p := range r.BreakEven.Points {
		if i > 0 && p.Requests > at {
			before := r.BreakEven.Points[i-1]
			if *r.Lambda.Bill.Total < before.Lambda || *r.Lambda.Bill.Total > p.Lambda {
				t.Errorf("%s a month between %s and %s", r.Lambda.Bill.Total, before.Lambda, p.Lambda)
			}
			break
		}
	}
	// What a trace costs over its time is its part of the month.
	last := r.Simulation.Timeline.Lambda.Cost
	if got, want := last[len(last)-1], r.Simulation.LambdaCost.Dollars(); math.Abs(got-want) > 1e-6+1e-6*want {
		t.Errorf("$%v spent over time, $%v in all", got, want)
	}
	text, err := json.Marshal(r)
	if err != nil || len(text) > 1_000_000 {
		t.Errorf("%d bytes of JSON, %v", len(text), err)
	}
	if strings.Contains(string(text), `"series":[{`) {
		t.Error("the JSON has a run's whole series")
	}
}

// TestSufferingIsAWarning lets an account with little concurrency turn requests
// away.
func TestSufferingIsAWarning(t *testing.T) {
	r := run(t, simulated(t, 50, func(s *simulate.Settings) { s.Concurrency = 2 }))
	found := false
	for _, w := range r.Fit.Warned(spec.Lambda) {
		found = found || strings.Contains(w.Message, "most of them throttled")
	}
	if !found {
		t.Errorf("%+v", r.Fit.Warnings)
	}
	for _, w := range run(t, simulated(t, 5, nil)).Fit.Warnings {
		if strings.Contains(w.Name, "simulation") {
			t.Errorf("%+v", w)
		}
	}
}

// TestWhatWasServedBlocksNothing has fewer pods than averages ask for at the peak: on
// what their nodes have left they serve it, or not.
func TestWhatWasServedBlocksNothing(t *testing.T) {
	for _, x := range []struct {
		max     int
		blocked bool
	}{{5, false}, {1, true}} {
		in := input(t, thumbs)
		u := in.Usage["api"]
		u.Requests, u.Shape = demand.Known(100.0*demand.SecondsPerMonth), spec.Diurnal
		in.Usage["api"] = u
		in.Resolved = with(t, in.Resolved, "services.api.scale.max", x.max)
		r, err := simulate.Run(context.Background(), simulate.Input{
			Resolved: in.Resolved, Usage: u, Choices: in.Choices, Catalog: in.Catalog, Settings: simulate.DefaultSettings(),
		}, made(t, u, 24*time.Hour))
		if err != nil {
			t.Fatal(err)
		}
		in.Behavior = nil
		if run(t, in).Fit.Fits(spec.Kubernetes) {
			t.Fatalf("%d pods are enough by averages", x.max)
		}
		in.Behavior = r
		got := run(t, in)
		if fits := got.Fit.Fits(spec.Kubernetes); fits == x.blocked {
			t.Errorf("%d pods: fits %v: %+v %+v", x.max, fits, got.Fit.Blockers, got.Fit.Knobs)
		}
	}
}

// TestTheVerdictSaysWhoSuffers finds a target cheaper that loses requests.
func TestTheVerdictSaysWhoSuffers(t *testing.T) {
	r := run(t, simulated(t, 50, func(s *simulate.Settings) { s.Concurrency = 2 }))
	if r.Verdict.Answer != compare.Lambda || !strings.Contains(r.Verdict.Because, "% of the trace's requests fail there") {
		t.Errorf("%s: %s", r.Verdict.Answer, r.Verdict.Because)
	}
}

// TestAdviceHolds runs what was advised again: it keeps the objective, and one
// less does not.
func TestAdviceHolds(t *testing.T) {
	offered := map[spec.Target]bool{}
	for _, perSecond := range []float64{5, 60} {
		adviceHolds(t, perSecond, offered)
	}
	if !offered[spec.Lambda] || !offered[spec.Kubernetes] {
		t.Errorf("advice for %v", offered)
	}
}

func adviceHolds(t *testing.T, perSecond float64, offered map[spec.Target]bool) {
	t.Helper()
	in := simulated(t, perSecond, nil)
	in.Behavior = nil
	slow := in.Usage["api"]
	slow.Start = demand.Known(4 * time.Second)
	in.Usage["api"] = slow
	objectives, err := simulate.ParseObjectives("p99.95 < 400ms")
	if err != nil {
		t.Fatal(err)
	}
	open := func() (replay.Source, func(), error) {
		return made(t, in.Usage["api"], 90*time.Minute), func() {}, nil
	}
	settings := simulate.DefaultSettings()
	advice, err := compare.Advise(in.Resolved, nil, func(app *target.Resolved, on spec.Target) (compare.Input, error) {
		source, _, _ := open()
		settings := settings
		settings.Targets = []spec.Target{on}
		in := in
		in.Resolved = app
		var err error
		in.Behavior, err = simulate.Run(context.Background(), simulate.Input{Resolved: app, Usage: in.Usage["api"], Choices: in.Choices, Catalog: in.Catalog, Settings: settings}, source)
		return in, err
	}, compare.Sought{Service: "api", Objectives: objectives})
	if err != nil {
		t.Fatal(err)
	}
	if len(advice.Choices) == 0 {
		t.Fatalf("%+v", advice)
	}
	for _, c := range advice.Choices {
		if !c.Holds || len(c.Changes) == 0 || c.Cost == nil {
			t.Errorf("%+v", c)
		}
		offered[c.Target] = true
		if len(c.Changes) != 1 {
			continue
		}
		for _, less := range []int{0, 1} {
			n := c.Changes[0].To - less
			switch c.Changes[0].Path {
			case "services.api.lambda.provisioned", "services.api.scale.min":
			case "services.api.scale.cpu":
				n += 2 * less // a higher target is less
			default:
				continue
			}
			changed := with(t, in.Resolved, c.Changes[0].Path, n)
			source, _, _ := open()
			settings.Targets = []spec.Target{c.Target}
			r, err := simulate.Run(context.Background(), simulate.Input{
				Resolved: changed, Usage: in.Usage["api"], Choices: in.Choices, Catalog: in.Catalog, Settings: settings,
			}, source)
			if err != nil {
				t.Fatal(err)
			}
			if got := simulate.AllHold(objectives, r.Of(c.Target)); got != (less == 0) {
				t.Errorf("%s of %d keeps it: %t", c.Changes[0].Path, n, got)
			}
		}
	}
}

// TestBillsAreTheComparisons holds what is priced alone to what a whole comparison says.
func TestBillsAreTheComparisons(t *testing.T) {
	in := simulated(t, 5, nil)
	whole := run(t, in)
	bills, err := compare.Bills(in)
	if err != nil {
		t.Fatal(err)
	}
	part := func(r compare.Result) string {
		text, err := json.Marshal([]any{r.App, r.Region, r.Pair, r.Nodes, r.Simulation, r.Assumptions, r.PriceChanges})
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}
	if got, want := part(bills), part(whole); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}
