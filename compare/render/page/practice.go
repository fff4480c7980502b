package page

import (
	"strings"

	"ambi/compare"
	"ambi/compare/format"
	"ambi/spec"
)

// practiceView is what decides beside list prices.
type practiceView struct {
	Lead string
	Rows []switchView
}

// switchView is a month with a switch.
type switchView struct {
	Name, Text     string
	Notes          []string
	Sides          []switchSide
	Answer, Target string // Answer is empty where the switch gives no costs
	Flips          bool
}

// switchSide is a target's month with a switch, and how much more that is than without.
type switchSide struct{ Cost, Change string }

func practice(list []compare.Switch) practiceView {
	v := practiceView{Lead: "In practice: nothing that was given turns the answer."}
	if names := compare.Turning(list); len(names) > 0 {
		v.Lead = "In practice the answer turns with: " + strings.Join(names, ", ") + "."
	}
	for _, s := range list {
		row := switchView{Name: format.Sentence(s.Name), Text: s.Text, Notes: s.Notes, Flips: s.Flips}
		if s.Lambda != nil {
			row.Answer, row.Target = s.Answer.Name(), string(s.Answer)
		}
		for _, t := range spec.Targets() {
			side := switchSide{Cost: "–"}
			if usd := s.Of(t); usd != nil {
				side.Cost = format.Money(*usd)
			}
			if more := s.Change.Of(t); more != nil {
				side.Change = format.Rise(more)
			}
			row.Sides = append(row.Sides, side)
		}
		v.Rows = append(v.Rows, row)
	}
	return v
}
