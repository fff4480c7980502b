package page

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"ambi/compare"
	"ambi/compare/format"
	"ambi/compare/price"
	"ambi/compare/price/cost"
	"ambi/spec"
)

// The figures' elements.
const (
	curveFigure = "cost-curve"
	partsFigure = "cost-parts"
)

// figuresOf are the charts of a comparison; what is unknown has none.
func figuresOf(r compare.Result) []Figure {
	figures := []Figure{}
	if f, ok := curve(r); ok {
		figures = append(figures, f)
	}
	if f, ok := costParts(r); ok {
		figures = append(figures, f)
	}
	if f, ok := overTime(r); ok {
		figures = append(figures, f)
	}
	return figures
}

// figure returns one of several by its id.
func figure(figures []Figure, id string) *Figure {
	for i := range figures {
		if figures[i].ID == id {
			return &figures[i]
		}
	}
	return nil
}

// curve is both costs over requests a month.
func curve(r compare.Result) (Figure, bool) {
	points := r.BreakEven.Points
	if len(points) == 0 {
		return Figure{}, false
	}
	lambda := Series{Name: "Lambda", Tone: "lambda", Points: [][]float64{}}
	kubernetes := Series{Name: "Kubernetes", Tone: "kubernetes", Points: [][]float64{}}
	for _, p := range points {
		lambda.Points = append(lambda.Points, []float64{p.Requests, usd(p.Lambda), usd(p.LambdaLow), usd(p.LambdaHigh)})
		kubernetes.Points = append(kubernetes.Points, []float64{p.Requests, usd(p.Kubernetes), usd(p.KubernetesLow), usd(p.KubernetesHigh)})
	}
	c := Curve{
		X:      Axis{Name: "requests a month", Format: Number, Log: true},
		Panels: []Panel{{Y: Axis{Name: "cost a month", Format: Dollars, Log: true}, Series: []Series{lambda, kubernetes}}},
		Marks:  []Mark{},
	}
	here, known := r.BreakEven.Requests.Get()
	known = known && here > 0
	if known {
		c.Marks = append(c.Marks, Mark{X: here, Label: "your usage", Here: true})
	}
	for i, x := range r.BreakEven.Crossings {
		label := "costs cross"
		if len(r.BreakEven.Crossings) > 1 {
			label = fmt.Sprintf("crossing %d", i+1)
		}
		c.Marks = append(c.Marks, Mark{X: x.Requests, Label: label, Many: "crossings"})
	}
	c.X.From, c.X.To = window(r)
	f := Figure{
		ID: curveFigure, Title: "Cost a month against requests a month", Curve: &c, Table: curveTable(r),
		Summary: "Two lines, one for each target, on logarithmic axes. " + crossingsSentence(r),
		Caption: "Both axes are logarithmic; a button makes the vertical one linear. Zoom with the others, or with Ctrl and the wheel, and drag to move." + bandsSentence(r),
	}
	return f, true
}

// bandsSentence says what the bands around the lines are.
func bandsSentence(r compare.Result) string {
	var inputs []string
	for _, b := range r.BreakEven.Bands {
		inputs = append(inputs, inputName(b.Input))
	}
	if len(inputs) == 0 {
		return ""
	}
	return fmt.Sprintf(" The bands around the lines, often hardly wider than these, are for inputs that are off, all at once: %s.", strings.Join(inputs, ", "))
}

func usd(u price.USD) float64 { return digits(u.Dollars()) }

// window is the part of the curve that is shown first: from a thirtieth of the
// lowest to thirty times the highest of the usage and the crossings, in whole
// powers of ten.
func window(r compare.Result) (from, to float64) {
	var at []float64
	if here, known := r.BreakEven.Requests.Get(); known && here > 0 {
		at = append(at, here)
	}
	for _, x := range r.BreakEven.Crossings {
		at = append(at, x.Requests)
	}
	if len(at) == 0 {
		return 0, 0
	}
	points := r.BreakEven.Points
	first, last := points[0].Requests, points[len(points)-1].Requests
	power := func(n float64) float64 {
		whole := 1.0
		for whole < n {
			whole *= 10
		}
		return whole
	}
	return max(power(slices.Min(at)/300), first), min(power(slices.Max(at)*10), last)
}

// curveTable is the curve in ten points a decade or so, with the usage and the
// crossings among them.
func curveTable(r compare.Result) Table {
	t := Table{Head: []string{"Requests a month", "Lambda", "from", "to", "Kubernetes", "from", "to"}}
	type row struct {
		requests float64
		cells    []string
	}
	var rows []row
	for i, p := range r.BreakEven.Points {
		if i%5 == 0 || i == len(r.BreakEven.Points)-1 {
			rows = append(rows, row{p.Requests, []string{
				count(p.Requests), format.Money(p.Lambda), format.Money(p.LambdaLow), format.Money(p.LambdaHigh),
				format.Money(p.Kubernetes), format.Money(p.KubernetesLow), format.Money(p.KubernetesHigh),
			}})
		}
	}
	for _, x := range r.BreakEven.Crossings {
		rows = append(rows, row{x.Requests, []string{count(x.Requests) + ", crossing", format.Money(x.Lambda), "", "", format.Money(x.Kubernetes), "", ""}})
	}
	if here, known := r.BreakEven.Requests.Get(); known && r.Verdict.Lambda != nil && r.Verdict.Kubernetes != nil {
		rows = append(rows, row{here, []string{count(here) + ", your usage", format.Money(*r.Verdict.Lambda), "", "", format.Money(*r.Verdict.Kubernetes), "", ""}})
	}
	slices.SortStableFunc(rows, func(a, b row) int {
		switch {
		case a.requests < b.requests:
			return -1
		case a.requests > b.requests:
			return 1
		}
		return 0
	})
	for _, row := range rows {
		t.Rows = append(t.Rows, row.cells)
	}
	return t
}

// tone is a category's color.
func tone(c cost.Category) Tone {
	if i := slices.Index(cost.Categories(), c); i >= 0 && c != cost.Idle {
		return Tone(fmt.Sprintf("part%d", i+1))
	}
	return "idle"
}

// inCategory is what a side costs in one category, as far as it is known.
func inCategory(side compare.Side, category cost.Category) (known price.USD, complete bool) {
	complete = true
	if side.Bill == nil {
		return 0, false
	}
	for _, c := range side.Bill.Components {
		switch {
		case c.Category != category:
		case c.Cost == nil:
			complete = false
		default:
			known += *c.Cost
		}
	}
	return known, complete
}

// costParts is what both bills consist of.
func costParts(r compare.Result) (Figure, bool) {
	sides := []compare.Side{}
	labels := []string{}
	for _, t := range spec.Targets() {
		if side := r.Of(t); side.Bill != nil {
			sides, labels = append(sides, side), append(labels, name(t))
		}
	}
	if len(sides) == 0 {
		return Figure{}, false
	}
	absolute := Bars{Name: "Dollars", X: Axis{Name: "cost a month", Format: Dollars}, Labels: labels, Parts: []Part{}}
	relative := Bars{Name: "Shares", X: Axis{Name: "share of the bill", Format: Percent, To: 1}, Labels: labels, Parts: []Part{}}
	table := Table{Head: append([]string{"What it is for"}, labels...)}
	for _, category := range r.Categories() {
		in, share := Part{Name: string(category), Tone: tone(category)}, Part{Name: string(category), Tone: tone(category)}
		cells := []string{format.Sentence(string(category))}
		any := false
		for _, side := range sides {
			known, complete := inCategory(side, category)
			any = any || known > 0
			in.Values = append(in.Values, usd(known))
			part := 0.0
			if side.Bill.Known > 0 {
				part = math.Round(1e5*known.Dollars()/side.Bill.Known.Dollars()) / 1e5
			}
			share.Values = append(share.Values, part)
			cells = append(cells, partial(known, complete)+fmt.Sprintf(" (%.1f %%)", 100*part))
		}
		table.Rows = append(table.Rows, cells)
		if any {
			absolute.Parts, relative.Parts = append(absolute.Parts, in), append(relative.Parts, share)
		}
	}
	return Figure{
		ID: partsFigure, Title: "What both bills consist of", Bars: []Bars{absolute, relative}, Table: table,
		Summary: "One bar for each target, stacked from what the money is for.",
		Caption: "What idles is hatched: capacity that is paid for and unused.",
	}, true
}

// partial is an amount to which something unknown may be added.
func partial(known price.USD, complete bool) string {
	switch {
	case complete:
		return format.Money(known)
	case known == 0:
		return "?"
	default:
		return format.Money(known) + "+"
	}
}

// name is a target's name as people write it.
func name(t spec.Target) string { return format.Sentence(string(t)) }
