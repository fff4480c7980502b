package report

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"ambi/compare"
	"ambi/compare/demand/trace"
	"ambi/compare/format"
	"ambi/compare/price"
	"ambi/compare/render/report/chart"
	"ambi/compare/simulate"
	"ambi/compare/simulate/replay"
	"ambi/spec"
)

// SimulationText is how both targets behaved, side by side, and over time. It is
// empty for a comparison without a simulation.
func SimulationText(r compare.Result) string {
	p := &page{result: r}
	p.simulation()
	if r.Simulation != nil {
		if left := r.Left(); left != "" {
			p.heading("What is left out")
			p.say("- ", left)
		}
		p.heading("What the simulation assumes")
		for _, a := range r.Assumptions {
			topic, of := strings.CutPrefix(a.Topic, "simulation, ")
			if !of && a.Topic != "measurement" {
				continue
			}
			text := topic + ": " + a.Text
			if a.Source != "" {
				text += " [" + a.Source + "]"
			}
			p.say("- ", text)
		}
	}
	return p.String()
}

// sideBySide prints rows of figures of both targets, as text or as the rows of a
// Markdown table.
type sideBySide struct {
	*page
	simulation *compare.Simulation
	markdown   bool
}

// row prints one figure of both targets; a target that was not run has none.
func (s sideBySide) row(name string, figure func(*replay.Result) string) {
	var cells []any
	for _, t := range spec.Targets() {
		cell := "-"
		if run := s.simulation.Of(t); run != nil {
			cell = figure(run)
		}
		cells = append(cells, cell)
	}
	if s.markdown {
		s.line(string(markup("| %s | %s | %s |").with(append([]any{name}, cells...)...)))
		return
	}
	s.page.row(name, 34, fmt.Sprintf("%22s %22s", cells...))
}

// group names the rows that follow.
func (s sideBySide) group(name string) {
	if s.markdown {
		s.line(string(markup("| **%s** | | |").with(name)))
		return
	}
	s.line(name)
}

// simulation is a table of what the simulation found, folded.
func (m *markdown) simulation() {
	sim := m.result.Simulation
	if sim == nil {
		return
	}
	title := fmt.Sprintf("Under the trace, simulated: %s in %s", counted(sim.Trace.Requests, kindOf(sim)), span(sim.Trace.Span))
	if sim.Partial {
		title += " (partial: it was interrupted)"
	}
	m.open(title)
	s := sideBySide{&m.page, sim, true}
	s.titles()
	if len(sim.Services) == 0 {
		s.latencies()
		s.outcomes()
		s.messages()
		s.capacity()
	}
	for i := range sim.Services {
		one := sideBySide{&m.page, &sim.Services[i], true}
		one.group(fmt.Sprintf("%s: %s", one.simulation.Service, counted(one.simulation.Trace.Requests, one.kind())))
		one.latencies("p50", "p99", "p99.9", "longest")
		one.outcomes()
		one.messages()
		one.capacity()
	}
	if len(sim.Services) > 0 {
		s.group("All services")
		s.capacity()
	}
	m.line("")
	m.linef("%s. Nothing was measured on AWS or in a cluster.", format.Sentence(sim.Source))
	for i := range sim.Services {
		m.linef("- %s: %s", sim.Services[i].Service, sim.Services[i].Source)
	}
	for _, t := range spec.Targets() {
		if reason := sim.Refused[t]; reason != "" {
			m.linef("- %s was not simulated: %s", name(t), reason)
		}
	}
	m.close()
}

func (p *page) simulation() {
	sim := p.result.Simulation
	if sim == nil {
		return
	}
	if len(sim.Services) > 0 {
		p.together(sim)
		return
	}
	f := sim.Trace
	p.simulationTitle(sim)
	p.say("", format.Sentence(sim.Source)+".")
	p.say("", rateOf(f, " "+kindOf(sim))+". Nothing was measured on AWS or in a cluster.")
	p.sampling(sim)
	p.refused(sim)
	s := sideBySide{p, sim, false}
	s.titles()
	s.latencies()
	s.outcomes()
	s.messages()
	s.capacity()
	s.money()
	s.timeline()
}

func (p *page) refused(sim *compare.Simulation) {
	for _, t := range spec.Targets() {
		if reason := sim.Refused[t]; reason != "" {
			p.say("", fmt.Sprintf("%s was not simulated: %s.", name(t), reason))
		}
	}
}

// titles are the columns'.
func (s sideBySide) titles() {
	if s.markdown {
		s.line("| | Lambda | Kubernetes |")
		s.line("|---|--:|--:|")
		return
	}
	s.line(fmt.Sprintf("  %-32s%22s %22s", "", "Lambda", "Kubernetes"))
}

// rateOf says how many of what came; the busiest second of a trace that was sampled is not known.
func rateOf(f trace.Figures, what string) string {
	rate := amount(f.Mean) + what + " a second on average"
	if f.Second.Peak > 0 {
		rate += fmt.Sprintf(", %s in the busiest second", amount(float64(f.Second.Peak)))
	}
	return rate
}

// together is several services that were simulated together: each, and what they share.
func (p *page) together(sim *compare.Simulation) {
	p.simulationTitle(sim)
	p.say("", fmt.Sprintf("%s: %s. Nothing was measured on AWS or in a cluster.", format.Sentence(sim.Source), rateOf(sim.Trace, "")))
	p.sampling(sim)
	p.refused(sim)
	for i := range sim.Services {
		one := &sim.Services[i]
		p.heading(fmt.Sprintf("%s: %s", one.Service, counted(one.Trace.Requests, kindOf(one))))
		p.say("", format.Sentence(one.Source)+".")
		s := sideBySide{p, one, false}
		s.titles()
		s.latencies("p50", "p99", "p99.9", "longest")
		s.outcomes()
		s.messages()
		s.capacity()
	}
	p.heading("All services")
	s := sideBySide{p, sim, false}
	s.titles()
	s.capacity()
	s.money()
}

func (p *page) simulationTitle(sim *compare.Simulation) {
	of := sim.Service + " under the trace"
	if len(sim.Services) > 0 {
		of = p.result.App + ", all services together"
	}
	p.heading(fmt.Sprintf("%s, simulated: %s in %s", of, counted(sim.Trace.Requests, kindOf(sim)), span(sim.Trace.Span)))
	if sim.Partial {
		p.say("", "PARTIAL: the simulation was interrupted. Everything below is about what was simulated until then.")
	}
}

// sampling says how much of a long trace was simulated, and with what error.
func (p *page) sampling(sim *compare.Simulation) {
	for _, t := range spec.Targets() {
		run := sim.Of(t)
		if run == nil || run.Sampling == nil {
			continue
		}
		s := run.Sampling
		followed, paid := "", fmt.Sprintf("GB-seconds %s, ", inPercent(s.Meters[replay.BilledMS]))
		if s.Followed {
			followed, paid = "; replicas and nodes were followed through all of it", ""
		}
		p.say("", fmt.Sprintf("Sampled on %s: %s of the requests were simulated, %d stretches of time that stand for others%s. Standard errors: %sp50 %s, p99 %s, p99.9 %s.",
			name(t), inPercent(s.Share), s.Windows, followed, paid, inPercent(s.P50), inPercent(s.P99), inPercent(s.P999)))
	}
}

// quantile is one figure of latencies.
type quantile struct {
	name string
	of   func(replay.Latency) int64
}

func latencyFigures() []quantile {
	return []quantile{
		{"mean", func(l replay.Latency) int64 { return l.Mean }},
		{"p50", func(l replay.Latency) int64 { return l.P50 }},
		{"p90", func(l replay.Latency) int64 { return l.P90 }},
		{"p95", func(l replay.Latency) int64 { return l.P95 }},
		{"p99", func(l replay.Latency) int64 { return l.P99 }},
		{"p99.9", func(l replay.Latency) int64 { return l.P999 }},
		{"longest", func(l replay.Latency) int64 { return l.Max }},
	}
}

// latencies prints those figures whose names are given; without names, all.
func (s sideBySide) latencies(only ...string) {
	name := "latency of requests that were served or timed out"
	if s.ofMessages() {
		name = "time of messages, from sent to deleted"
	} else if s.simulation.Runs {
		name = "time of runs, from when they are due"
	}
	s.group(name)
	for _, q := range latencyFigures() {
		if len(only) > 0 && !slices.Contains(only, q.name) {
			continue
		}
		s.row(q.name, func(r *replay.Result) string {
			latency := r.Times()
			if latency.Count == 0 {
				return "-"
			}
			return span(time.Duration(q.of(latency)))
		})
	}
}

// outcomes are how requests ended: every cause that some request has.
func (s sideBySide) outcomes() {
	s.group(s.kind())
	for o := range replay.Outcomes {
		seen := o == replay.Served
		for _, t := range spec.Targets() {
			run := s.simulation.Of(t)
			seen = seen || run != nil && run.Outcomes[o] > 0
		}
		if seen {
			s.row(o.String(), func(r *replay.Result) string { return ofAll(r.Outcomes[o], r.Requests) })
		}
	}
	s.row("in flight at the end", func(r *replay.Result) string { return ofAll(r.InFlight, r.Requests) })
	s.row("cold starts", func(r *replay.Result) string {
		return withShare(r.Meters[replay.ColdStarts], r.ColdShare())
	})
	if s.ofMessages() {
		return
	}
	s.row("waited for a place", func(r *replay.Result) string { return ofAll(r.Meters[replay.Queuing], r.Requests) })
	s.row("their wait, p50 and p99", func(r *replay.Result) string {
		if r.Waits.Count == 0 {
			return "-"
		}
		return span(time.Duration(r.Waits.P50)) + ", " + span(time.Duration(r.Waits.P99))
	})
}

// ofMessages reports whether messages of a queue were simulated, and not requests.
func (s sideBySide) ofMessages() bool { return s.simulation.OfMessages() }

// kind is what was simulated.
func (s sideBySide) kind() string { return kindOf(s.simulation) }

func kindOf(sim *compare.Simulation) string {
	if slices.ContainsFunc(sim.Services, func(one compare.Simulation) bool { return one.OfMessages() }) {
		return "requests and messages"
	}
	if sim.OfMessages() {
		return "messages"
	}
	if sim.Runs {
		return "runs"
	}
	return "requests"
}

// messages are what only messages of a queue have.
func (s sideBySide) messages() {
	if !s.ofMessages() {
		return
	}
	of := func(figure func(*replay.Messages) string) func(*replay.Result) string {
		return func(r *replay.Result) string { return figure(r.Messages) }
	}
	number := func(figure func(*replay.Messages) int64) func(*replay.Result) string {
		return of(func(m *replay.Messages) string { return amount(float64(figure(m))) })
	}
	age := func(figure func(replay.Latency) int64) func(*replay.Result) string {
		return of(func(m *replay.Messages) string { return span(time.Duration(figure(m.Oldest))) })
	}
	s.row("redeliveries", number(func(m *replay.Messages) int64 { return m.Redeliveries }))
	s.row("invocations", func(r *replay.Result) string {
		if r.Messages.Invocations == 0 {
			return "-"
		}
		return fmt.Sprintf("%s, of %.3g each", amount(float64(r.Messages.Invocations)), r.Messages.BatchSize())
	})
	s.group("age of the oldest message")
	s.row("p50 of the time", age(func(l replay.Latency) int64 { return l.P50 }))
	s.row("p99 of the time", age(func(l replay.Latency) int64 { return l.P99 }))
	s.row("oldest", age(func(l replay.Latency) int64 { return l.Max }))
	s.row("longest until none waited", of(func(m *replay.Messages) string { return span(time.Duration(m.Backlog)) }))
}

func ofAll(n, of int64) string {
	if of == 0 {
		return withShare(n, 0)
	}
	return withShare(n, float64(n)/float64(of))
}

func withShare(n int64, share float64) string {
	if n == 0 {
		return "0"
	}
	return fmt.Sprintf("%s  %6s", amount(float64(n)), inPercent(share))
}

// inPercent prints a part, such as 12.5 %.
func inPercent(share float64) string { return fmt.Sprintf("%.3g %%", 100*share) }

func (s sideBySide) capacity() {
	s.group("capacity: on average, at most")
	level := func(g replay.Gauge) func(*replay.Result) string {
		return func(r *replay.Result) string {
			return fmt.Sprintf("%.4g, %s", r.Gauges[g].Mean, format.Grouped(fmt.Sprint(r.Gauges[g].Max)))
		}
	}
	of := func(t spec.Target, figure func(*replay.Result) string) func(*replay.Result) string {
		return func(r *replay.Result) string {
			if r.Target != t {
				return "-"
			}
			return figure(r)
		}
	}
	work := "requests in work"
	if len(s.simulation.Services) > 0 {
		work = "work at once"
	} else if s.ofMessages() {
		work = "invocations or messages in work"
	}
	s.row(work, level(replay.InUse))
	s.row("environments or replicas", level(replay.Instances))
	if s.simulation == s.result.Simulation { // one of several services has none of its own
		s.row("nodes", of(spec.Kubernetes, level(replay.Nodes)))
	}
	if s.simulation == s.result.Simulation {
		s.interruptions(of)
	}
	s.row("started, stopped", func(r *replay.Result) string {
		return amount(float64(r.Meters[replay.Started])) + ", " + amount(float64(r.Meters[replay.Stopped]))
	})
	s.row("cores at work, mean", func(r *replay.Result) string {
		if r.Span == 0 || r.Meters[replay.CPUNanoseconds] == 0 {
			return "-" // not counted on Lambda, where it is paid with the memory
		}
		return fmt.Sprintf("%.4g", float64(r.Meters[replay.CPUNanoseconds])/float64(r.Span))
	})
	s.row("places in use", func(r *replay.Result) string { return inPercent(r.Utilization()) })
	s.row("places idle", func(r *replay.Result) string { return inPercent(r.Idle()) })
}

// interruptions are how often AWS took nodes back, and what came of it.
func (s sideBySide) interruptions(of func(spec.Target, func(*replay.Result) string) func(*replay.Result) string) {
	if k := s.simulation.Of(spec.Kubernetes); k == nil || k.Meters[replay.Interruptions] == 0 {
		return
	}
	s.row("spot nodes taken back", of(spec.Kubernetes, func(r *replay.Result) string { return amount(float64(r.Meters[replay.Interruptions])) }))
	s.row("waited, failed for it", of(spec.Kubernetes, func(r *replay.Result) string {
		return amount(float64(r.Meters[replay.InterruptedWaited])) + ", " + amount(float64(r.Meters[replay.InterruptedFailed]))
	}))
}

func (s sideBySide) money() {
	s.group("paid for")
	of := func(t spec.Target, figure func(*replay.Result) float64) func(*replay.Result) string {
		return func(r *replay.Result) string {
			if r.Target != t {
				return "-"
			}
			return amount(figure(r))
		}
	}
	s.row("GB-seconds of work", of(spec.Lambda, func(*replay.Result) float64 { return s.simulation.GBSeconds(replay.BilledMS) }))
	s.row("GB-seconds of starts", of(spec.Lambda, func(*replay.Result) float64 { return s.simulation.GBSeconds(replay.InitMS) }))
	if l := s.simulation.Of(spec.Lambda); l != nil && l.Gauges[replay.Provisioned].Max > 0 {
		s.row("GB-seconds, provisioned", of(spec.Lambda, func(*replay.Result) float64 { return s.simulation.GBSeconds(replay.ProvisionedMS) }))
	}
	s.row("replica-seconds", of(spec.Kubernetes, func(r *replay.Result) float64 { return r.Gauges[replay.Instances].Seconds }))
	s.row("node-seconds", of(spec.Kubernetes, func(r *replay.Result) float64 { return r.Gauges[replay.Nodes].Seconds }))
	s.row("cost of this trace", func(r *replay.Result) string { return cents(s.simulation.Cost(r.Target)) })
	if period := s.simulation.Period; period > 0 {
		s.say("", fmt.Sprintf("This is %s of a shape that comes round in %s: no month follows from it. A longer --span, or none, simulates one round.", span(s.simulation.Trace.Span), span(period)))
		return
	}
	s.row("cost of a month like it", func(r *replay.Result) string { return total(s.result.Of(r.Target)) })
	s.row("of which idle", func(r *replay.Result) string {
		if bill := s.result.Of(r.Target).Bill; bill != nil {
			return idle(bill)
		}
		return "-"
	})
	s.say("", fmt.Sprintf("A month is taken to be %s times this trace: what it does not show, such as nights and weekends, is not in these costs.",
		amount(1/max(s.simulation.Months(spec.Lambda), s.simulation.Months(spec.Kubernetes)))))
	if unknown(s.result.Lambda) || unknown(s.result.Kubernetes) {
		s.say("", `A + means that further costs are still unknown: "ambi compare" has the formulas.`)
	}
}

// cents prints small amounts to a hundredth of a cent.
func cents(u *price.USD) string {
	if u == nil {
		return "?"
	}
	if *u >= price.Dollar {
		return format.Money(*u)
	}
	return fmt.Sprintf("$%.4f", u.Dollars())
}

// timeline draws what happened over time, a line a figure.
func (s sideBySide) timeline() {
	line := s.simulation.Timeline
	if line.Step == 0 {
		return
	}
	const labels, most = 20, 9 // columns
	width := Width - labels - most - 1
	columns := min(width, len(line.Requests))
	s.heading(fmt.Sprintf("Over time: each column is %s, and as high as its highest moment", span(line.Step*time.Duration((len(line.Requests)+columns-1)/columns))))
	draw := func(label string, values []float64, format func(float64) string) {
		top := 0.0
		for _, v := range values {
			top = max(top, v)
		}
		s.line(strings.TrimRight(fmt.Sprintf("%-*s%*s %s", labels, label, most, format(top), chart.Spark(values, width)), " "))
	}
	number := func(v float64) string { return amount(v) }
	latency := func(v float64) string { return span(time.Duration(v)) }
	draw(s.kind()+" a second", highest(line.Requests), number)
	for _, side := range []struct {
		name, instances string
		track           *simulate.Track
	}{{"Lambda", "environments", line.Lambda}, {"Kubernetes", "replicas ready", line.Kubernetes}} {
		if side.track == nil {
			continue
		}
		s.line(side.name)
		draw("  "+s.kind()+" in work", highest(side.track.InUse), number)
		draw("  "+side.instances, highest(side.track.Replicas), number)
		if side.track.Nodes != nil {
			draw("  nodes", highest(side.track.Nodes), number)
		}
		if queued := highest(side.track.Queued); anyAbove(queued) {
			draw("  "+s.kind()+" waiting", queued, number)
		}
		if side.track.Oldest != nil {
			draw("  oldest message", highest(side.track.Oldest), func(v float64) string { return span(time.Duration(v * float64(time.Millisecond))) })
		}
		draw("  p99 latency", floats(side.track.P99), latency)
		if bad := floats(side.track.Bad); anyAbove(bad) {
			draw("  ended badly", bad, number)
		}
	}
}

func requests(n int64) string { return counted(n, "requests") }

// counted is a number of requests or messages.
func counted(n int64, what string) string {
	if n == 1 {
		return "1 " + strings.TrimSuffix(what, "s")
	}
	return format.Grouped(fmt.Sprint(n)) + " " + what
}

func highest(bounds []simulate.Bound) []float64 {
	values := make([]float64, len(bounds))
	for i, b := range bounds {
		values[i] = b.Max
	}
	return values
}

func floats(numbers []int64) []float64 {
	values := make([]float64, len(numbers))
	for i, n := range numbers {
		values[i] = float64(n)
	}
	return values
}

func anyAbove(values []float64) bool {
	for _, v := range values {
		if v > 0 {
			return true
		}
	}
	return false
}
