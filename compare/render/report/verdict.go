package report

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"

	"ambi/compare"
	"ambi/compare/demand"
	"ambi/compare/fit"
	"ambi/compare/format"
	"ambi/compare/price/breakeven"
	"ambi/compare/price/cost"
	"ambi/spec"
)

// verdict prints a summary that takes ten seconds to read: the answer, and the few figures that
// decide it.
func (p *page) verdict() {
	v := p.result.Verdict
	p.heading(p.title())
	facts := p.decisive()
	if p.result.Placement.Clear() && !p.options.Full { // the mix needs the room on the screen
		facts = slices.DeleteFunc(facts, func(f fact) bool { return slices.Contains([]string{"difference", "comes with"}, f.name) })
	}

	for _, f := range facts {
		p.say(fmt.Sprintf("%-12s ", f.name), f.text)
	}
	if len(v.Missing) > 0 {
		p.give(v.Missing)
	}
	for _, condition := range p.options.Failed {
		p.say("fails        ", condition)
	}
}

// title is the verdict: of one target for all services, where a mix comes before it.
func (p *page) title() string {
	r := p.result
	if r.Placement.Clear() {
		return "All services on one target: " + r.Verdict.Answer.Name()
	}
	return fmt.Sprintf("%s in %s: %s", r.App, r.Region, r.Verdict.Answer.Name())
}

// fact is a line of the verdict.
type fact struct{ name, text string }

// The names of the facts that Markdown has as a table.
const (
	practiceFact = "in practice"
	teamFact     = "team"
)

// decisive are the figures that decide a comparison: both totals with what they
// mostly pay for, and what turns the answer.
func (p *page) decisive() []fact {
	r, v := p.result, p.result.Verdict
	facts := []fact{{"because", v.Because}}
	if left := r.Left(); left != "" {
		facts = append(facts, fact{"without", left})
	}
	if v.Saves != nil && v.Percent > 0 {
		facts = append(facts, fact{"difference", fmt.Sprintf("%s a month, %.4g %% of the dearer one", format.Money(*v.Saves), v.Percent)})
	}
	for _, t := range spec.Targets() {
		facts = append(facts, fact{name(t), mainly(r.Of(t))})
	}
	if text := noMix(r.Placement); text != "" {
		facts = append(facts, fact{"mix", text})
	}
	if text := p.nearest(); text != "" {
		facts = append(facts, fact{"break-even", text})
	}
	for _, text := range p.flips() {
		facts = append(facts, fact{"flips with", text})
	}
	facts = append(facts, fact{"fits", fits(r.Fit)})
	if r.Objective != nil {
		facts = append(facts, fact{"objective", r.Objective.Words()})
	}
	for _, practice := range r.Practice {
		facts = append(facts, fact{practiceFact, practice.Words()})
	}
	if r.Team != nil {
		facts = append(facts, fact{teamFact, r.Team.Words()})
	}
	for _, text := range v.Beside {
		facts = append(facts, fact{"comes with", text})
	}
	return facts
}

// mainly is what a side costs, and its dearest line beside those that both sides have.
func mainly(side compare.Side) string {
	switch {
	case side.Bill == nil:
		return "cannot be priced: " + side.Unpriced
	case side.Bill.Total == nil:
		return total(side) + " a month, and what is not known yet"
	case *side.Bill.Total == 0:
		return total(side) + " a month"
	}
	own := slices.DeleteFunc(slices.Clone(side.Bill.Components), func(c cost.Component) bool { return c.Shared })
	dearest := slices.MaxFunc(own, func(a, b cost.Component) int { return cmp.Compare(*a.Cost, *b.Cost) })
	return fmt.Sprintf("%s a month, %.0f %% of it %s: %s", total(side), 100*dearest.Cost.Dollars()/side.Bill.Total.Dollars(), dearest.Name, format.Money(*dearest.Cost))
}

// flips are the nearest changes that turn the answer, beside the number of requests,
// and the other choices that do.
func (p *page) flips() []string {
	r := p.result
	if r.Verdict.Saves == nil || len(r.Services) == 0 {
		return nil
	}
	var list []string
	for _, f := range r.Sensitivity {
		if f.Input != compare.RequestsInput && len(list) < briefFlips {
			list = append(list, change(f))
		}
	}
	for _, a := range r.Alternatives {
		if a.Flips {
			list = append(list, fmt.Sprintf("%s: %s on Lambda, %s on Kubernetes", a.Name, format.Money(a.Lambda), format.Money(a.Kubernetes)))
		}
	}
	return list
}

// fits says in a line how many limits are reached or near.
func fits(f fit.Report) string {
	var parts []string
	for _, t := range spec.Targets() {
		text := fmt.Sprintf("%s: %s", name(t), count(len(f.Blocked(t)), "blocker"))
		if n := len(f.Turned(t)); n > 0 {
			text += ", " + count(n, "change")
		}
		parts = append(parts, text+", "+count(len(f.Warned(t)), "warning"))
	}
	return strings.Join(parts, "; ")
}

// count says how many there are of something.
func count(n int, noun string) string {
	if n == 0 {
		return "no " + noun + "s"
	}
	return format.Plural(n, noun)
}

// nearest says at how many requests the answer changes next.
func (p *page) nearest() string {
	b := p.result.BreakEven
	today, known := b.Requests.Get()
	if b.None != "" {
		return "none: " + b.None
	}
	if !known || p.result.Verdict.Saves == nil || len(b.Points) == 0 {
		return ""
	}
	if len(b.Crossings) == 0 {
		cheaper := "Kubernetes"
		if b.Points[0].LambdaCheaper() {
			cheaper = "Lambda"
		}
		end := b.Points[len(b.Points)-1].Requests
		if end < 10*today {
			return fmt.Sprintf("none up to %s requests a month: %s is cheaper", amount(end), cheaper)
		}
		return fmt.Sprintf("none: %s is cheaper at any number of requests", cheaper)
	}
	c := slices.MinFunc(b.Crossings, func(a, b compare.Crossing) int {
		return cmp.Compare(math.Abs(math.Log(nearEnd(a.Crossing, today)/today)), math.Abs(math.Log(nearEnd(b.Crossing, today)/today)))
	})
	above := "Kubernetes"
	if c.ToLambda {
		above = "Lambda"
	}
	text := fmt.Sprintf("%s requests a month, %s times this usage; above, %s is cheaper", spread(c.Crossing), times(nearEnd(c.Crossing, today)/today), above)
	if n := len(b.Crossings); n > 1 {
		text += fmt.Sprintf("; the nearest of %d such places", n)
	}
	return text
}

// nearEnd is the end of a crossing that is nearer to a number of requests.
func nearEnd(c breakeven.Crossing, requests float64) float64 {
	if requests > c.Until && c.Times > 1 {
		return c.Until
	}
	return c.Requests
}

// spread is where the cheaper target changes: a number of requests, or from where to
// where while both cost about the same.
func spread(c breakeven.Crossing) string {
	if c.Times < 2 {
		return amount(c.Requests)
	}
	return amount(c.Requests) + " to " + amount(c.Until)
}

// times is a factor of three digits.
func times(factor float64) string {
	if factor < 1000 {
		return fmt.Sprintf("%.3g", factor)
	}
	return amount(math.Round(factor))
}

// give says how to give what is missing, an input once for all its services.
func (p *page) give(missing []cost.Missing) {
	if len(missing) == 0 {
		return
	}
	p.line("")
	until := "Until these are given, costs that depend on them are formulas:"
	if slices.ContainsFunc(missing, func(m cost.Missing) bool {
		return slices.Contains([]demand.Input{demand.Duration, demand.CPUTime, demand.Request, demand.Response, demand.Log, demand.Start}, m.Input)
	}) {
		until = "Costs are formulas until these are given (\"ambi measure\" measures most):"
	}
	p.say("", until)
	said := map[demand.Input]bool{}
	for _, m := range missing {
		if said[m.Input] {
			continue
		}
		said[m.Input] = true
		p.say(fmt.Sprintf("  %-12s ", m.Input), p.options.Give[m.Input])
	}
}
