package report

import (
	"fmt"
	"strings"

	"ambi/compare"
	"ambi/compare/fit"
	"ambi/compare/format"
	"ambi/compare/price/cost"
	"ambi/spec"
)

// Markdown is a comparison as a comment on a change: the verdict, the costs by
// what they are for, and what changed; everything else is folded.
func Markdown(r compare.Result, options Options) string {
	m := &markdown{page: page{result: r, options: options}}
	m.placement()
	m.verdict()
	m.against()
	m.costs()
	m.practice()
	m.simulation()
	m.fit()
	m.crossings()
	m.operations()
	m.assumptions()
	return m.String()
}

// markdown is a report on its way; every line of it is markup.
type markdown struct {
	page
}

func (m *markdown) line(line markup) { m.page.line(string(line)) }

func (m *markdown) linef(format markup, values ...any) { m.line(format.with(values...)) }

func (m *markdown) verdict() {
	r := m.result
	m.linef("### %s", m.title())
	m.line("")
	for _, condition := range m.options.Failed {
		m.linef("**Fails** %s  ", code(condition))
	}
	for _, f := range m.decisive() {
		if f.name == practiceFact || f.name == teamFact {
			continue // they have a table
		}
		m.linef("- %s: %s", f.name, f.text)
	}
	if missing := r.Verdict.Missing; len(missing) > 0 {
		m.line("")
		m.linef("Costs that depend on %s are formulas until these are given.", inputs(missing))
	}
}

func (m *markdown) against() {
	d := m.options.Against
	if d == nil {
		return
	}
	m.line("")
	m.line("| since before | before | after | change |")
	m.line("|---|--:|--:|--:|")
	lines := 0
	for _, t := range spec.Targets() {
		side := d.Of(t)
		m.linef("| **%s** | %s | %s | **%s** |", name(t), format.MoneyOr(side.Before), format.MoneyOr(side.After), format.Rise(side.Change()))
		lines += len(visible(side.Lines))
	}
	if d.Before != d.After {
		m.line("")
		m.linef("The verdict was **%s**.", d.Before.Name())
	}
	if lines == 0 && len(d.Beside) == 0 {
		return
	}
	m.open(fmt.Sprintf("What changed: %s", count(lines, "line")))
	if lines > 0 {
		m.line("| | line | before | after | change |")
		m.line("|---|---|--:|--:|--:|")
	}
	for _, t := range spec.Targets() {
		for _, l := range visible(d.Of(t).Lines) {
			m.linef("| %s | %s | %s | %s | %s |", name(t), l.Name, format.MoneyOr(l.Before), format.MoneyOr(l.After), format.Rise(l.Change()))
		}
	}
	if len(d.Beside) > 0 {
		m.line("")
		m.linef("These differ too: %s.", strings.Join(d.Beside, "; "))
	}
	m.close()
}

func (m *markdown) costs() {
	l, k := m.result.Lambda, m.result.Kubernetes
	m.open(fmt.Sprintf("Cost a month: Lambda %s, Kubernetes %s", total(l), total(k)))
	m.line("| | Lambda | Kubernetes |")
	m.line("|---|--:|--:|")
	for _, category := range m.result.Categories() {
		m.linef("| %s | %s | %s |", category, part(l, category), part(k, category))
	}
	m.linef("| **total** | **%s** | **%s** |", total(l), total(k))
	for _, t := range spec.Targets() {
		side := m.result.Of(t)
		m.line("")
		if side.Bill == nil {
			m.linef("%s cannot be priced: %s", name(t), side.Unpriced)
			continue
		}
		m.linef("| %s | quantity | cost |", name(t))
		m.line("|---|--:|--:|")
		for _, c := range side.Bill.Components {
			if !c.Shared {
				m.component(c)
			}
		}
		if len(side.Bill.Shared()) > 0 {
			m.linef("| %s | | %s |", dataHeading, part(side, cost.Shared))
		}
	}
	if lines := m.result.Data(); len(lines) > 0 {
		m.line("")
		m.linef("| %s | quantity | cost |", dataHeading)
		m.line("|---|--:|--:|")
		for _, c := range lines {
			m.component(c)
		}
	}
	m.close()
}

// practice is a month with and without what decides beside list prices.
func (m *markdown) practice() {
	list := m.result.Switches()
	if list == nil {
		return
	}
	summary := "What decides in practice: nothing that was given turns the answer"
	if names := compare.Turning(list); len(names) > 0 {
		summary = "What decides in practice: the answer turns with " + strings.Join(names, ", ")
	}
	m.open(summary)
	m.line("| with | assumed | Lambda | change | Kubernetes | change | answer |")
	m.line("|---|---|--:|--:|--:|--:|---|")
	for _, s := range list {
		cells := []any{format.Sentence(s.Name), strings.Join(append([]string{s.Text}, s.Notes...), "; ")}
		for _, t := range spec.Targets() {
			cost, change := "", ""
			if usd := s.Of(t); usd != nil {
				cost = format.Money(*usd)
			}
			if more := s.Change.Of(t); more != nil {
				change = format.Rise(more)
			}
			cells = append(cells, cost, change)
		}
		answer := ""
		if s.Lambda != nil {
			answer = s.Answer.Name()
		}
		m.linef("| %s | %s | %s | %s | %s | %s | %s |", append(cells, answer)...)
	}
	m.close()
}

// component is a row of a bill, of what is not zero.
func (m *markdown) component(c cost.Component) {
	switch {
	case c.Cost == nil:
		m.linef("| %s | = %s | ? |", c.Name, c.Formula)
	case *c.Quantity != 0:
		m.linef("| %s | %s %s | %s |", c.Name, amount(*c.Quantity), c.Unit, format.Money(*c.Cost))
	}
}

func (m *markdown) fit() {
	f := m.result.Fit
	if len(f.Blockers)+len(f.Knobs)+len(f.Warnings) == 0 {
		return
	}
	m.open(fmt.Sprintf("Limits: %s, %s, %s", count(len(f.Blockers), "blocker"), count(len(f.Knobs), "change"), count(len(f.Warnings), "warning")))
	for _, list := range []struct {
		kind   string
		limits []fit.Limit
	}{{"blocker", f.Blockers}, {"change", f.Knobs}, {"warning", f.Warnings}} {
		for _, l := range list.limits {
			at := l.Path
			if l.Line > 0 && m.options.Spec != "" {
				at = fmt.Sprintf("%s:%d %s", m.options.Spec, l.Line, l.Path)
			}
			m.linef("- **%s** on %s: %s (%s: %s; %s) %s", list.kind, name(l.Target), l.Message, l.Name, l.Value, at, link(l.Page))
			if len(l.Write) > 0 {
				m.linef("  Write %s.", code(l.Change()))
			}
			if l.Hint != "" {
				m.linef("  %s.", format.Sentence(l.Hint))
			}
		}
	}
	m.close()
}

func (m *markdown) crossings() {
	b := m.result.BreakEven
	if len(b.Points) == 0 && b.None == "" {
		return
	}
	m.open("Break-even, sensitivity, other choices")
	if len(b.Crossings) == 0 {
		m.linef("- %s", m.nearestOr("The costs do not cross."))
	}
	for i, c := range b.Crossings {
		if len(b.Crossings) > fewCrossings && i > 0 && i < len(b.Crossings)-1 {
			if i == 1 {
				m.linef("- %s more between these", format.Plural(len(b.Crossings)-2, "change"))
			}
			continue
		}
		to := "Kubernetes"
		if c.ToLambda {
			to = "Lambda"
		}
		m.linef("- from %s requests a month on %s is cheaper: %s turns it", amount(c.Requests), to, c.Cause.Name)
	}
	for _, f := range m.result.Sensitivity {
		m.linef("- %s", change(f))
	}
	for _, a := range m.result.Alternatives {
		m.linef("- %s: Lambda %s, Kubernetes %s", a.Name, format.Money(a.Lambda), format.Money(a.Kubernetes))
	}
	for _, name := range m.result.Beyond {
		m.linef("- %s: more than $1 billion a month, ambi's maximum", name)
	}
	m.close()
}

func (m *markdown) nearestOr(text string) string {
	if near := m.nearest(); near != "" {
		return near
	}
	return text
}

func (m *markdown) operations() {
	if len(m.result.Operations) == 0 {
		return
	}
	m.open("What the team owns")
	for _, d := range m.result.Operations {
		m.linef("- %s: %s", name(d.Target), d.Duty)
	}
	m.close()
}

func (m *markdown) assumptions() {
	m.open(fmt.Sprintf("%d assumptions; nothing was measured on AWS", len(m.result.Assumptions)))
	for _, a := range m.result.Assumptions {
		text := markup("%s: %s").with(a.Topic, a.Text)
		if a.Source != "" {
			text += markup(" (%s)").with(a.Source)
		}
		m.linef("- %s", text)
	}
	m.close()
}

// open begins a part that a reader unfolds. Markdown within HTML needs an empty
// line before it.
func (m *markdown) open(summary string) {
	m.line("")
	m.linef("<details><summary>%s</summary>", inHTML(summary))
	m.line("")
}

func (m *markdown) close() {
	m.line("")
	m.line("</details>")
}
