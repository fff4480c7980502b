package compare

import (
	"fmt"
	"slices"
	"strings"

	"ambi/compare/price"
	"ambi/compare/simulate"
	"ambi/compare/simulate/replay"
	"ambi/spec"
	"ambi/target"
)

// Advice lists, for each target, the changes to the spec that would meet an objective under a
// trace.
type Advice struct {
	Objective string   `json:"objective"`
	Services  []string `json:"services,omitempty"` // those that have one, where several were simulated together
	Now       []Choice `json:"now"`                // the app as it is, one a target
	Choices   []Choice `json:"choices"`            // each keeps the objective; by target, the cheapest first
	// Notes explain why a target has no choice.
	Notes []string `json:"notes"`
}

// Kept reports whether some target meets the objective, with the current spec or with a change.
func (a Advice) Kept() bool {
	return len(a.Choices) > 0 || slices.ContainsFunc(a.Now, func(c Choice) bool { return c.Holds })
}

// Choice is a change to the spec, and its result.
type Choice struct {
	Target  spec.Target `json:"target"`
	Changes []Change    `json:"changes"` // none: the app as it is
	Holds   bool        `json:"holds"`
	Values  []string    `json:"values"` // of the objectives' figures; of several services, each after its service's name
	Cost    *price.USD  `json:"cost"`   // of a month; null while unknown
	Idle    *price.USD  `json:"idle"`   // the part of it that buys unused capacity
}

// Change is one number of the spec.
type Change struct {
	Path string `json:"path"`
	From int    `json:"from"`
	To   int    `json:"to"`
}

// String is the change in a few words.
func (c Change) String() string { return fmt.Sprintf("%s %d instead of %d", c.Path, c.To, c.From) }

// Sought is what one service is to keep.
type Sought struct {
	Service    string
	Objectives []simulate.Objective
}

// Attempt simulates an app on one target, with the same traffic each time. It returns the input
// of a comparison by what came out: its Resolved is the app, and its Behavior the run.
type Attempt func(app *target.Resolved, t spec.Target) (Input, error)

// Advise searches for the smallest changes of an app that keep its services' objectives, by
// simulation: provisioned concurrency and, where the function has a bound of its own, the most
// instances on Lambda; the fewest instances, the most and the autoscaler's CPU target, or its
// backlog of messages, on Kubernetes. The result is the smallest change found by bisection,
// which assumes that more never hurts; every advised change was simulated.
//
// Of several services, those that miss their objectives are changed one after the other, each by
// what costs least, and beside what was changed before: they share an account and a cluster, so
// one may need less, or more, once another was changed. Each Choice keeps all objectives.
func Advise(app *target.Resolved, targets []spec.Target, try Attempt, sought ...Sought) (*Advice, error) {
	a := &adviser{app: app, attempt: try, sought: sought, advice: &Advice{Now: []Choice{}, Choices: []Choice{}, Notes: []string{}}}
	a.several = len(app.Services()) > 1
	a.phrase()
	if len(targets) == 0 {
		targets = spec.Targets()
	}
	for _, t := range targets {
		if err := a.on(t); err != nil {
			return nil, err
		}
	}
	return a.advice, nil
}

// phrase says what is sought.
func (a *adviser) phrase() {
	var services []string
	for _, s := range a.sought {
		var objectives []string
		for _, o := range s.Objectives {
			objectives = append(objectives, o.String())
		}
		services = append(services, a.named(s, strings.Join(objectives, " and ")))
		if a.several {
			a.advice.Services = append(a.advice.Services, s.Service)
		}
	}
	a.advice.Objective = strings.Join(services, ", ")
}

// named is what is said of a service, with its name where there are several.
func (a *adviser) named(s Sought, text string) string {
	if a.several {
		return s.Service + ": " + text
	}
	return text
}

// adviser is a search at work.
type adviser struct {
	app     *target.Resolved
	attempt Attempt
	sought  []Sought
	several bool // services are simulated
	advice  *Advice
}

// set is a number of the spec, by its path, and its value.
type set struct {
	path string
	to   int
}

// try is one run of one target with a changed spec.
type try struct {
	sets    []set
	changes []Change
	in      Input
}

// of is what the run says of a service; nil where the target refuses the app.
func (x *try) of(service string, t spec.Target) *replay.Result {
	r := x.in.Behavior
	for _, one := range r.Each {
		if one.Service == service {
			return one.Of(t)
		}
	}
	return r.Of(t)
}

// simulate runs a target with some numbers of the spec changed; of one that is set twice, the
// later value counts.
func (a *adviser) simulate(t spec.Target, sets ...set) (*try, error) {
	x := &try{changes: []Change{}}
	for i, s := range sets {
		if !slices.ContainsFunc(sets[i+1:], func(later set) bool { return later.path == s.path }) {
			x.sets = append(x.sets, s)
		}
	}
	app := a.app.App
	for _, s := range x.sets {
		from, err := app.Number(s.path)
		if err != nil {
			return nil, err
		}
		if from == s.to {
			continue
		}
		x.changes = append(x.changes, Change{s.path, from, s.to})
		if app, err = app.With(s.path, s.to); err != nil {
			return nil, err
		}
	}
	var err error
	x.in, err = a.attempt(target.Resolve(app), t)
	return x, err
}

// missed is the first service that misses its objectives in a run; nil where none does.
func (a *adviser) missed(t spec.Target, x *try) *Sought {
	for i, s := range a.sought {
		if !simulate.AllHold(s.Objectives, x.of(s.Service, t)) {
			return &a.sought[i]
		}
	}
	return nil
}

// choice prices a run.
func (a *adviser) choice(t spec.Target, x *try) (Choice, error) {
	c := Choice{Target: t, Changes: x.changes, Holds: a.missed(t, x) == nil}
	for _, s := range a.sought {
		for _, o := range s.Objectives {
			c.Values = append(c.Values, a.named(s, o.Text(o.Value(x.of(s.Service, t)))))
		}
	}
	r, err := Bills(x.in)
	if err != nil {
		return c, err
	}
	if side := r.Of(t); side.Bill != nil {
		c.Cost, c.Idle = side.total(), &side.Bill.Idle
	}
	return c, nil
}

func (a *adviser) note(format string, args ...any) {
	a.advice.Notes = append(a.advice.Notes, fmt.Sprintf(format, args...))
}

// offer adds a change that keeps all objectives; changes that are the same are offered once.
func (a *adviser) offer(c Choice) {
	for _, other := range a.advice.Choices {
		if fmt.Sprint(other.Target, other.Changes) == fmt.Sprint(c.Target, c.Changes) {
			return
		}
	}
	at := len(a.advice.Choices)
	for at > 0 && a.advice.Choices[at-1].Target == c.Target && dearer(a.advice.Choices[at-1], c) {
		at--
	}
	a.advice.Choices = append(a.advice.Choices[:at:at], append([]Choice{c}, a.advice.Choices[at:]...)...)
}

func dearer(a, b Choice) bool { return a.Cost != nil && b.Cost != nil && *a.Cost > *b.Cost }

// on searches on one target.
func (a *adviser) on(t spec.Target) error {
	x, err := a.simulate(t)
	if err != nil {
		return err
	}
	if reason, refused := x.in.Behavior.Refused[t]; refused {
		a.note("%s does not take the app: %s", t, reason)
		return nil
	}
	now, err := a.choice(t, x)
	if err != nil {
		return err
	}
	a.advice.Now = append(a.advice.Now, now)
	for turn := 0; ; turn++ {
		service := a.missed(t, x)
		if service == nil {
			return nil
		}
		if turn == 2*len(a.sought) {
			a.note("%s: each change takes from another service what it needs: no changes were found that keep all objectives", t)
			return nil
		}
		s := &search{adviser: a, Sought: *service, target: t, from: x}
		if err := s.run(); err != nil || len(s.found) == 0 {
			return err // a note says why
		}
		var best Choice
		kept := false
		for i, found := range s.found {
			c, err := a.choice(t, found)
			if err != nil {
				return err
			}
			if c.Holds {
				kept = true
				a.offer(c)
			}
			if i == 0 || dearer(best, c) {
				best, x = c, found
			}
		}
		if kept {
			return nil
		}
	}
}
