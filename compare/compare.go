// Package compare answers these questions about one spec: does it fit each target, what does
// each cost at this traffic, where is the break-even, what drives the costs, and what must the
// team own under each model.
//
//	result, err := compare.Compare(compare.Input{
//		Resolved: target.Resolve(app), Usage: compare.UsageOf(app), Sheet: sheet, Catalog: catalog, Choices: cost.Defaults(),
//	})
//
// Compare is pure: the same input gives the same result, down to the byte, and nothing is read
// or measured on the way. Its rules of honesty: both bills include the same things, and keep
// lines of zero; idle capacity is listed separately; a missing figure is never treated as zero,
// but gives a formula instead of a cost, and no verdict; every assumption is in the result.
//
// The packages below, and what each must not know:
//
//   - demand: the traffic. Usage, shapes and traces in every format. It knows
//     neither targets nor prices.
//   - price: the costs. The price book, nodes, cost components and
//     break-evens. It knows no simulator: measured quantities reach it as numbers.
//   - simulate: the behaviour. Both targets under the same requests, one by one.
//     It measures quantities and multiplies none by a price.
//   - fit: the limits that usage can reach. It knows no simulator.
//   - render: the output, as text, Markdown and a page. It computes
//     no figure, and nothing in compare imports it.
//
// Package condition reads conditions on figures, and package format prints money
// and counts for all of them.
package compare

import (
	"errors"
	"slices"

	"ambi/compare/demand"
	"ambi/compare/fit"
	"ambi/compare/price"
	"ambi/compare/price/breakeven"
	"ambi/compare/price/cost"
	"ambi/compare/price/nodes"
	"ambi/compare/simulate"
	"ambi/internal/problem"
	"ambi/spec"
	"ambi/target"
)

// Input is what Compare works on.
type Input struct {
	Resolved *target.Resolved
	// Usage is each service's traffic, by name. Missing services have unknown traffic.
	Usage map[string]demand.Usage
	// Data is how the app's data is used; likewise.
	Data  demand.Data
	Sheet *price.Sheet
	// Book names the user's price book in the Sheet; empty: there is none.
	Book    string
	Catalog *nodes.Catalog
	Choices cost.Choices
	// WithoutData leaves the data out, because services that use it are left out.
	WithoutData bool
	// NotPriced are services that were removed from Resolved because they cannot be priced yet.
	NotPriced []NotPriced
	// Written is the only target of services that are written for one, by name.
	Written map[string]spec.Target
	// Objective is what the services promise, held against simulations; nil: nothing.
	Objective *Objective
	// Behavior is a simulation of the app's services under traces, whose rates must be Usage's.
	// Its quantities are priced instead of averages.
	Behavior *simulate.Result
}

// UsageOf returns each service's traffic from a spec.
func UsageOf(app *spec.App) map[string]demand.Usage {
	usage := map[string]demand.Usage{}
	for _, name := range app.ServiceNames() {
		usage[name] = demand.FromSpec(app.UsageOf(name))
	}
	return usage
}

// Format is the version of a Result as JSON. Fields may be added within one.
const Format = "ambi.compare/v1"

// Result is the comparison of one app. It marshals to the same JSON every time.
type Result struct {
	Format   string    `json:"format"` // Format, which names what these fields mean
	App      string    `json:"app"`
	Region   string    `json:"region"`
	Verdict  Verdict   `json:"verdict"`
	Services []Service `json:"services"` // by name
	// Placement is the cheapest assignment of an app's services to targets; null for a single
	// service, and while a figure is missing. It is by averages, with a simulation too.
	Placement *Placement `json:"placement,omitempty"`
	Team      *Team      `json:"team,omitempty"` // null without an hourly rate
	// Objective is what the services promise, where one was given: a service is kept from a target on
	// which it misses it.
	Objective *Objective `json:"objective,omitempty"`
	// Practice is what the commitments and copies that were given make of the bills.
	Practice []Practice `json:"practice,omitempty"`
	// NotPriced is what is in no figure: services, and data or a part of its use.
	NotPriced []NotPriced `json:"notPriced,omitempty"`
	target.Pair[Side]
	Nodes        *cost.Nodes   `json:"nodes"` // null on Fargate, and while a figure is missing
	Fit          fit.Report    `json:"fit"`
	BreakEven    BreakEven     `json:"breakEven"`
	Sensitivity  []Flip        `json:"sensitivity"`  // the nearest first
	Alternatives []Alternative `json:"alternatives"` // other choices, one at a time
	// Beyond are other choices whose month costs more than a billion dollars, ambi's maximum.
	Beyond       []string     `json:"alternativesBeyond,omitempty"`
	ColdStarts   []ColdStarts `json:"coldStarts"`   // for several keep-alive times
	Assumptions  []Assumption `json:"assumptions"`  // every one
	Operations   []Duty       `json:"operations"`   // what the team must own
	PriceChanges []string     `json:"priceChanges"` // the user's own figures
	Choices      cost.Choices `json:"choices"`      // that were made
	// Simulation is how both targets behaved under a trace, if there is one.
	Simulation *Simulation `json:"simulation,omitempty"`
	// Against is what changed since an earlier comparison, if there is one.
	Against *Difference `json:"against,omitempty"`
}

// Side is one target's month at the app's traffic.
type Side struct {
	Bill *cost.Bill `json:"bill"` // null when the target cannot be priced
	// Unpriced says why there is no bill: the target refuses the app.
	Unpriced string `json:"unpriced,omitempty"`
}

// Data are the lines of the data that both targets use, the same in both bills.
func (r Result) Data() []cost.Component {
	for _, side := range []Side{r.Lambda, r.Kubernetes} {
		if side.Bill != nil {
			return side.Bill.Shared()
		}
	}
	return nil
}

// Categories are those of either bill, in their order: all of them, but for data in an app
// that has none.
func (r Result) Categories() []cost.Category {
	list := cost.Categories()
	if len(r.Data()) == 0 {
		list = slices.DeleteFunc(list, func(c cost.Category) bool { return c == cost.Shared })
	}
	return list
}

// total is the month's cost, nil while it is unknown.
func (s Side) total() *price.USD {
	if s.Bill == nil {
		return nil
	}
	return s.Bill.Total
}

// Service is one service, compared on its own and as part of the app.
type Service struct {
	Name       string               `json:"name"`
	Trigger    string               `json:"trigger,omitempty"` // queue, uploads, schedule or worker: then requests are messages, runs or none
	Usage      demand.Usage         `json:"usage"`
	Lambda     Function             `json:"lambda"`
	Kubernetes Replicas             `json:"kubernetes"`
	Alone      Costs                `json:"alone"`    // as if it were the whole app
	Together   *Costs               `json:"together"` // what the app would save without it; null for a single service, and in very large apps
	Verdict    Verdict              `json:"verdict"`  // on its own
	Crossings  []breakeven.Crossing `json:"crossings"`
}

// Costs are a month on both targets, null while they are unknown.
type Costs struct {
	Lambda     *price.USD `json:"lambda"`
	Kubernetes *price.USD `json:"kubernetes"`
}

// Of is the cost on a target.
func (c Costs) Of(t spec.Target) *price.USD {
	if t == spec.Lambda {
		return c.Lambda
	}
	return c.Kubernetes
}

// Function is how a service runs on Lambda at its traffic; unknown is null.
type Function struct {
	MemoryMB        int                   `json:"memoryMB"`
	Architecture    string                `json:"architecture"`
	BilledMS        demand.Maybe[float64] `json:"billedMS"` // for one request
	MeanConcurrency demand.Maybe[float64] `json:"meanConcurrency"`
	PeakConcurrency demand.Maybe[float64] `json:"peakConcurrency"`
	ColdShare       demand.Maybe[float64] `json:"coldShare"` // of the requests, an estimate
}

// Replicas is how a service runs on Kubernetes at its traffic; unknown is null.
type Replicas struct {
	MilliCPU  int               `json:"milliCPU"`  // request
	MemoryMiB int               `json:"memoryMiB"` // request
	Min       int               `json:"min"`
	Max       int               `json:"max"`
	Mean      demand.Maybe[int] `json:"mean"` // at the mean rate
	Peak      demand.Maybe[int] `json:"peak"`
	DecidedBy string            `json:"decidedBy,omitempty"` // at the peak
}

// largeApp is how many services an app may have before only the app as a whole
// is looked at closely: a thousand of them are compared in two seconds.
const largeApp = 40

// Compare compares an app on both targets. Errors are choices, usage or prices
// that make no sense; an app that a target refuses is not an error.
func Compare(in Input) (Result, error) {
	c, pair, r, err := begin(in)
	if err != nil {
		return Result{}, err
	}
	if c.replicas, err = cost.ReplicasOf(in.Catalog, c.averages, in.Choices); err != nil && pair.Kubernetes != nil {
		return Result{}, err
	}
	r.Fit = fit.Check(fit.Input{
		Resolved: in.Resolved, Workloads: c.reaching(c.averages), Choices: in.Choices, Region: in.Sheet.Region, Nodes: r.Nodes, Replicas: c.replicas,
		Served: reliableTargets(in.Behavior),
	})
	for i, b := range r.Fit.Blockers {
		if t := in.Written[b.Service]; t != "" && t != b.Target {
			r.Fit.Blockers[i].Hint = "nothing: the spec has the service on " + string(t) + " alone, and the best mix leaves it there"
		}
	}
	if in.Behavior != nil {
		r.Fit.Warnings = append(r.Fit.Warnings, failureWarnings(in.Resolved, in.Behavior)...)
	}
	if r.Objective = in.Objective; r.Objective != nil {
		r.Fit.Blockers = fit.InOrder(r.Fit.Blockers, c.missed())
	}
	if r.BreakEven, err = c.breakEven(pair); err != nil {
		return Result{}, err
	}
	if pair.complete() {
		r.Alternatives, r.Beyond = c.alternatives(pair)
		r.Sensitivity = c.sensitivity(pair, r.BreakEven.Crossings)
	}
	r.ColdStarts = c.coldStarts()
	r.Operations = c.operations()
	r.Verdict = c.verdict(pair, r)
	if r.Services, err = c.services(pair, r); err != nil {
		return Result{}, err
	}
	var mix *cost.Mix
	r.Placement, mix = c.place(pair, r)
	if r.Practice, err = c.practices(pair, mix); err != nil {
		return Result{}, err
	}
	r.Team = c.team(pair, r.Placement)
	if in.Behavior != nil && len(in.Behavior.Each) > 0 {
		if r.Placement, err = placedByAverages(in); err != nil {
			return Result{}, err
		}
	}
	r.Assumptions = c.assumptions(r)
	return r, nil
}

// placedByAverages is the placement of an app that was simulated as a whole.
func placedByAverages(in Input) (*Placement, error) {
	in.Behavior = nil
	r, err := Compare(in)
	if r.Placement != nil {
		r.Placement.Averages = &Costs{r.Lambda.total(), r.Kubernetes.total()}
	}
	return r.Placement, err
}

// Bills prices a month on both targets, and nothing else: the Result has the bills, the
// simulation and what they rest on, and neither fit, break-evens nor services.
func Bills(in Input) (Result, error) {
	c, _, r, err := begin(in)
	if err != nil {
		return Result{}, err
	}
	r.Assumptions = c.assumptions(r)
	return r, nil
}

// begin prices the app at its traffic.
func begin(in Input) (*comparison, pair, Result, error) {
	app, err := workloads(in)
	if err != nil {
		return nil, pair{}, Result{}, err
	}
	var left []NotPriced
	app.Data, left = dataOf(in)
	c := &comparison{Input: in, app: app, averages: app}
	if in.Behavior != nil {
		if c.app, err = withSimulation(in, app); err != nil {
			return nil, pair{}, Result{}, err
		}
	}
	r := Result{
		Format: Format, App: in.Resolved.Lambda.App, Region: in.Sheet.Region, Choices: in.Choices, PriceChanges: []string{},
		NotPriced:   slices.Concat(in.NotPriced, left, unsourced(in.Sheet, app)),
		Sensitivity: []Flip{}, Alternatives: []Alternative{}, ColdStarts: []ColdStarts{},
	}
	for _, change := range in.Sheet.Changes() {
		r.PriceChanges = append(r.PriceChanges, change.String())
	}
	p, err := c.prepare(c.app, in.Choices)
	if err != nil {
		return nil, pair{}, Result{}, err
	}
	if err := c.excess(&p); err != nil {
		return nil, pair{}, Result{}, err
	}
	r.Pair = target.PairOf(p.side)
	if n, ok := cost.NodesOf(in.Catalog, c.app, in.Choices); ok {
		r.Nodes = &n
	}
	if in.Behavior != nil {
		r.Simulation = simulation(in.Behavior, r)
	}
	return c, p, r, nil
}

// comparison is one Compare at work.
type comparison struct {
	Input
	app      cost.App
	averages cost.App      // without what a simulation found
	replicas cost.Replicas // none where Kubernetes refuses the app
}

// pair is an app's models on both targets; a target that refuses the app may
// have none.
type pair struct {
	target.Pair[*cost.Model]
	app      cost.App
	unpriced target.Pair[string]
	// requests a month of the whole app, as far as they are known: those over HTTP, and in an
	// app without any, messages.
	requests float64
}

// prepare makes the models. An error on a target that refuses the app anyway
// leaves that side unpriced.
func (c *comparison) prepare(app cost.App, choices cost.Choices) (pair, error) {
	p := pair{app: app, requests: requestsOf(app)}
	var errs target.Pair[error]
	p.Lambda, errs.Lambda = cost.Lambda(c.Sheet, app, choices)
	p.Kubernetes, errs.Kubernetes = cost.Kubernetes(c.Sheet, c.Catalog, app, choices)
	for _, t := range spec.Targets() {
		err := errs.Of(t)
		if err == nil {
			continue
		}
		if len(c.Resolved.Findings.Of(t).Refused()) == 0 {
			return pair{}, problem.In(string(t), err)
		}
		*p.unpriced.At(t) = err.Error()
	}
	if p.Lambda == nil && p.Kubernetes == nil {
		return pair{}, errors.New("neither target can be priced")
	}
	return p, nil
}

// requestsOf is how many requests a month an app gets, as far as they are known: see pair.
func requestsOf(app cost.App) float64 {
	requests, messages := 0.0, 0.0
	for _, w := range app.Workloads {
		if w.OverHTTP() {
			requests += w.Traffic.Requests.Or(0)
		} else if w.Events != nil {
			messages += w.Traffic.Requests.Or(0)
		}
	}
	if !app.OverHTTP() {
		return messages
	}
	return requests
}

// excess is the error of a month that costs more than ambi counts, on either
// target. A target that refuses the app anyway is left unpriced.
func (c *comparison) excess(p *pair) error {
	var errs []error
	for _, t := range spec.Targets() {
		model := p.At(t)
		if *model == nil {
			continue
		}
		err := (*model).Excess()
		if err != nil && len(c.Resolved.Findings.Of(t).Refused()) > 0 {
			*p.unpriced.At(t), *model, err = err.Error(), nil, nil
		}
		errs = append(errs, err)
	}
	if p.Lambda == nil && p.Kubernetes == nil {
		errs = append(errs, errors.New("neither target can be priced"))
	}
	return errors.Join(errs...)
}

// side is one target's month at the app's traffic.
func (p pair) side(t spec.Target) Side {
	m := p.Of(t)
	if m == nil {
		return Side{Unpriced: p.unpriced.Of(t)}
	}
	bill := m.Bill(1)
	return Side{Bill: &bill}
}

// at is both totals at a multiple of the app's requests.
func (p pair) at(scale float64) (lambda, kubernetes price.USD, known bool) {
	if p.Lambda == nil || p.Kubernetes == nil {
		return 0, 0, false
	}
	lambda, ok := p.Lambda.Total(scale)
	kubernetes, okToo := p.Kubernetes.Total(scale)
	return lambda, kubernetes, ok && okToo
}

// complete reports whether both sides have a total, for a known number of
// requests if the app gets any.
func (p pair) complete() bool {
	_, _, known := p.at(1)
	return known && (p.requests > 0 || p.app.Fixed())
}

// missing lists what keeps a total from being known, each figure once.
func (p pair) missing() []cost.Missing {
	list := []cost.Missing{}
	for _, t := range spec.Targets() {
		m := p.Of(t)
		if m == nil {
			continue
		}
		for _, missing := range m.Bill(1).Missing {
			if !slices.Contains(list, missing) {
				list = append(list, missing)
			}
		}
	}
	return list
}

// sides are the pair's costs by requests a month, services in the app's mix.
func (p pair) sides() breakeven.Sides {
	return func(requests float64) (price.USD, price.USD) {
		lambda, kubernetes, _ := p.at(requests / p.requests)
		return lambda, kubernetes
	}
}
