package report

import (
	"fmt"
	"strings"

	"ambi/compare"
	"ambi/compare/format"
	"ambi/spec"
)

// AdviceText is what would have to change to keep an objective, and what each
// choice costs. A diff says for a choice how the spec's text changes.
func AdviceText(a compare.Advice, diff func(compare.Choice) string) string {
	p := &page{}
	p.heading("What it takes to keep " + a.Objective + ", by simulation")
	const row = "  %-46s %15s %15s"
	p.line(fmt.Sprintf(row, "", "a month", "of which idle"))
	for _, t := range spec.Targets() {
		p.target(t, a, row)
	}
	for _, note := range a.Notes {
		p.say("", format.Sentence(note)+".")
	}
	p.say("", "Each line was simulated. The smallest change was found by bisection, which assumes that more never hurts. Costs are for a month that continues like the trace.")
	for _, t := range spec.Targets() {
		for _, c := range a.Choices {
			if c.Target != t {
				continue
			}
			text := diff(c)
			if text == "" {
				break
			}
			p.line("")
			p.line(fmt.Sprintf("The cheapest on %s:", name(t)))
			p.line("")
			p.WriteString(strings.TrimSuffix(text, "\n") + "\n")
			break
		}
	}
	return p.String()
}

func (p *page) target(t spec.Target, a compare.Advice, row string) {
	listed := false
	for _, list := range [][]compare.Choice{a.Now, a.Choices} {
		for _, c := range list {
			if c.Target != t {
				continue
			}
			if !listed {
				p.line(name(t))
			}
			listed = true
			what := "as it is"
			if len(c.Changes) > 0 {
				var parts []string
				for _, change := range c.Changes {
					field := strings.TrimPrefix(change.Path, "services.")
					if len(a.Services) == 0 {
						_, field, _ = strings.Cut(field, ".")
					}
					parts = append(parts, fmt.Sprintf("%s %d -> %d", field, change.From, change.To))
				}
				what = strings.Join(parts, ", ")
			}
			verdict := "kept"
			if !c.Holds {
				verdict = "not kept"
			}
			idle := "?"
			if c.Idle != nil {
				idle = format.Money(*c.Idle)
			}
			p.line(strings.TrimRight(fmt.Sprintf(row, what, format.MoneyOr(c.Cost), idle), " "))
			p.line(fmt.Sprintf("    %s: %s", verdict, strings.Join(c.Values, ", ")))
		}
	}
}
