package compare

import (
	"math"
	"slices"

	"ambi/compare/demand"
	"ambi/compare/price"
	"ambi/compare/price/breakeven"
	"ambi/compare/price/cost"
)

// BreakEven is both targets' cost over monthly requests, with every crossing. An app's services
// keep their proportions.
type BreakEven struct {
	Requests  demand.Maybe[float64] `json:"requests"` // the app's own
	Points    []Point               `json:"points"`   // ascending
	Crossings []Crossing            `json:"crossings"`
	Bands     []Band                `json:"bands"`   // where the crossings are if an input is off
	Missing   []cost.Missing        `json:"missing"` // what to give for a curve
	// None says why there is neither a curve nor a crossing, if no figure could give one.
	None string `json:"none,omitempty"`
}

// noBreakEven is why an app of services that run by themselves has none.
const noBreakEven = "no service runs by requests, and both costs stay as they are"

// Point is one point of the curve, with the lowest and highest cost that the
// uncertain inputs of Bands give together.
type Point struct {
	breakeven.Point
	LambdaLow      price.USD `json:"lambdaLow"`
	LambdaHigh     price.USD `json:"lambdaHigh"`
	KubernetesLow  price.USD `json:"kubernetesLow"`
	KubernetesHigh price.USD `json:"kubernetesHigh"`
}

// Crossing is where the cheaper target changes, with what drives each side.
type Crossing struct {
	breakeven.Crossing
	LambdaDriver     Driver `json:"lambdaDriver"`
	KubernetesDriver Driver `json:"kubernetesDriver"`
	// Cause is the component that changes the answer: at a step, the component that jumps;
	// otherwise the fastest growing one of the target that becomes more expensive.
	Cause Driver `json:"cause"`
}

// Driver is a component at a crossing.
type Driver struct {
	Name     string        `json:"name"`
	Category cost.Category `json:"category"`
	Cost     price.USD     `json:"cost"`  // a month; of a cause, by how much it grows
	Share    float64       `json:"share"` // of that side's cost; of a cause, of its growth
}

// Band is the crossings when one uncertain input is lower or higher.
type Band struct {
	Input string               `json:"input"`
	Low   string               `json:"low"`
	High  string               `json:"high"`
	Below []breakeven.Crossing `json:"below"` // with the input at Low
	Above []breakeven.Crossing `json:"above"` // with the input at High
}

// The range of monthly requests of the curve: from .0004 a second to 38,000 a second, or
// further where the app's own are many.
const (
	lowest  = 1e3
	highest = 1e11
)

// sweep prices points over the range, as far as ambi counts what they cost.
func (p pair) sweep(points int) []breakeven.Point {
	return breakeven.Sweep(p.sides(), lowest, max(highest, reach*p.requests), points)
}

// sweepPoints is how many points a curve has: fewer where there are many
// services, for each point prices them all.
func sweepPoints(services int) int {
	if services > largeApp {
		return 40
	}
	return 400
}

// breakEven sweeps the requests and finds the crossings. Of an app with one
// service it needs no number of requests to start from.
func (c *comparison) breakEven(p pair) (BreakEven, error) {
	b := BreakEven{Points: []Point{}, Crossings: []Crossing{}, Bands: []Band{}, Missing: []cost.Missing{}}
	if p.app.Fixed() {
		b.Requests, b.None = demand.Known(0.0), noBreakEven
		return b, nil
	}
	if p.complete() {
		b.Requests = demand.Known(p.requests)
	} else if len(p.app.Workloads) == 1 {
		b.Requests = p.app.Workloads[0].Traffic.Requests
		app := p.app
		app.Workloads = slices.Clone(app.Workloads)
		app.Workloads[0].Traffic.Requests = demand.Known(1.0)
		var err error
		if p, err = c.prepare(app, c.Choices); err != nil {
			return b, err
		}
	}
	if !p.complete() {
		b.Missing = p.missing()
		return b, nil
	}
	sides := p.sides()
	points := p.sweep(sweepPoints(len(p.app.Workloads)))
	low, high := sides, sides
	if len(p.app.Workloads) <= largeApp {
		low, high = c.corner(p, func(u uncertain) float64 { return u.low }), c.corner(p, func(u uncertain) float64 { return u.high })
		b.Bands = c.bands(p)
	}
	for _, point := range points {
		at := Point{Point: point}
		at.LambdaLow, at.KubernetesLow = low(point.Requests)
		at.LambdaHigh, at.KubernetesHigh = high(point.Requests)
		// A longer keep-alive means fewer starts, a higher peak may mean more of
		// them: order what came out.
		at.LambdaLow, at.LambdaHigh = bounds(point.Lambda, at.LambdaLow, at.LambdaHigh)
		at.KubernetesLow, at.KubernetesHigh = bounds(point.Kubernetes, at.KubernetesLow, at.KubernetesHigh)
		if max(at.LambdaHigh, at.KubernetesHigh) > price.Most {
			break
		}
		b.Points = append(b.Points, at)
	}
	for _, x := range settled(sides, points[:len(b.Points)]) {
		b.Crossings = append(b.Crossings, p.crossing(x))
	}
	return b, nil
}

// settled are the crossings between points, those joined that are one answer: what is
// about equal at a usage is so between two crossings.
func settled(sides breakeven.Sides, points []breakeven.Point) []breakeven.Crossing {
	return breakeven.Settle(sides, breakeven.Crossings(sides, points), aboutEqual/100.)
}

func bounds(a, b, c price.USD) (low, high price.USD) { return min(a, b, c), max(a, b, c) }

// crossing finds the drivers of a crossing.
func (p pair) crossing(x breakeven.Crossing) Crossing {
	out := Crossing{Crossing: x}
	at, before := x.Requests/p.requests, x.Before.Requests/p.requests
	out.LambdaDriver = driver(p.Lambda, at)
	out.KubernetesDriver = driver(p.Kubernetes, at)
	dearer := p.Lambda
	if x.ToLambda {
		dearer = p.Kubernetes
	}
	if !x.Step {
		before = at / 1.1
	}
	out.Cause = growth(dearer, before, at)
	return out
}

// driver is the dearest component at a scale.
func driver(m *cost.Model, scale float64) Driver {
	return largest(m, m.Costs(scale, nil))
}

// growth is the component that grows most between two scales.
func growth(m *cost.Model, from, to float64) Driver {
	before := m.Costs(from, nil)
	grown := m.Costs(to, nil)
	for i := range grown {
		grown[i] -= before[i]
	}
	return largest(m, grown)
}

// largest is the component with the largest of some amounts, but for the data's: both
// sides have it, and it turns no answer.
func largest(m *cost.Model, amounts []price.USD) Driver {
	var d Driver
	total := price.USD(0)
	for i, amount := range amounts {
		total += amount
		if name, category := m.Name(i); amount > d.Cost && category != cost.Shared {
			d.Name, d.Category, d.Cost = name, category, amount
		}
	}
	if total > 0 {
		d.Share = math.Round(d.Cost.Dollars()/total.Dollars()*1e4) / 1e4
	}
	return d
}

// corner prices the app with every uncertain input at one of its ends.
func (c *comparison) corner(p pair, end func(uncertain) float64) breakeven.Sides {
	app, choices := p.app, c.Choices
	for _, u := range uncertainties() {
		if changed, ok := u.apply(app, &choices, end(u), all); ok {
			app = changed
		}
	}
	at, err := c.prepare(app, choices)
	if err != nil {
		return p.sides()
	}
	return at.sides()
}

// bandPoints is how closely a band's curves are looked at.
const bandPoints = 60

// bands finds the crossings with each uncertain input at its ends.
func (c *comparison) bands(p pair) []Band {
	bands := []Band{}
	for _, u := range uncertainties() {
		band := Band{Input: u.name, Below: []breakeven.Crossing{}, Above: []breakeven.Crossing{}}
		used := false
		for _, end := range []struct {
			factor float64
			text   *string
			into   *[]breakeven.Crossing
		}{{u.low, &band.Low, &band.Below}, {u.high, &band.High, &band.Above}} {
			choices := c.Choices
			app, ok := u.apply(p.app, &choices, end.factor, all)
			if !ok {
				continue
			}
			at, err := c.prepare(app, choices)
			if err != nil {
				continue
			}
			used = true
			*end.text = u.text(app, choices, all)
			*end.into = settled(at.sides(), at.sweep(bandPoints))
		}
		if used {
			bands = append(bands, band)
		}
	}
	return bands
}
