package report_test

import (
	"context"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"ambi/compare"
	"ambi/compare/demand"
	"ambi/compare/demand/trace"
	"ambi/compare/price"
	"ambi/compare/price/cost"
	"ambi/compare/price/nodes"
	"ambi/compare/render/report"
	"ambi/compare/simulate"
	"ambi/compare/simulate/replay"
	"ambi/spec"
	"ambi/target"
)

// simulated compares an app under traffic that it can hardly take.
func simulated(t *testing.T, perSecond float64, span time.Duration, change func(*simulate.Input)) compare.Result {
	t.Helper()
	app, err := spec.Parse("app.yaml", []byte(apps()["small"]))
	if err != nil {
		t.Fatal(err)
	}
	book, err := price.Embedded()
	if err != nil {
		t.Fatal(err)
	}
	sheet, err := book.In("us-east-1")
	if err != nil {
		t.Fatal(err)
	}
	catalog, err := nodes.Embedded()
	if err != nil {
		t.Fatal(err)
	}
	u := compare.UsageOf(app)["api"]
	u.Start, u.Shape, u.Requests = demand.Known(120*time.Millisecond), spec.Bursty, demand.Known(perSecond*demand.SecondsPerMonth)
	resolved, err := u.Resolve()
	if err != nil {
		t.Fatal(err)
	}
	source, err := trace.Synthesize(resolved, span, 1)
	if err != nil {
		t.Fatal(err)
	}
	in := simulate.Input{Resolved: target.Resolve(app), Usage: u, Choices: cost.Defaults(), Catalog: catalog, Settings: simulate.DefaultSettings()}
	if change != nil {
		change(&in)
	}
	ran, err := simulate.Run(context.Background(), in, source)
	if err != nil {
		t.Fatal(err)
	}
	ran.Source = trace.Describe(resolved, span, 1)
	r, err := compare.Compare(compare.Input{
		Resolved: target.Resolve(app), Usage: map[string]demand.Usage{"api": u}, Sheet: sheet, Catalog: catalog, Choices: cost.Defaults(), Behavior: ran,
	})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestSimulationFitsATerminal(t *testing.T) {
	for name, r := range map[string]compare.Result{
		"short": simulated(t, .1, time.Minute, func(in *simulate.Input) { in.Seed = 2 }),
		"usual": simulated(t, 20, 2*time.Hour, nil),
		"large": simulated(t, 3000, 10*time.Minute, func(in *simulate.Input) { in.Concurrency = 3; in.Retry = true }),
	} {
		for _, text := range []string{report.SimulationText(r), report.Text(r, report.Options{})} {
			for i, line := range strings.Split(text, "\n") {
				if utf8.RuneCountInString(line) > report.Width && !strings.Contains(line, "https://") {
					t.Errorf("%s: line %d has %d columns: %s", name, i+1, utf8.RuneCountInString(line), line)
				}
				if strings.TrimRight(line, " ") != line {
					t.Errorf("%s: line %d ends with a space: %q", name, i+1, line)
				}
			}
			for _, never := range []string{"NaN", "Inf", "%!"} {
				if strings.Contains(text, never) {
					t.Errorf("%s: %q in\n%s", name, never, text)
				}
			}
		}
	}
}

// TestSimulationTellsAll looks for every cause, and for what a simulation must
// say about itself.
func TestSimulationTellsAll(t *testing.T) {
	r := simulated(t, 300, 20*time.Minute, func(in *simulate.Input) { in.Concurrency = 3 })
	text := flat(report.SimulationText(r))
	has := func(what string) {
		t.Helper()
		if !strings.Contains(text, flat(what)) {
			t.Errorf("no %q in\n%s", what, text)
		}
	}
	for o, n := range r.Simulation.Lambda.Outcomes {
		if n > 0 {
			// A long name is broken into lines.
			words := strings.Fields(replay.Outcome(o).String())
			has(strings.Join(words[:min(3, len(words))], " "))
		}
	}
	has("Nothing was measured on AWS or in a cluster.")
	has("seed: 1")
	has("A month is taken to be")
	for _, a := range r.Assumptions {
		if strings.HasPrefix(a.Topic, "simulation, ") {
			has(a.Text)
			has(a.Source)
		}
	}
	for _, cell := range []string{"| **latency of requests that were served or timed out** | | |", "| throttled by the request rate | ", "<details><summary>Under the trace, simulated: "} {
		if markdown := report.Markdown(r, report.Options{}); !strings.Contains(markdown, cell) {
			t.Errorf("no %q in\n%s", cell, markdown)
		}
	}
	partial := *r.Simulation
	partial.Partial = true
	r.Simulation = &partial
	if !strings.Contains(report.SimulationText(r), "PARTIAL: ") {
		t.Error("a partial simulation does not say so")
	}
	r.Simulation = nil
	if report.SimulationText(r) != "" {
		t.Error("a comparison without a simulation has a text about one")
	}
}
