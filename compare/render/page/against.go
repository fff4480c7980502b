package page

import (
	"fmt"
	"slices"

	"ambi/compare"
	"ambi/compare/format"
	"ambi/spec"
)

// againstView is what changed since an earlier comparison.
type againstView struct {
	Verdict string
	Sides   []changesView
	Beside  []string
}

// changesView is what changed on one target.
type changesView struct {
	Target, Name string
	Total        changeView
	Lines        []changeView
}

type changeView struct{ Name, Before, After, Change string }

func against(d *compare.Difference) againstView {
	v := againstView{Verdict: fmt.Sprintf("The verdict was, and is: %s.", d.After.Name()), Beside: d.Beside}
	if d.Before != d.After {
		v.Verdict = fmt.Sprintf("The verdict was: %s. It is: %s.", d.Before.Name(), d.After.Name())
	}
	for _, t := range spec.Targets() {
		side := d.Of(t)
		view := changesView{Target: string(t), Name: name(t), Total: changeView{"A month", format.MoneyOr(side.Before), format.MoneyOr(side.After), format.Rise(side.Change())}}
		lines := slices.DeleteFunc(slices.Clone(side.Lines), func(l compare.LineDifference) bool {
			c := l.Change()
			return c != nil && c.Cents() == 0 // it would show as no change
		})
		for _, l := range lines {
			view.Lines = append(view.Lines, changeView{l.Name, format.MoneyOr(l.Before), format.MoneyOr(l.After), format.Rise(l.Change())})
		}
		v.Sides = append(v.Sides, view)
	}
	return v
}
