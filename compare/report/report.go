// Package report prints a comparison as text for a terminal, at most Width
// columns wide:
//
//	text := report.Text(result, report.Options{Spec: "app/app.yaml"})
//
// It decides nothing: every figure is one of the Result's. The verdict comes
// first, the assumptions last. Lines of a bill that are zero stay, what is paid
// for and idles stands apart, and what is unknown is a formula and never a
// number.
package report

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"

	"ambi/compare"
	"ambi/compare/cost"
	"ambi/compare/fit"
	"ambi/compare/traffic"
	"ambi/spec"
)

// Width is how many columns a report takes.
const Width = 80

// Options say what a report cannot know from a Result.
type Options struct {
	Spec string // the spec's name, to point at its lines
	// Give says for each input how somebody gives it, such as a flag.
	Give map[traffic.Input]string
}

// Text is a comparison as text.
func Text(r compare.Result, options Options) string {
	p := &page{result: r, options: options}
	p.verdict()
	p.services()
	p.costs()
	p.crossings()
	p.sensitivity()
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

func (p *page) verdict() {
	r, v := p.result, p.result.Verdict
	p.heading(fmt.Sprintf("%s in %s: %s", r.App, r.Region, answer(v.Answer)))
	p.say("", sentence(v.Because)+".")
	if v.Saves != nil && v.Percent > 0 {
		p.say("", fmt.Sprintf("The difference is $%s a month, %.4g %% of the dearer one.", v.Saves, v.Percent))
	}
	if v.Flip != nil {
		p.say("", fmt.Sprintf("The nearest change that turns the answer is %s.", change(*v.Flip)))
	} else {
		p.nearest()
	}
	if len(v.Price) > 0 {
		p.say("", "Beside money it comes with:")
		for _, text := range v.Price {
			p.say("- ", text)
		}
	}
	p.give(v.Missing)
}

// nearest says at how many requests the answer changes next, where no smaller
// change turns it.
func (p *page) nearest() {
	b := p.result.BreakEven
	today, known := b.Requests.Get()
	if !known || p.result.Verdict.Saves == nil || len(b.Crossings) == 0 {
		return
	}
	c := slices.MinFunc(b.Crossings, func(a, b compare.Crossing) int {
		return cmp.Compare(math.Abs(math.Log(a.Requests/today)), math.Abs(math.Log(b.Requests/today)))
	})
	p.say("", fmt.Sprintf("The costs of both cross at %s requests a month, %.3g times this usage.", amount(c.Requests), c.Requests/today))
}

// give says how to give what is missing, an input once for all its services.
func (p *page) give(missing []cost.Missing) {
	if len(missing) == 0 {
		return
	}
	p.say("", "Until these are given, costs that depend on them are formulas:")
	said := map[traffic.Input]bool{}
	for _, m := range missing {
		if said[m.Input] {
			continue
		}
		said[m.Input] = true
		text := fmt.Sprintf("%-12s", m.Input)
		if how := p.options.Give[m.Input]; how != "" {
			text += " " + how
		}
		p.line("  " + strings.TrimRight(text, " "))
	}
}

// services lists an app's services, when there are several.
func (p *page) services() {
	if len(p.result.Services) < 2 {
		return
	}
	p.heading("Each service, as if it were the whole app, a month")
	columns := func(lambda, kubernetes, verdict string) string {
		return fmt.Sprintf(" %12s %12s  %s", lambda, kubernetes, verdict)
	}
	p.row("", 32, columns("Lambda", "Kubernetes", "verdict"))
	for _, s := range p.result.Services {
		p.row(s.Name, 32, columns(dollars(s.Alone.Lambda), dollars(s.Alone.Kubernetes), answer(s.Verdict.Answer)))
	}
}

func (p *page) crossings() {
	b := p.result.BreakEven
	p.heading("Where the cheaper target changes, by requests a month")
	switch {
	case len(b.Points) == 0 && len(b.Missing) > 0:
		p.say("", "Unknown: "+inputs(b.Missing)+" missing.")
		return
	case len(b.Points) == 0:
		p.say("", "Unknown: there is no cost of both targets to compare.")
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
		p.say("  ", fmt.Sprintf("From %s on (%s a second) %s is cheaper: Lambda costs $%s there and Kubernetes $%s.",
			amount(c.Requests), amount(c.PerSecond), to, c.Lambda, c.Kubernetes))
		p.say("    - ", "Lambda is mostly "+driver(c.LambdaDriver, "of it"))
		p.say("    - ", "Kubernetes is mostly "+driver(c.KubernetesDriver, "of it"))
		how := "What turns the answer: "
		if c.Step {
			how = "What turns the answer, by a step: "
		}
		p.say("    - ", how+driver(c.Cause, "of the growth"))
	}
	if len(b.Crossings) > 0 {
		p.say("", fmt.Sprintf("Looked at from %s to %s requests a month.", amount(first.Requests), amount(last.Requests)))
	}
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

func (p *page) fit() {
	f := p.result.Fit
	p.heading("Fit")
	p.limits("blockers", f.Blockers)
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
	p.line(sentence(kind) + ":")
	for _, l := range limits {
		p.say("- ", fmt.Sprintf("%s: %s", l.Target, l.Message))
		at := l.Path
		if l.Line > 0 && p.options.Spec != "" {
			at = fmt.Sprintf("%s:%d: %s", p.options.Spec, l.Line, l.Path)
		}
		p.detail("at", at)
		p.detail("limit", l.Name+": "+l.Value)
		p.detail("needs", l.Actual)
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
			p.line("Nothing is known: it does not take the app as it is.")
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
