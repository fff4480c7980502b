package report

import (
	"fmt"
	"slices"

	"ambi/compare"
	"ambi/compare/format"
	"ambi/spec"
)

// against prints what changed from an earlier comparison.
func (p *page) against() {
	d := p.options.Against
	if d == nil {
		return
	}
	p.heading("What changed")
	if d.Before != d.After {
		p.say("", fmt.Sprintf("The verdict was: %s. It is: %s.", answer(d.Before), answer(d.After)))
	}
	columns := func(before, after, change string) string {
		return fmt.Sprintf(" %13s %13s %14s", before, after, change)
	}
	p.row("", 36, columns("before", "after", "change"))
	for _, t := range spec.Targets() {
		side := d.Of(t)
		p.row(name(t), 36, columns(format.MoneyOr(side.Before), format.MoneyOr(side.After), format.Rise(side.Change())))
		for _, line := range visible(side.Lines) {
			p.row("- "+line.Name, 36, columns(format.MoneyOr(line.Before), format.MoneyOr(line.After), format.Rise(line.Change())))
		}
	}
	for i, text := range d.Beside {
		if i == 0 {
			p.say("", "Not only the spec's resources may be behind it; these differ too:")
		}
		p.say("- ", text)
	}
}

// visible are the lines that changed by a cent or more, or by nobody knows what.
func visible(lines []compare.LineDifference) []compare.LineDifference {
	return slices.DeleteFunc(slices.Clone(lines), func(l compare.LineDifference) bool {
		c := l.Change()
		return c != nil && (*c).Cents() == 0
	})
}
