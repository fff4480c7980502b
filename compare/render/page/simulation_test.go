package page_test

import (
	"bytes"
	"context"
	"encoding/json"
	"testing"
	"time"

	"ambi/compare"
	"ambi/compare/demand"
	"ambi/compare/demand/trace"
	"ambi/compare/render/page"
	"ambi/compare/simulate"
	"ambi/compare/simulate/replay"
	"ambi/spec"
)

// simulated is a comparison under a long trace with many bursts.
func simulated(t *testing.T, span time.Duration) compare.Result {
	t.Helper()
	in := known(input(t, "thumbs.yaml"))
	u := in.Usage["api"]
	u.Requests, u.Shape = demand.Known(2.*demand.SecondsPerMonth), spec.Bursty
	in.Usage["api"] = u
	resolved, err := u.Resolve()
	if err != nil {
		t.Fatal(err)
	}
	source, err := trace.Synthesize(resolved, span, 1)
	if err != nil {
		t.Fatal(err)
	}
	in.Behavior, err = simulate.Run(context.Background(), simulate.Input{
		Resolved: in.Resolved, Usage: u, Choices: in.Choices, Catalog: in.Catalog, Settings: simulate.DefaultSettings(),
	}, source)
	if err != nil {
		t.Fatal(err)
	}
	in.Behavior.Source = trace.Describe(resolved, span, 1)
	return compared(t, in)
}

// TestSeveralOnThePage looks for each of several services that were simulated together, and for
// what they share.
func TestSeveralOnThePage(t *testing.T) {
	in := known(input(t, "shop.yaml"))
	settings := simulate.DefaultSettings()
	settings.Until = 10 * time.Minute
	var parts []simulate.Part
	for _, name := range in.Resolved.Services() {
		parts = append(parts, simulate.Part{Service: name, Usage: in.Usage[name], Description: "made for " + name, Open: func(*replay.Plan) (replay.Source, func(), error) {
			return replay.Poisson(2, settings.Until, simulate.SeedOf(1, name)), func() {}, nil
		}})
	}
	var err error
	in.Behavior, err = simulate.RunTogether(context.Background(), simulate.Input{Resolved: in.Resolved, Choices: in.Choices, Catalog: in.Catalog, Settings: settings}, parts)
	if err != nil {
		t.Fatal(err)
	}
	text, err := page.HTML(compared(t, in), options())
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"99th percentile of the time", "Throttled, timed out or failed", "to all services of"}
	for _, name := range in.Resolved.Services() {
		want = append(want, "<summary>"+name+": ", "Made for "+name+".", name+" on both targets")
	}
	for _, part := range want {
		if !bytes.Contains(text, []byte(part)) {
			t.Errorf("the page does not say %q", part)
		}
	}
}

// TestSimulationOnThePage looks for the plots, for their peaks, and at the
// page's size: a week of bursts takes no more than a minute of them.
func TestSimulationOnThePage(t *testing.T) {
	for _, span := range []time.Duration{10 * time.Minute, 7 * 24 * time.Hour} {
		r := simulated(t, span)
		text, err := page.HTML(r, options())
		if err != nil {
			t.Fatal(err)
		}
		if len(text) > 2_000_000 {
			t.Errorf("a page of %d bytes", len(text))
		}
		if !bytes.Contains(text, []byte(`<section id="simulation"`)) || !bytes.Contains(text, []byte("Under the trace")) {
			t.Error("no section about the simulation")
		}
		content, err := page.Render(r, options())
		if err != nil {
			t.Fatal(err)
		}
		var figure *page.Figure
		for i := range content.Figures {
			if content.Figures[i].ID == "over-time" {
				figure = &content.Figures[i]
			}
		}
		if figure == nil || len(figure.Curve.Panels) != 4 {
			t.Fatalf("%+v", figure)
		}
		if _, err := json.Marshal(figure); err != nil {
			t.Error(err)
		}
		peak := 0.0
		for i, p := range figure.Curve.Panels[0].Series[0].Points {
			peak = max(peak, p[1])
			if i > 0 && p[0] <= figure.Curve.Panels[0].Series[0].Points[i-1][0] {
				t.Fatal("time does not ascend")
			}
		}
		if peak != float64(r.Simulation.Trace.Second.Peak) {
			t.Errorf("a peak of %v on the page, %d in the trace", peak, r.Simulation.Trace.Second.Peak)
		}
		if len(figure.Table.Rows) == 0 || len(figure.Table.Rows) > 60 {
			t.Errorf("a table of %d rows", len(figure.Table.Rows))
		}
	}
}
