package compare

import (
	"bytes"
	"encoding/json"
	"fmt"
	"reflect"
	"slices"

	"ambi/compare/price"
	"ambi/compare/price/cost"
	"ambi/internal/problem"
	"ambi/spec"
	"ambi/target"
)

// Read reads a Result from the JSON that it marshals to. A text of another
// format, or of another version of this one, is refused.
func Read(text []byte) (Result, error) {
	var head struct {
		Format string `json:"format"`
	}
	if err := json.Unmarshal(text, &head); err != nil {
		return Result{}, unread("is not JSON: %w", err)
	}
	switch head.Format {
	case Format:
	case "":
		return Result{}, unread("is not a comparison: it has no format")
	default:
		return Result{}, unread("is of format %q, and this version of ambi reads %q", head.Format, Format)
	}
	var r Result
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&r); err != nil {
		return Result{}, unread("is not a comparison: %w", err)
	}
	return r, nil
}

func unread(format string, args ...any) error {
	return problem.New(format, args...).Hint("\"ambi compare --json\" of this version writes one")
}

// Difference is what changed from one comparison to a later one.
type Difference struct {
	App    string `json:"app"`    // of the earlier one
	Before Answer `json:"before"` // the verdicts
	After  Answer `json:"after"`
	target.Pair[SideDifference]
	// Beside lists other differences that may change costs: region, prices, choices, usage.
	Beside []string `json:"beside"`
}

// SideDifference is what changed in one target's month.
type SideDifference struct {
	Before *price.USD       `json:"before"` // null while unknown
	After  *price.USD       `json:"after"`
	Lines  []LineDifference `json:"lines"` // that changed, in the order of a bill
}

// Change is the change of the month's cost; nil if either cost is unknown.
func (d SideDifference) Change() *price.USD { return change(d.Before, d.After) }

// LineDifference is a cost component that changed, or was added or removed, in which case one
// cost is zero.
type LineDifference struct {
	Name     string        `json:"name"`
	Category cost.Category `json:"category"`
	Before   *price.USD    `json:"before"` // null while unknown
	After    *price.USD    `json:"after"`
}

// Change is the change of the line's cost; nil if either cost is unknown.
func (d LineDifference) Change() *price.USD { return change(d.Before, d.After) }

func change(before, after *price.USD) *price.USD {
	if before == nil || after == nil {
		return nil
	}
	rise := *after - *before
	return &rise
}

// Against is what changed from an earlier comparison to a later one.
func Against(before, after Result) Difference {
	return Difference{
		App: before.App, Before: before.Verdict.Answer, After: after.Verdict.Answer,
		Pair:   target.PairOf(func(t spec.Target) SideDifference { return sideDifference(before.Of(t), after.Of(t)) }),
		Beside: beside(before, after),
	}
}

func sideDifference(before, after Side) SideDifference {
	d := SideDifference{Before: before.total(), After: after.total(), Lines: []LineDifference{}}
	earlier, later := components(before), components(after)
	for _, now := range later {
		line := LineDifference{Name: now.Name, Category: now.Category, Before: new(price.USD), After: now.Cost}
		if i := slices.IndexFunc(earlier, named(now.Name)); i >= 0 {
			line.Before = earlier[i].Cost
		}
		d.add(line)
	}
	for _, was := range earlier {
		if !slices.ContainsFunc(later, named(was.Name)) {
			d.add(LineDifference{Name: was.Name, Category: was.Category, Before: was.Cost, After: new(price.USD)})
		}
	}
	return d
}

// add adds a line if it changed.
func (d *SideDifference) add(line LineDifference) {
	if !reflect.DeepEqual(line.Before, line.After) {
		d.Lines = append(d.Lines, line)
	}
}

func components(s Side) []cost.Component {
	if s.Bill == nil {
		return nil
	}
	return s.Bill.Components
}

func named(name string) func(cost.Component) bool {
	return func(c cost.Component) bool { return c.Name == name }
}

// beside lists what differs between two comparisons but for their costs.
func beside(before, after Result) []string {
	list := []string{}
	say := func(differs bool, format string, args ...any) {
		if differs {
			list = append(list, fmt.Sprintf(format, args...))
		}
	}
	say(before.App != after.App, "the app is %s, and was %s", after.App, before.App)
	say(before.Region != after.Region, "the region is %s, and was %s", after.Region, before.Region)
	say(!reflect.DeepEqual(before.Choices, after.Choices), "the choices of how the app is run")
	say(!slices.Equal(before.PriceChanges, after.PriceChanges), "the prices that the user gave")
	for _, t := range spec.Targets() {
		earlier := components(before.Of(t))
		for _, now := range components(after.Of(t)) {
			i := slices.IndexFunc(earlier, named(now.Name))
			say(i >= 0 && now.Key != "" && earlier[i].Key == now.Key && !reflect.DeepEqual(earlier[i].Tiers, now.Tiers), "the price %s", now.Key)
		}
	}
	for _, now := range after.Services {
		i := slices.IndexFunc(before.Services, func(s Service) bool { return s.Name == now.Name })
		say(i < 0, "the service %s is new", now.Name)
		say(i >= 0 && !reflect.DeepEqual(before.Services[i].Usage, now.Usage), "the usage of %s", now.Name)
	}
	for _, was := range before.Services {
		say(!slices.ContainsFunc(after.Services, func(s Service) bool { return s.Name == was.Name }), "the service %s is gone", was.Name)
	}
	slices.Sort(list)
	return slices.Compact(list)
}
