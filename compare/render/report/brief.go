package report

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"ambi/compare"
	"ambi/compare/fit"
	"ambi/compare/format"
	"ambi/compare/simulate/replay"
	"ambi/spec"
)

// How much of a list one screen has room for; a line says how many more there are.
const (
	briefServices = 5
	briefFlips    = 3
	briefLimits   = 3
	briefLines    = 3
)

// brief is the comparison on one screen: the verdict, both totals, what turns it, and
// the limits.
func (p *page) brief() {
	p.placement()
	p.verdict()
	p.against(briefLines)
	p.briefServices()
	p.briefSimulation()
	p.briefLimits()
	p.line("")
	p.say("", "Nothing was measured on AWS. --full prints the rest: both bills line by line, other choices, duties, and all assumptions.")
}

// more says how many things of a list are not printed.
func (p *page) more(n int, noun string) {
	if n > 0 {
		p.line(fmt.Sprintf("  ... and %s more", format.Plural(n, noun)))
	}
}

// briefServices are the dearest of an app's services.
func (p *page) briefServices() {
	list := p.result.Services
	if len(list) < 2 || p.result.Placement.Clear() { // the placement has a table of its own
		return
	}
	dearest := slices.Clone(list)
	slices.SortStableFunc(dearest, func(a, b compare.Service) int {
		return cmp.Compare(magnitude(b.Alone.Lambda)+magnitude(b.Alone.Kubernetes), magnitude(a.Alone.Lambda)+magnitude(a.Alone.Kubernetes))
	})
	p.serviceTable(dearest[:min(briefServices, len(dearest))])
	p.more(len(list)-briefServices, "service")
}

// briefSimulation is how both targets behaved, in a few figures.
func (p *page) briefSimulation() {
	sim := p.result.Simulation
	if sim == nil {
		return
	}
	p.simulationTitle(sim)
	s := sideBySide{p, sim, false}
	s.titles()
	if len(sim.Services) > 0 {
		p.briefTogether(sim)
		return
	}
	s.latencies("p50", "p99", "p99.9")
	s.row("served", func(r *replay.Result) string { return ofAll(r.Outcomes[replay.Served], r.Requests) })
	s.row("cold starts", func(r *replay.Result) string {
		return withShare(r.Meters[replay.ColdStarts], r.ColdShare())
	})
	s.row("cost of this trace", func(r *replay.Result) string { return cents(sim.Cost(r.Target)) })
}

// briefTogether is how the services that were simulated together behaved, those with the longest
// waits first.
func (p *page) briefTogether(sim *compare.Simulation) {
	slowest := func(one *compare.Simulation) int64 {
		longest := int64(0)
		for _, t := range spec.Targets() {
			if run := one.Of(t); run != nil {
				longest = max(longest, run.Times().P99)
			}
		}
		return longest
	}
	var services []*compare.Simulation
	for i := range sim.Services {
		services = append(services, &sim.Services[i])
	}
	slices.SortStableFunc(services, func(a, b *compare.Simulation) int { return cmp.Compare(slowest(b), slowest(a)) })
	for _, one := range services[:min(briefServices, len(services))] {
		s := sideBySide{p, one, false}
		s.row(one.Service+", p99", func(r *replay.Result) string {
			if r.Times().Count == 0 {
				return "-"
			}
			return span(time.Duration(r.Times().P99))
		})
		if one.OfMessages() {
			s.row(one.Service+", oldest message", func(r *replay.Result) string { return span(time.Duration(r.Messages.Oldest.Max)) })
		}
	}
	p.more(len(services)-briefServices, "service")
	s := sideBySide{p, sim, false}
	s.row("served, of all", func(r *replay.Result) string { return ofAll(r.Outcomes[replay.Served], r.Requests) })
	s.row("cost of this trace", func(r *replay.Result) string { return cents(sim.Cost(r.Target)) })
}

// briefLimits are the limits, those first that keep the app from a target, and what is
// said of several services once.
func (p *page) briefLimits() {
	f, room := p.result.Fit, briefLimits
	if p.result.Placement.Clear() { // a mix has taken some of it
		room = 2
	}
	for _, kind := range []struct {
		title, noun string
		limits      []fit.Limit
	}{{"Blockers", "blocker", f.Blockers}, {"What has to change", "change", f.Knobs}, {"Warnings", "warning", f.Warnings}} {
		if room == 0 { // the screen is full
			p.more(len(kind.limits), kind.noun)
			continue
		}
		if len(kind.limits) == 0 {
			continue
		}
		p.heading(kind.title)
		told := 0
		for i, l := range kind.limits {
			alike := func(x fit.Limit) bool { return x.Target == l.Target && x.Name == l.Name && x.Service != l.Service }
			if room == 0 || slices.ContainsFunc(kind.limits[:i], alike) {
				continue
			}
			others := 0
			for _, x := range kind.limits[i+1:] {
				if alike(x) {
					others++
				}
			}
			text := l.Message
			if others > 0 {
				text += fmt.Sprintf(" (and %d more like it)", others)
			}
			p.say("- ", fmt.Sprintf("%s, %s: %s", name(l.Target), p.place(l), text))
			if len(l.Write) > 0 {
				p.say("  -> ", "write "+l.Change())
			} else {
				p.say("  -> ", l.Hint)
			}
			told, room = told+1+others, room-1
		}
		p.more(len(kind.limits)-told, kind.noun)
	}
}

// place is where a limit is in the spec.
func (p *page) place(l fit.Limit) string {
	if l.Line > 0 && p.options.Spec != "" {
		return fmt.Sprintf("%s:%d: %s", p.options.Spec, l.Line, l.Path)
	}
	return l.Path
}
