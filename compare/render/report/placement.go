package report

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"

	"ambi/compare"
	"ambi/compare/format"
	"ambi/spec"
)

// briefPlaced is how many services one screen has room for.
const briefPlaced = 5

// placement is the cheapest assignment of services to targets. Where that is a mix it comes
// before everything else; else a line of the verdict says so.
func (p *page) placement() {
	best := p.result.Placement
	if !best.Clear() {
		return
	}
	p.heading(fmt.Sprintf("%s in %s: a mix of both targets", p.result.App, p.result.Region))
	p.say("because      ", mixed(p.result))
	for _, t := range spec.Targets() {
		p.say(fmt.Sprintf("%-12s ", name(t)), fmt.Sprintf("%s a month: %s", format.MoneyOr(best.Sides.Of(t)), strings.Join(best.On(t), ", ")))
	}
	p.say("searched     ", searched(best))
	if len(best.Across) > 0 {
		p.say("calls across ", across(best))
	}
	p.say("as written   ", written(best))
	p.line("")
	p.row("", 44, fmt.Sprintf(" %12s", "it saves"))
	services := slices.Clone(best.Services)
	slices.SortStableFunc(services, func(a, b compare.Placed) int { return cmp.Compare(magnitude(b.Elsewhere), magnitude(a.Elsewhere)) })
	shown := services
	if !p.options.Full {
		shown = services[:min(briefPlaced, len(services))]
	}
	for _, s := range shown {
		p.row(s.Service+" on "+name(s.Target)+", not "+name(s.Target.Other()), 44, fmt.Sprintf(" %12s", moreElsewhere(s)))
		if note := staying(s); note != "" {
			p.say("    ", note)
		}
	}
	p.more(len(services)-len(shown), "service")
}

// mixed says what a mix costs, and either target for all services.
func mixed(r compare.Result) string {
	text := format.Money(r.Placement.Cost) + " a month"
	if r.Placement.Saves == nil {
		return text + "; neither target takes all services"
	}
	text = fmt.Sprintf("%s, %s less than the cheaper target for all services: Lambda ", text, format.Money(*r.Placement.Saves))
	if all := r.Placement.Averages; all != nil {
		return text + fmt.Sprintf("%s, Kubernetes %s, all by averages", format.MoneyOr(all.Lambda), format.MoneyOr(all.Kubernetes))
	}
	return text + fmt.Sprintf("%s, Kubernetes %s", total(r.Lambda), total(r.Kubernetes))
}

// searched says how the mix was found, and what it may have missed.
func searched(p *compare.Placement) string {
	tried := format.Plural(p.Tried, "assignment")
	if p.MayMiss == 0 {
		return "every assignment of services to targets: none that fits is cheaper"
	}
	return fmt.Sprintf("%s; a cheaper one saves at most %s a month more", tried, format.Money(p.MayMiss))
}

// across lists the calls of a mix that go from one target to the other.
func across(p *compare.Placement) string {
	var list []string
	for _, c := range p.Across {
		list = append(list, fmt.Sprintf("%s calls %s %s times a month", c.Caller, c.Callee, amount(math.Round(c.Requests))))
	}
	return strings.Join(list, ", ") + ", which the mix pays for"
}

// written compares a mix with where the spec has the services.
func written(p *compare.Placement) string {
	switch {
	case len(p.Write) == 0:
		return "the spec has the services there already"
	case p.Written == nil:
		return fmt.Sprintf("--write gives %s their targets in the spec", format.Plural(p.Moves(), "service"))
	}
	return fmt.Sprintf("%s a month, %s more; --write moves %s", format.Money(*p.Written), format.Money(*p.Written-p.Cost), format.Plural(p.Moves(), "service"))
}

// noMix says that no mix is worth it; empty where one is, or where nothing was searched.
func noMix(p *compare.Placement) string {
	switch {
	case p == nil || p.Clear():
		return ""
	case !p.Mixed:
		return "no mix of both targets is cheaper"
	}
	return fmt.Sprintf("a mix of both targets saves only %s a month: %s on Lambda, %s on Kubernetes", format.Money(*p.Saves), strings.Join(p.On(spec.Lambda), ", "), strings.Join(p.On(spec.Kubernetes), ", "))
}

func moreElsewhere(s compare.Placed) string {
	if s.Elsewhere == nil {
		return "-"
	}
	return format.Money(*s.Elsewhere)
}

// staying says what keeps a service where it is.
func staying(s compare.Placed) string {
	switch {
	case s.Pinned != "":
		return "fits nowhere else: " + s.Pinned
	case s.With != nil:
		return "with " + strings.Join(s.With, ", ") + ", because nothing would guard their calls across targets"
	}
	return ""
}

func (m *markdown) placement() {
	best := m.result.Placement
	if !best.Clear() {
		return
	}
	m.linef("### %s in %s: a mix of both targets", m.result.App, m.result.Region)
	m.line("")
	m.linef("- because: %s", mixed(m.result))
	for _, t := range spec.Targets() {
		m.linef("- %s: %s a month: %s", name(t), format.MoneyOr(best.Sides.Of(t)), strings.Join(best.On(t), ", "))
	}
	m.linef("- searched: %s", searched(best))
	if len(best.Across) > 0 {
		m.linef("- calls across: %s", across(best))
	}
	m.linef("- as written: %s", written(best))
	m.open("Where each service belongs, and what the other target would cost more")
	m.line("| service | target | elsewhere | |")
	m.line("|---|---|--:|---|")
	for _, s := range best.Services {
		m.linef("| %s | %s | %s | %s |", s.Service, name(s.Target), moreElsewhere(s), staying(s))
	}
	m.close()
	m.line("")
}
