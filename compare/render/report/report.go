// Package report prints a comparison as text for a terminal, at most Width
// columns wide:
//
//	text := report.Text(result, report.Options{Spec: "app/app.yaml"})
//
// Markdown is the same for a comment on a change, short, with the rest folded.
//
// The text is one screen: the verdict, both totals and what turns it, and the limits.
// With Full it is everything that the Result holds.
//
// Both decide nothing: every figure is one of the Result's. The verdict comes
// first, the assumptions last. What is paid for and idles stands apart, and what is
// unknown is a formula and never a number.
package report

import (
	"fmt"
	"strings"

	"ambi/compare"
	"ambi/compare/demand"
	"ambi/compare/fit"
	"ambi/compare/format"
	"ambi/compare/price/breakeven"
	"ambi/spec"
)

// Width is how many columns a report takes.
const Width = 80

// Options say what a report cannot know from a Result, and how much of it is
// printed.
type Options struct {
	Spec string // the spec's name, to point at its lines
	// Give says for each input how to set it, such as a flag.
	Give map[demand.Input]string
	// Full prints everything: every line of both bills, those of zero too, every
	// crossing, other choices, and for each duty and assumption why and whence.
	Full bool
	// Against is what changed from an earlier comparison; nil: nothing to tell.
	Against *compare.Difference
	// Failed are the conditions of the user's that hold, and those that cannot
	// be decided.
	Failed []string
}

// Text is a comparison as text.
func Text(r compare.Result, options Options) string {
	p := &page{result: r, options: options}
	if !options.Full {
		p.brief()
		return p.String()
	}
	p.placement()
	p.verdict()
	p.against(0)
	p.services()
	p.costs()
	p.simulation()
	p.crossings()
	p.sensitivity()
	p.alternatives()
	p.coldStarts()
	p.fit()
	p.operations()
	p.assumptions()
	return p.String()
}

// page is a report on its way.
type page struct {
	strings.Builder
	result  compare.Result
	options Options
}

// services lists an app's services, when there are several.
func (p *page) services() {
	if len(p.result.Services) > 1 {
		p.serviceTable(p.result.Services)
	}
}

func (p *page) serviceTable(services []compare.Service) {
	p.heading("Each service, as if it were the whole app, a month")
	columns := func(lambda, kubernetes, verdict string) string {
		return fmt.Sprintf(" %12s %12s  %s", lambda, kubernetes, verdict)
	}
	p.row("", 32, columns("Lambda", "Kubernetes", "verdict"))
	for _, s := range services {
		p.row(s.Name, 32, columns(format.MoneyOr(s.Alone.Lambda), format.MoneyOr(s.Alone.Kubernetes), s.Verdict.Answer.Name()))
	}
}

func (p *page) crossings() {
	b := p.result.BreakEven
	p.heading("Where the cheaper target changes, by requests a month")
	switch {
	case b.None != "":
		p.say("", "Nowhere: "+b.None+".")
		return
	case len(b.Points) == 0 && len(b.Missing) > 0:
		p.say("", "Unknown: "+inputs(b.Missing)+" missing.")
		return
	case len(b.Points) == 0:
		p.say("", "Unknown: the costs of both targets cannot be compared.")
		return
	}
	first, last := b.Points[0], b.Points[len(b.Points)-1]
	if len(b.Crossings) == 0 {
		cheaper := "Kubernetes"
		if first.LambdaCheaper() {
			cheaper = "Lambda"
		}
		p.say("", fmt.Sprintf("Nowhere: %s is the cheaper one from %s to %s requests a month.", cheaper, amount(first.Requests), amount(last.Requests)))
	}
	for _, c := range b.Crossings {
		to := "Kubernetes"
		if c.ToLambda {
			to = "Lambda"
		}
		p.say("  ", fmt.Sprintf("From %s on (%s a second) %s is cheaper: Lambda costs %s there and Kubernetes %s.",
			amount(c.Requests), amount(c.PerSecond), to, format.Money(c.Lambda), format.Money(c.Kubernetes)))
		p.say("    - ", "Lambda is mostly "+driver(c.LambdaDriver, "of it"))
		p.say("    - ", "Kubernetes is mostly "+driver(c.KubernetesDriver, "of it"))
		how := "What turns the answer: "
		if c.Step {
			how = "What turns the answer, by a step: "
		}
		p.say("    - ", how+driver(c.Cause, "of the growth"))
		if c.Times > 1 {
			p.say("    - ", fmt.Sprintf("Up to %s the cheaper one changes %s more: both cost about the same there", amount(c.Until), format.Plural(c.Times-1, "time")))
		}
	}
	if len(b.Crossings) > 0 {
		p.say("", fmt.Sprintf("Computed from %s to %s requests a month.", amount(first.Requests), amount(last.Requests)))
	}
	p.bands()
}

// bands say where the crossings are if an uncertain input is off.
func (p *page) bands() {
	if len(p.result.BreakEven.Bands) == 0 {
		return
	}
	p.line("")
	p.line("If an input is off, the answer changes at, in requests a month:")
	for _, band := range p.result.BreakEven.Bands {
		for _, end := range []struct {
			value string
			at    []breakeven.Crossing
		}{{band.Low, band.Below}, {band.High, band.Above}} {
			if end.value == "" {
				continue
			}
			p.say(fmt.Sprintf("  %-30s ", band.Input+" of "+end.value), places(end.at))
		}
	}
}

// fewCrossings are as many as are listed one by one.
const fewCrossings = 4

// places lists where the answer changes; of many, how often and between which.
func places(at []breakeven.Crossing) string {
	switch last := len(at) - 1; {
	case last < 0:
		return "nowhere"
	case last >= fewCrossings:
		return fmt.Sprintf("%d times from %s to %s", len(at), amount(at[0].Requests), amount(at[last].Requests))
	}
	var list []string
	for _, c := range at {
		list = append(list, spread(c))
	}
	return strings.Join(list, ", ")
}

func (p *page) sensitivity() {
	if len(p.result.Sensitivity) == 0 {
		return
	}
	p.heading("Which one change within ten times turns the answer")
	for _, f := range p.result.Sensitivity {
		p.say("- ", change(f))
	}
}

// alternatives are other choices, one at a time.
func (p *page) alternatives() {
	if len(p.result.Alternatives)+len(p.result.Beyond) == 0 {
		return
	}
	p.heading("Other choices, one at a time, a month")
	columns := func(lambda, kubernetes, flips string) string {
		return fmt.Sprintf(" %14s %14s  %s", lambda, kubernetes, flips)
	}
	p.row("", 43, columns("Lambda", "Kubernetes", ""))
	for _, a := range p.result.Alternatives {
		flips := ""
		if a.Flips {
			flips = "flips"
		}
		p.row(a.Name, 43, columns(format.Money(a.Lambda), format.Money(a.Kubernetes), flips))
	}
	for _, name := range p.result.Beyond {
		p.row(name, 43, columns("", "", "more than $1 billion, ambi's maximum"))
	}
}

// coldStarts are estimates for several keep-alive times, since AWS documents
// none.
func (p *page) coldStarts() {
	known := false
	for _, c := range p.result.ColdStarts {
		for _, s := range c.Services {
			known = known || s.Share.IsKnown()
		}
	}
	if !known {
		return
	}
	p.heading("Requests that meet a cold start, by keep-alive")
	if s := p.result.Simulation; s != nil && s.Lambda != nil {
		p.say("", fmt.Sprintf("Estimates, to compare keep-alive times: they assume random arrivals within each minute, and a steady state at the start. The simulation, with the arrivals of the trace and no environment at the start, found %s.", percent(s.Lambda.ColdShare())))
	}
	for _, c := range p.result.ColdStarts {
		var list []string
		for _, s := range c.Services {
			text := "unknown"
			if share, ok := s.Share.Get(); ok {
				text = percent(share)
			}
			if len(c.Services) > 1 {
				text = s.Service + " " + text
			}
			list = append(list, text)
		}
		text := strings.Join(list, ", ")
		if c.Assumed {
			text += " (assumed)"
		}
		p.say(fmt.Sprintf("  %-6s ", c.KeepAlive), text)
	}
}

// percent is a share as a percentage of two digits.
func percent(share float64) string {
	switch {
	case share == 0:
		return "0 %"
	case share < 1e-5:
		return "< 0.001 %"
	}
	return fmt.Sprintf("%.2g %%", 100*share)
}

func (p *page) fit() {
	f := p.result.Fit
	p.heading("Fit")
	p.limits("blockers", f.Blockers)
	if len(f.Knobs) > 0 {
		p.limits("what has to change", f.Knobs)
	}
	p.limits("warnings", f.Warnings)
	if len(f.Unchecked) > 0 {
		p.say("", "Limits that depend on "+inputs(f.Unchecked)+" were not checked.")
	}
}

func (p *page) limits(kind string, limits []fit.Limit) {
	if len(limits) == 0 {
		p.line("No " + kind + ".")
		return
	}
	p.line(format.Sentence(kind) + ":")
	for _, l := range limits {
		p.say("- ", fmt.Sprintf("%s: %s", l.Target, l.Message))
		p.detail("at", p.place(l))
		p.detail("limit", strings.TrimSuffix(l.Name+": "+l.Value, ": "))
		p.detail("needs", l.Actual)
		for _, e := range l.Write {
			p.detail("write", e.String())
		}
		p.detail("to do", l.Hint)
		p.detail("page", l.Page)
	}
}

// detail is a named line below an item; there is none for an empty text.
func (p *page) detail(name, text string) {
	if text != "" {
		p.say(fmt.Sprintf("    %-6s ", name), text)
	}
}

func (p *page) operations() {
	for _, t := range spec.Targets() {
		p.heading("What the team owns on " + name(t))
		none := true
		for _, d := range p.result.Operations {
			if d.Target == t {
				p.say("- ", d.Duty+": "+d.Why)
				none = false
			}
		}
		if none {
			p.line("Nothing is known: it does not support the app with this spec.")
		}
	}
}

func (p *page) assumptions() {
	p.heading("What all this assumes")
	for _, a := range p.result.Assumptions {
		text := a.Topic + ": " + a.Text
		if a.Source != "" {
			text += " [" + a.Source + "]"
		}
		p.say("- ", text)
	}
}
