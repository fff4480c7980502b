package report

import (
	"cmp"
	"fmt"
	"slices"

	"ambi/compare"
	"ambi/compare/format"
	"ambi/compare/price"
	"ambi/spec"
)

// against prints what changed from an earlier comparison, and of both bills so many
// lines, those that changed most; 0 prints all of them.
func (p *page) against(most int) {
	d := p.options.Against
	if d == nil {
		return
	}
	p.heading("What changed")
	if d.Before != d.After {
		p.say("", fmt.Sprintf("The verdict was: %s. It is: %s.", d.Before.Name(), d.After.Name()))
	}
	columns := func(before, after, change string) string {
		return fmt.Sprintf(" %13s %13s %14s", before, after, change)
	}
	p.row("", 36, columns("before", "after", "change"))
	least, lines := price.USD(0), changes(d)
	if most > 0 && len(lines) > most {
		least = lines[most-1]
	}
	printed := 0
	for _, t := range spec.Targets() {
		side := d.Of(t)
		p.row(name(t), 36, columns(format.MoneyOr(side.Before), format.MoneyOr(side.After), format.Rise(side.Change())))
		for _, line := range visible(side.Lines) {
			if magnitude(line.Change()) < least || most > 0 && printed == most {
				continue
			}
			printed++
			p.row("- "+line.Name, 36, columns(format.MoneyOr(line.Before), format.MoneyOr(line.After), format.Rise(line.Change())))
		}
	}
	p.more(len(lines)-printed, "line")
	for i, text := range d.Beside {
		if i == 0 {
			p.say("", "The spec's resources may not be the only cause; these differ too:")
		}
		p.say("- ", text)
	}
}

// changes are how much each visible line of both targets changed, the most first.
func changes(d *compare.Difference) []price.USD {
	var list []price.USD
	for _, t := range spec.Targets() {
		for _, line := range visible(d.Of(t).Lines) {
			list = append(list, magnitude(line.Change()))
		}
	}
	slices.SortFunc(list, func(a, b price.USD) int { return cmp.Compare(b, a) })
	return list
}

// magnitude is the absolute value of a change; unknown changes are the largest.
func magnitude(change *price.USD) price.USD {
	if change == nil {
		return price.Most
	}
	return max(*change, -*change)
}

// visible returns the lines that changed by a cent or more, or by an unknown amount.
func visible(lines []compare.LineDifference) []compare.LineDifference {
	return slices.DeleteFunc(slices.Clone(lines), func(l compare.LineDifference) bool {
		c := l.Change()
		return c != nil && (*c).Cents() == 0
	})
}
