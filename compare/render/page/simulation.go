package page

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"ambi/compare"
	"ambi/compare/format"
	"ambi/compare/simulate"
	"ambi/compare/simulate/replay"
	"ambi/spec"
)

// timeFigure is the simulation over time.
const timeFigure = "over-time"

// simulationView is how both targets behaved under a trace.
type simulationView struct {
	Title        string // of its table
	Lead, Source string
	Partial      bool
	Notes        []string
	Targets      []string
	Groups       []rowGroup // of several services, what they share
	Services     []simulatedService
	Figure       *Figure
	Caveat       string
}

// simulatedService is one of several that were simulated together.
type simulatedService struct {
	Name, Lead, Title string
	Targets           []string
	Groups            []rowGroup
}

// rowGroup is figures of both targets under a name.
type rowGroup struct {
	Name string
	Rows []sideRow
}

// sideRow is one figure of each target.
type sideRow struct {
	Name   string
	Values []string
}

func simulated(r compare.Result, figures []Figure) simulationView {
	sim := r.Simulation
	f := sim.Trace
	v := simulationView{
		Title: "Both targets under the trace",
		Lead: fmt.Sprintf("%s %s in %s to %s: %s a second on average",
			format.Grouped(fmt.Sprint(f.Requests)), kindOf(sim), lasting(f.Span), cmp.Or(sim.Service, "all services of "+r.App+" together"), count(f.Mean)),
		Source: format.Sentence(sim.Source) + ".", Partial: sim.Partial, Figure: figure(figures, timeFigure),
	}
	if f.Second.Peak > 0 {
		v.Lead += fmt.Sprintf(", %s in the busiest second", count(float64(f.Second.Peak)))
	}
	v.Lead += "."
	for _, t := range spec.Targets() {
		v.Targets = append(v.Targets, name(t))
		if reason := sim.Refused[t]; reason != "" {
			v.Notes = append(v.Notes, fmt.Sprintf("%s was not simulated: %s.", name(t), reason))
		}
		if run := sim.Of(t); run != nil && run.Sampling != nil {
			v.Notes = append(v.Notes, fmt.Sprintf("On %s, %s of the requests were simulated and stand for the others; the standard error of the 99th percentile is %s.",
				name(t), percent(run.Sampling.Share), percent(run.Sampling.P99)))
		}
	}
	for i := range sim.Services {
		one := &sim.Services[i]
		v.Services = append(v.Services, simulatedService{
			Name: one.Service, Title: one.Service + " on both targets", Targets: v.Targets, Groups: groups(r, one),
			Lead: fmt.Sprintf("%s. %s.", format.Plural(int(one.Trace.Requests), strings.TrimSuffix(kindOf(one), "s")), format.Sentence(one.Source)),
		})
	}
	v.Groups = groups(r, sim)
	v.Caveat = "What the trace does not show, such as nights and weekends, is not in a month's cost that goes by it."
	return v
}

// groups are the figures of both targets: of one service, or what several share.
func groups(r compare.Result, sim *compare.Simulation) []rowGroup {
	row := func(name string, of func(*replay.Result) string) sideRow { return sideBySide(sim, name, of) }
	latency := rowGroup{Name: "Latency"}
	switch {
	case sim.OfMessages():
		latency.Name = "Time from sent to deleted"
	case sim.Runs:
		latency.Name = "Time from when a run is due"
	}
	for _, q := range []struct {
		name string
		of   func(replay.Latency) int64
	}{
		{"median", func(l replay.Latency) int64 { return l.P50 }},
		{"90th percentile", func(l replay.Latency) int64 { return l.P90 }},
		{"95th percentile", func(l replay.Latency) int64 { return l.P95 }},
		{"99th percentile", func(l replay.Latency) int64 { return l.P99 }},
		{"99.9th percentile", func(l replay.Latency) int64 { return l.P999 }},
		{"longest", func(l replay.Latency) int64 { return l.Max }},
	} {
		latency.Rows = append(latency.Rows, row(q.name, func(r *replay.Result) string { return timed(r, q.of) }))
	}
	requests := rowGroup{Name: format.Sentence(kindOf(sim))}
	for o := range replay.Outcomes {
		seen := o == replay.Served
		for _, t := range spec.Targets() {
			run := sim.Of(t)
			seen = seen || run != nil && run.Outcomes[o] > 0
		}
		if seen {
			requests.Rows = append(requests.Rows, row(o.String(), func(r *replay.Result) string { return ofAll(r.Outcomes[o], r.Requests) }))
		}
	}
	requests.Rows = append(requests.Rows,
		row("waited for a start", func(r *replay.Result) string { return ofAll(r.Meters[replay.ColdStarts], r.Requests) }),
		row("waited for a place", func(r *replay.Result) string { return ofAll(r.Meters[replay.Queuing], r.Requests) }))
	oldest := rowGroup{Name: "Age of the oldest message"}
	if sim.OfMessages() {
		requests.Rows = append(requests.Rows[:len(requests.Rows)-1], row("redeliveries", func(r *replay.Result) string { return count(float64(r.Messages.Redeliveries)) }))
		for _, q := range []struct {
			name string
			of   func(*replay.Messages) int64
		}{
			{"median of the time", func(m *replay.Messages) int64 { return m.Oldest.P50 }},
			{"99th percentile of the time", func(m *replay.Messages) int64 { return m.Oldest.P99 }},
			{"oldest", func(m *replay.Messages) int64 { return m.Oldest.Max }},
			{"longest until none waited", func(m *replay.Messages) int64 { return m.Backlog }},
		} {
			oldest.Rows = append(oldest.Rows, row(q.name, func(r *replay.Result) string { return lasting(time.Duration(q.of(r.Messages))) }))
		}
	}
	level := func(g replay.Gauge) func(*replay.Result) string {
		return func(r *replay.Result) string {
			return count(r.Gauges[g].Mean) + ", at most " + count(float64(r.Gauges[g].Max))
		}
	}
	work := kindOf(sim) + " in work"
	if len(sim.Services) > 0 {
		work = "work at once"
	}
	capacity := rowGroup{Name: "Capacity", Rows: []sideRow{
		row(work, level(replay.InUse)),
		row("environments or replicas", level(replay.Instances)),
		row("idle part of the capacity", func(r *replay.Result) string { return percent(r.Idle()) }),
	}}
	own := []rowGroup{latency, requests}
	if oldest.Rows != nil {
		own = append(own, oldest)
	}
	if sim != r.Simulation { // one of several has neither nodes nor a cost of its own
		return append(own, capacity)
	}
	capacity.Rows = slices.Insert(capacity.Rows, 2, row("nodes", func(r *replay.Result) string {
		if r.Target == spec.Lambda {
			return "–"
		}
		return level(replay.Nodes)(r)
	}))
	money := rowGroup{Name: "Cost", Rows: []sideRow{
		row("of this trace", func(r *replay.Result) string { return format.MoneyOr(sim.Cost(r.Target)) }),
	}}
	if sim.Period == 0 {
		money.Rows = append(money.Rows, row("of a month like it", func(run *replay.Result) string {
			if bill := r.Of(run.Target).Bill; bill != nil {
				return partial(bill.Known, bill.Total != nil)
			}
			return "–"
		}))
	}
	if len(sim.Services) > 0 {
		own = overview(sim)
	}
	return append(own, capacity, money)
}

// sideBySide is one figure of each target.
func sideBySide(sim *compare.Simulation, name string, of func(*replay.Result) string) sideRow {
	x := sideRow{Name: name}
	for _, t := range spec.Targets() {
		value := "–"
		if run := sim.Of(t); run != nil {
			value = of(run)
		}
		x.Values = append(x.Values, value)
	}
	return x
}

// overview is what matters most of each service that was simulated together with others.
func overview(sim *compare.Simulation) []rowGroup {
	slow, old, bad := rowGroup{Name: "99th percentile of the time"}, rowGroup{Name: "Oldest message"}, rowGroup{Name: "Throttled, timed out or failed"}
	for i := range sim.Services {
		one := &sim.Services[i]
		slow.Rows = append(slow.Rows, sideBySide(one, one.Service, func(r *replay.Result) string {
			return timed(r, func(l replay.Latency) int64 { return l.P99 })
		}))
		bad.Rows = append(bad.Rows, sideBySide(one, one.Service, func(r *replay.Result) string { return percent(compare.FailureRate(r)) }))
		if one.OfMessages() {
			old.Rows = append(old.Rows, sideBySide(one, one.Service, func(r *replay.Result) string { return lasting(time.Duration(r.Messages.Oldest.Max)) }))
		}
	}
	if old.Rows == nil {
		return []rowGroup{slow, bad}
	}
	return []rowGroup{slow, old, bad}
}

// timed is a figure of how long requests took; there is none where none came to an end.
func timed(r *replay.Result, of func(replay.Latency) int64) string {
	if r.Times().Count == 0 {
		return "–"
	}
	return lasting(time.Duration(of(r.Times())))
}

// kindOf is what was simulated.
func kindOf(sim *compare.Simulation) string {
	switch {
	case slices.ContainsFunc(sim.Services, func(one compare.Simulation) bool { return one.OfMessages() }):
		return "requests and messages"
	case sim.OfMessages():
		return "messages"
	case sim.Runs:
		return "runs"
	}
	return "requests"
}

func ofAll(n, of int64) string {
	if n == 0 || of == 0 {
		return count(float64(n))
	}
	return fmt.Sprintf("%s (%s)", count(float64(n)), percent(float64(n)/float64(of)))
}

// lasting prints a duration to about three digits.
func lasting(d time.Duration) string {
	for _, unit := range []time.Duration{time.Hour, time.Minute, time.Second, time.Millisecond} {
		if d >= unit {
			return spec.Duration(d.Round(max(unit/100, time.Microsecond))).String()
		}
	}
	return spec.Duration(d).String()
}

// overTime is the simulation over time: demand, capacity, latency and cost, one
// above another.
func overTime(r compare.Result) (Figure, bool) {
	if r.Simulation == nil || r.Simulation.Timeline.Step == 0 {
		return Figure{}, false
	}
	line := r.Simulation.Timeline
	step := line.Step.Seconds()
	series := func(name string, tone Tone, n int, at func(i int) (float64, bool)) Series {
		s := Series{Name: name, Tone: tone, Step: true, Points: [][]float64{}}
		for i := range n {
			if y, ok := at(i); ok {
				s.Points = append(s.Points, []float64{digits(float64(i) * step), digits(y)})
			}
		}
		// A step line shows the last value only up to another point.
		if last := len(s.Points) - 1; last >= 0 {
			s.Points = append(s.Points, []float64{digits(float64(n) * step), s.Points[last][1]})
		}
		return s
	}
	bounds := func(list []simulate.Bound) func(int) (float64, bool) {
		return func(i int) (float64, bool) { return list[i].Max, true }
	}
	kind := kindOf(r.Simulation)
	c := Curve{X: Axis{Name: "since the trace began", Format: Seconds}, Marks: []Mark{}, Panels: []Panel{
		{Y: Axis{Name: kind + " a second", Format: Number}, Series: []Series{series("demand", "ink", len(line.Requests), bounds(line.Requests))}},
		{Y: Axis{Name: kind + " that can be in work", Format: Number}},
		{Y: Axis{Name: "99th percentile of the latency", Format: Seconds, Log: true}},
		{Y: Axis{Name: "cost so far", Format: Dollars}},
	}}
	for _, side := range []struct {
		target spec.Target
		track  *simulate.Track
	}{{spec.Lambda, line.Lambda}, {spec.Kubernetes, line.Kubernetes}} {
		t := side.track
		if t == nil {
			continue
		}
		add := func(panel int, at func(int) (float64, bool)) {
			c.Panels[panel].Series = append(c.Panels[panel].Series, series(name(side.target), Tone(side.target), len(t.Capacity), at))
		}
		add(1, bounds(t.Capacity))
		if t.Oldest != nil {
			c.Panels[2].Y.Name = "age of the oldest message"
			add(2, func(i int) (float64, bool) { return t.Oldest[i].Max / 1e3, t.Oldest[i].Max > 0 })
		} else {
			add(2, func(i int) (float64, bool) { return float64(t.P99[i]) / 1e9, t.P99[i] > 0 })
		}
		if t.Cost != nil {
			add(3, func(i int) (float64, bool) { return t.Cost[i], true })
		}
	}
	if len(c.Panels[3].Series) == 0 {
		c.Panels = c.Panels[:3]
	}
	summary := fmt.Sprintf("What came, what could be worked on at once, the latency that one request in a hundred exceeds, and the cost, in steps of %s; each step shows its highest moment.", lasting(line.Step))
	if r.Simulation.OfMessages() {
		summary = fmt.Sprintf("What came, what could be worked on at once, how old the oldest message was, and the cost, in steps of %s; each step shows its highest moment.", lasting(line.Step))
	}
	return Figure{
		ID: timeFigure, Title: "Both targets over time", Curve: &c, Table: timeTable(line),
		Summary: summary,
	}, true
}

// timeTable is the timeline in at most some rows.
func timeTable(line simulate.Timeline) Table {
	t := Table{Head: []string{"Since the begin", "Requests a second"}}
	for _, target := range spec.Targets() {
		if line.Of(target) == nil {
			continue
		}
		instances := ": environments"
		if target == spec.Kubernetes {
			instances = ": replicas ready"
		}
		t.Head = append(t.Head, name(target)+instances)
		if target == spec.Kubernetes {
			t.Head = append(t.Head, "nodes")
		}
		t.Head = append(t.Head, "99th percentile", "ended badly", "cost so far")
	}
	const most = 60
	every := (len(line.Requests) + most - 1) / most
	highest := func(list []simulate.Bound, from, to int) string {
		top := 0.0
		for _, b := range list[from:to] {
			top = max(top, b.Max)
		}
		return count(top)
	}
	for from := 0; from < len(line.Requests); from += every {
		to := min(from+every, len(line.Requests))
		row := []string{lasting(line.Step * time.Duration(from)), highest(line.Requests, from, to)}
		for _, target := range spec.Targets() {
			track := line.Of(target)
			if track == nil {
				continue
			}
			row = append(row, highest(track.Replicas, from, to))
			if track.Nodes != nil {
				row = append(row, highest(track.Nodes, from, to))
			}
			var slowest, bad int64
			for i := from; i < to; i++ {
				slowest, bad = max(slowest, track.P99[i]), bad+track.Bad[i]
			}
			spent := "?"
			if track.Cost != nil {
				spent = fmt.Sprintf("$%.4f", track.Cost[to-1])
			}
			row = append(row, lasting(time.Duration(slowest)), count(float64(bad)), spent)
		}
		t.Rows = append(t.Rows, row)
	}
	return t
}
