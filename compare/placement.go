package compare

import (
	"slices"
	"strings"

	"ambi/compare/demand"
	"ambi/compare/placement"
	"ambi/compare/price"
	"ambi/compare/price/cost"
	"ambi/spec"
	"ambi/target"
	"ambi/target/lambda"
)

// Placement is which service belongs on which target: the assignment of an app's services
// that costs least of those that fit. What services share is paid once: the control plane,
// nodes, load balancers, data, and the tiers of the account's prices.
type Placement struct {
	Cost  price.USD `json:"cost"`  // a month of the whole app
	Sides Costs     `json:"sides"` // its two parts; what services share and keep is in Lambda's, if it has any
	Mixed bool      `json:"mixed"` // both targets have services
	// Averages are what both targets cost for all services by averages, as the mix does, where the
	// rest of a comparison is simulated.
	Averages *Costs `json:"averages,omitempty"`
	// Saves is by how much it is cheaper than the cheaper target for all services; null where
	// neither takes all of them.
	Saves *price.USD `json:"saves"`
	// Written is what the app costs with each service on the target that the spec has it on; null
	// if a service is on both.
	Written  *price.USD `json:"written,omitempty"`
	Services []Placed   `json:"services"` // by name
	// Write are the lines of the spec that place the services so; none if it has them, or if no
	// mix is worth it.
	Write []spec.Edit `json:"write,omitempty"`
	// MayMiss is what a cheaper assignment could save beside, at most: zero where every
	// assignment was tried.
	MayMiss price.USD `json:"mayMiss"`
	// Across are the calls between its two parts, which Cost includes.
	Across []Call `json:"across,omitempty"`
	Tried  int    `json:"tried"` // assignments
}

// Placed is one service of a Placement.
type Placed struct {
	Service string      `json:"service"`
	Target  spec.Target `json:"target"`
	// Elsewhere is what the app would cost more a month with this service on the other target,
	// with it those that With names, and the others where that costs least; null where it does
	// not fit there.
	Elsewhere *price.USD `json:"elsewhere"`
	// With are services that stay on the same target, because one calls another, and nothing
	// would guard such calls across targets.
	With []string `json:"with,omitempty"`
	// Pinned says why the service cannot be on the other target; empty where it can.
	Pinned string `json:"pinned,omitempty"`
}

// On lists the services that a placement has on a target.
func (p Placement) On(t spec.Target) []string {
	var list []string
	for _, s := range p.Services {
		if s.Target == t {
			list = append(list, s.Service)
		}
	}
	return list
}

// Moves is how many services Write places.
func (p Placement) Moves() int {
	moves := 0
	for _, edit := range p.Write {
		if strings.HasPrefix(edit.Path, "services.") {
			moves++
		}
	}
	return moves
}

// Clear reports whether a mix is the answer: it is cheaper than either target for all services,
// by more than what counts as about the same, or neither target takes all of them.
func (p *Placement) Clear() bool {
	if p == nil || !p.Mixed {
		return false
	}
	return p.Saves == nil || float64(*p.Saves)*100 >= aboutEqual*float64(p.Cost+*p.Saves)
}

// place finds an app's placement, and its month where it is on both targets; nil for a single service, while a figure is missing, or if
// some service fits neither target. A simulation has all services on each target, and so no mix.
func (c *comparison) place(whole pair, r Result) (*Placement, *cost.Mix) {
	if len(c.app.Workloads) < 2 || c.Behavior != nil {
		return nil, nil
	}
	s := c.placing(r)
	found, ok := s.Best()
	if !ok {
		return nil, nil
	}
	p := &Placement{Cost: found.Cost, Tried: found.Tried, MayMiss: s.mayMiss(found)}
	mix, err := s.mix(found.First)
	if err != nil {
		return nil, nil
	}
	p.Across, _, _ = s.across(s.onLambda(found.First))
	p.Sides = Costs{mix.Bill(spec.Lambda).Total, mix.Bill(spec.Kubernetes).Total}
	for unit, services := range s.units {
		placed := Placed{Target: spec.Kubernetes, Pinned: s.reasons[unit]}
		if found.First[unit] {
			placed.Target = spec.Lambda
		}
		if s.Pinned[unit] == placement.Either {
			other := 0
			if found.First[unit] {
				other = 1
			}
			if usd := found.With[unit][other]; usd < price.Beyond {
				more := usd - found.Cost
				placed.Elsewhere = &more
			}
		}
		for _, i := range services {
			one := placed
			one.Service = c.app.Workloads[i].Name
			for _, j := range services {
				if j != i {
					one.With = append(one.With, c.app.Workloads[j].Name)
				}
			}
			p.Services = append(p.Services, one)
		}
	}
	slices.SortFunc(p.Services, func(a, b Placed) int { return strings.Compare(a.Service, b.Service) })
	p.Mixed = len(p.On(spec.Lambda)) > 0 && len(p.On(spec.Kubernetes)) > 0
	p.Written = s.written()
	for _, t := range spec.Targets() {
		if total := whole.side(t).total(); total != nil && s.takesAll(t) {
			if saves := *total - p.Cost; p.Saves == nil || saves < *p.Saves {
				p.Saves = &saves
			}
		}
	}
	if p.Clear() {
		for _, service := range p.Services {
			if c.Written[service.Service] != service.Target {
				p.Write = append(p.Write, spec.Edit{Path: "services." + service.Service + ".targets", Value: "[" + string(service.Target) + "]"})
			}
		}
		if !c.Resolved.App.For(spec.Lambda) || !c.Resolved.App.For(spec.Kubernetes) {
			p.Write = append(p.Write, spec.Edit{Path: "targets", Value: "[lambda, kubernetes]"})
		}
	}
	if !p.Mixed {
		mix = nil
	}
	return p, mix
}

// placementTries is how many assignments are tried for an app of largeApp services.
const placementTries = 4000

// placing is the search for a placement: its units are services that stay together.
type placing struct {
	placement.Search
	*comparison
	calls   []call
	units   [][]int  // numbers of services, ascending
	reasons []string // why a unit is pinned
	floor   cost.Floor
	bounded bool // the floor is known
}

// placing prepares the search. Services of which one calls another stay together where nothing
// would guard such calls across targets.
func (c *comparison) placing(r Result) *placing {
	calls := c.calls()
	s := &placing{comparison: c, calls: calls, units: c.units(calls)}
	s.Pinned, s.reasons, s.Lean = make([]placement.Side, len(s.units)), make([]string, len(s.units)), make([]float64, len(s.units))
	if n := float64(len(c.app.Workloads)); n > largeApp { // the time of all tries stays about the same
		s.Tries = max(50, int(placementTries*largeApp*largeApp/(n*n)))
	}
	s.Search.Cost = func(first []bool) (price.USD, bool) {
		if _, _, ok := s.across(s.onLambda(first)); !ok {
			return 0, false
		}
		mix, err := s.mix(first)
		if err != nil {
			return 0, false
		}
		return mix.Total()
	}
	for unit := range s.units {
		for _, t := range spec.Targets() {
			if why := s.blocked(r, unit, t); why != "" {
				s.pin(unit, t, why)
			}
		}
	}
	s.floor, s.bounded = cost.FloorOf(c.Sheet, c.Catalog, c.app, c.Choices)
	if s.bounded {
		for unit, services := range s.units {
			for _, i := range services {
				share := max(s.floor.Shares[i][0], s.floor.Shares[i][1])
				s.Lean[unit] += (s.floor.Services[i].Kubernetes.Plus(share) - s.floor.Services[i].Lambda).Dollars()
			}
		}
	}
	return s
}

// blocked says what keeps a unit from a target; empty for nothing.
func (s *placing) blocked(r Result, unit int, t spec.Target) string {
	for _, l := range r.Fit.Blocked(t) {
		if l.Service == "" || slices.ContainsFunc(s.units[unit], func(i int) bool { return s.app.Workloads[i].Name == l.Service }) {
			return l.Path + ": " + l.Message
		}
	}
	return ""
}

// pin keeps a unit from a target. One that has no target left makes every cost unknown.
func (s *placing) pin(unit int, from spec.Target, why string) {
	to := placement.First
	if from == spec.Lambda {
		to = placement.Second
	}
	if s.Pinned[unit] != placement.Either && s.Pinned[unit] != to {
		s.Search.Cost = func([]bool) (price.USD, bool) { return 0, false }
	}
	s.Pinned[unit], s.reasons[unit] = to, why
}

// takesAll reports whether all services fit a target.
func (s *placing) takesAll(t spec.Target) bool {
	other := placement.Second
	if t == spec.Kubernetes {
		other = placement.First
	}
	return !slices.Contains(s.Pinned, other)
}

// onLambda says of each service whether an assignment of the units has it on Lambda.
func (s *placing) onLambda(first []bool) []bool {
	onLambda := make([]bool, len(s.app.Workloads))
	for unit, services := range s.units {
		for _, i := range services {
			onLambda[i] = first[unit]
		}
	}
	return onLambda
}

// mix prices an assignment of the units. What the services share and keep is paid once.
func (s *placing) mix(first []bool) (*cost.Mix, error) {
	onLambda := s.onLambda(first)
	sides := target.PairOf(func(t spec.Target) cost.App {
		return s.part(func(i int) bool { return onLambda[i] == (t == spec.Lambda) })
	})
	if len(sides.Lambda.Workloads) > 0 {
		sides.Kubernetes.Data = cost.Data{}
	}
	_, gb, _ := s.across(onLambda)
	sides.Lambda.AcrossGB, sides.Kubernetes.AcrossGB = gb.Lambda, gb.Kubernetes
	return cost.NewMix(s.Sheet, s.Catalog, sides, s.Choices)
}

// part is an app with some of its services, and with all that they share and keep.
func (c *comparison) part(of func(service int) bool) cost.App {
	app := cost.App{Data: c.app.Data, Corrections: c.app.Corrections}
	secrets := map[string]bool{}
	sends := c.app.Sends()
	for i, w := range c.app.Workloads {
		if !of(i) {
			continue
		}
		if !sends { // then no side's bill includes it
			w.Traffic.Outbound = demand.Maybe[int64]{}
		}
		function := c.Resolved.Lambda.Services[i]
		for _, name := range function.Secrets {
			secrets[name] = true
		}
		app.VPC = app.VPC || function.VPC
		app.Workloads = append(app.Workloads, w)
	}
	app.Secrets = len(secrets)
	if app.OverHTTP() {
		app.Alarms = lambda.AlarmsOfAPI
	}
	return app
}

// mayMiss is by how much an assignment may be cheaper than the one that was found.
func (s *placing) mayMiss(found placement.Found) price.USD {
	if found.Exact {
		return 0
	}
	if !s.bounded {
		return found.Cost
	}
	unit := make([]int, len(s.app.Workloads))
	for n, services := range s.units {
		for _, i := range services {
			unit[i] = n
		}
	}
	least := s.floor.Least(func(service int, t spec.Target) bool {
		other := placement.Second
		if t == spec.Kubernetes {
			other = placement.First
		}
		return s.Pinned[unit[service]] != other
	})
	return max(0, found.Cost-least)
}

// written is what the app costs as its spec places the services; nil if some are on both targets,
// or if services call one another across targets with nothing that guards them.
func (s *placing) written() *price.USD {
	first := make([]bool, len(s.units))
	for unit, services := range s.units {
		on := s.Written[s.app.Workloads[services[0]].Name]
		for _, i := range services {
			if t := s.Written[s.app.Workloads[i].Name]; t == "" || t != on {
				return nil
			}
		}
		first[unit] = on == spec.Lambda
	}
	usd, known := s.Cost(first)
	if !known {
		return nil
	}
	return &usd
}
