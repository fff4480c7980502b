package compare

import (
	"context"
	"fmt"
	"math"
	"slices"

	"ambi/compare/price"
	"ambi/compare/simulate"
	"ambi/compare/simulate/replay"
	"ambi/spec"
	"ambi/target"
	"ambi/target/lambda"
)

// Advice lists, for each target, the changes to the spec that would meet an objective under a
// trace.
type Advice struct {
	Objective string   `json:"objective"`
	Now       []Choice `json:"now"`     // the app as it is, one a target
	Choices   []Choice `json:"choices"` // each keeps the objective; by target, the cheapest first
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
	Values  []string    `json:"values"` // of the objective's figures
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

// Advise searches for the smallest changes that keep objectives, by simulation: provisioned
// concurrency and, where the function has a bound of its own, the most instances on Lambda; the
// fewest instances, the most and the autoscaler's CPU target, or its backlog of messages, on Kubernetes. Each run opens the
// trace again. The result is the smallest change found by bisection, which assumes that more
// never hurts; every advised change was simulated.
//
// Run is how each run is made, but for the app and the target.
func Advise(ctx context.Context, in Input, run simulate.Input, open func() (replay.Source, func(), error), objectives []simulate.Objective) (*Advice, error) {
	service, err := simulate.ServiceOf(in.Resolved, run.Service)
	if err != nil {
		return nil, err
	}
	a := &adviser{ctx: ctx, in: in, service: service, base: run, open: open, objectives: objectives, now: map[string]int{}, advice: &Advice{Now: []Choice{}, Choices: []Choice{}, Notes: []string{}}}
	for i, o := range objectives {
		if i > 0 {
			a.advice.Objective += " and "
		}
		a.advice.Objective += o.String()
	}
	targets := run.Targets
	if len(targets) == 0 {
		targets = spec.Targets()
	}
	for _, path := range []string{minimum, maximum, cpuTarget, backlog, provisioned} {
		if a.now[path], err = in.Resolved.App.Number(a.path(path)); err != nil {
			return nil, err
		}
	}
	search := target.Pair[func() error]{Lambda: a.lambda, Kubernetes: a.kubernetes}
	for _, t := range targets {
		if err := search.Of(t)(); err != nil {
			return nil, err
		}
	}
	return a.advice, nil
}

// adviser is a search at work.
type adviser struct {
	ctx        context.Context
	in         Input
	service    string
	base       simulate.Input
	open       func() (replay.Source, func(), error)
	objectives []simulate.Objective
	now        map[string]int // the numbers that a search may change, by path
	advice     *Advice
}

// try is one run of one target with a changed spec.
type try struct {
	changes  []Change
	run      *simulate.Result
	result   *replay.Result
	refused  string
	resolved *target.Resolved
}

// The numbers of a service that a search may change, by their paths below it.
const (
	minimum     = "scale.min"
	maximum     = "scale.max"
	cpuTarget   = "scale.cpu"
	backlog     = "scale.backlog"
	provisioned = "lambda.provisioned"
)

// set is one of them and its value.
type set struct {
	path string
	to   int
}

// path is that of a number in the spec.
func (a *adviser) path(number string) string { return "services." + a.service + "." + number }

// simulate runs a target with some numbers of the spec changed.
func (a *adviser) simulate(t spec.Target, sets ...set) (*try, error) {
	x := &try{changes: []Change{}}
	app := a.in.Resolved.App
	for _, set := range sets {
		path := a.path(set.path)
		from, err := app.Number(path)
		if err != nil {
			return nil, err
		}
		if from == set.to {
			continue
		}
		x.changes = append(x.changes, Change{path, from, set.to})
		if app, err = app.With(path, set.to); err != nil {
			return nil, err
		}
	}
	x.resolved = target.Resolve(app)
	source, done, err := a.open()
	if err != nil {
		return nil, err
	}
	defer done()
	run := a.base
	run.Resolved, run.Service, run.Targets = x.resolved, a.service, []spec.Target{t}
	x.run, err = simulate.Run(a.ctx, run, source)
	if err == nil {
		err = a.ctx.Err()
	}
	if err != nil {
		return nil, err
	}
	x.result, x.refused = x.run.Of(t), x.run.Refused[t]
	return x, nil
}

func (a *adviser) holds(x *try) bool {
	return x.result != nil && simulate.AllHold(a.objectives, x.result)
}

// choice prices a try.
func (a *adviser) choice(t spec.Target, x *try) (Choice, error) {
	c := Choice{Target: t, Changes: x.changes, Holds: a.holds(x)}
	for _, o := range a.objectives {
		c.Values = append(c.Values, o.Text(o.Value(x.result)))
	}
	in := a.in
	in.Resolved, in.Behavior = x.resolved, x.run
	r, err := Bills(in)
	if err != nil {
		return c, err
	}
	side := r.Of(t)
	if side.Bill != nil {
		c.Cost, c.Idle = side.total(), &side.Bill.Idle
	}
	return c, nil
}

// begin runs a target as it is. It is false when there is nothing to search.
func (a *adviser) begin(t spec.Target) (*try, bool, error) {
	x, err := a.simulate(t)
	if err != nil {
		return nil, false, err
	}
	if x.result == nil {
		a.note("%s does not take the app: %s", t, x.refused)
		return nil, false, nil
	}
	now, err := a.choice(t, x)
	a.advice.Now = append(a.advice.Now, now)
	return x, !now.Holds, err
}

func (a *adviser) note(format string, args ...any) {
	a.advice.Notes = append(a.advice.Notes, fmt.Sprintf(format, args...))
}

// offer adds what was found, if it holds; changes that came out the same are
// offered once.
func (a *adviser) offer(t spec.Target, x *try) error {
	if x == nil || !a.holds(x) {
		return nil
	}
	c, err := a.choice(t, x)
	if err != nil {
		return err
	}
	for _, other := range a.advice.Choices {
		if fmt.Sprint(other.Target, other.Changes) == fmt.Sprint(t, c.Changes) {
			return nil
		}
	}
	at := len(a.advice.Choices)
	for at > 0 && a.advice.Choices[at-1].Target == t && dearer(a.advice.Choices[at-1], c) {
		at--
	}
	a.advice.Choices = append(a.advice.Choices[:at:at], append([]Choice{c}, a.advice.Choices[at:]...)...)
	return nil
}

func dearer(a, b Choice) bool { return a.Cost != nil && b.Cost != nil && *a.Cost > *b.Cost }

// least is the least number from low to high for which run keeps the
// objectives, by bisection, with its run; nil when not even high does.
func (a *adviser) least(low, high int, run func(n int) (*try, error)) (int, *try, error) {
	best, err := run(high)
	if err != nil || !a.holds(best) {
		return 0, nil, err
	}
	for low < high {
		middle := low + (high-low)/2
		x, err := run(middle)
		if err != nil {
			return 0, nil, err
		}
		if a.holds(x) {
			best, high = x, middle
		} else {
			low = middle + 1
		}
	}
	return high, best, nil
}

// The spec's own bounds.
const (
	mostInstances   = 1000
	mostProvisioned = 1000
	leastCPUTarget  = 10 // below it, replicas are a way to spell money
	leastBacklog    = 1
)

// lambda searches provisioned concurrency, and the most instances first where
// the function's own bound turns requests away.
func (a *adviser) lambda() error {
	now, search, err := a.begin(spec.Lambda)
	if err != nil || !search {
		return err
	}
	function, _ := a.in.Resolved.Lambda.Service(a.service)
	deployment, _ := a.in.Resolved.Kubernetes.Service(a.service) // knows how many requests an instance takes
	if function.Events != nil {
		return a.invocations(max(1, deployment.Concurrency))
	}
	var bound []set
	if function.Reserved > 0 && now.result.Outcomes[replay.ThrottledReserved] > 0 {
		_, x, err := a.least(a.now[maximum]+1, mostInstances, func(n int) (*try, error) {
			x, err := a.simulate(spec.Lambda, set{maximum, n})
			if err == nil && x.result == nil {
				x.result = &replay.Result{Requests: 1} // more than the account has
			}
			return x, err
		})
		if err != nil {
			return err
		}
		if x != nil {
			return a.offer(spec.Lambda, x)
		}
		most, err := a.simulate(spec.Lambda, set{maximum, mostInstances})
		if err != nil {
			return err
		}
		if most.result == nil {
			a.note("lambda: no scale.max that the account allows meets it: %s", most.refused)
			return nil
		}
		need := int(math.Ceil(float64(most.result.Gauges[replay.InUse].Max) / float64(max(1, deployment.Concurrency))))
		bound = append(bound, set{maximum, max(a.now[maximum], need)})
		now = most
	}
	peak := int(now.result.Gauges[replay.InUse].Max)
	high := min(mostProvisioned, max(peak, a.now[provisioned]+1))
	_, x, err := a.least(a.now[provisioned]+1, high, func(n int) (*try, error) {
		return a.simulate(spec.Lambda, append(bound, set{provisioned, n})...)
	})
	if err != nil {
		return err
	}
	if x == nil {
		most, err := a.simulate(spec.Lambda, append(bound, set{provisioned, high})...)
		if err != nil {
			return err
		}
		text := most.refused
		if most.result != nil {
			text = ""
			for i, o := range a.objectives {
				if i > 0 {
					text += ", "
				}
				text += o.Text(o.Value(most.result))
			}
		}
		a.note("lambda: no provisioned concurrency meets it: with %d, the most that were ever in use, it is %s; more memory would make the work itself faster", high, text)
	}
	return a.offer(spec.Lambda, x)
}

// invocations searches the most invocations at once of a function that messages start, of which
// an instance counts for several.
func (a *adviser) invocations(perInstance int) error {
	high := lambda.MaxMaximumConcurrency / perInstance
	if high > a.now[maximum] {
		_, x, err := a.least(a.now[maximum]+1, high, func(n int) (*try, error) { return a.simulate(spec.Lambda, set{maximum, n}) })
		if err != nil {
			return err
		}
		if x != nil {
			return a.offer(spec.Lambda, x)
		}
	}
	a.note("lambda: no scale.max up to %d, the most that an event source mapping takes, meets it: it begins with %d invocations at once and adds %d a minute", max(high, a.now[maximum]), lambda.Pollers, lambda.MappingPerMinute)
	return nil
}

// kubernetes searches the fewest instances, the CPU target, and the most
// instances. The first two are searched with the most out of the way, which is
// then as many as there were.
func (a *adviser) kubernetes() error {
	_, search, err := a.begin(spec.Kubernetes)
	if err != nil || !search {
		return err
	}
	found := false
	settle := func(x *try, sets ...set) error {
		if x == nil {
			return nil
		}
		found = true
		most := int(x.result.Gauges[replay.Instances].Max)
		if need := max(most, a.now[maximum], a.now[minimum]); need <= mostInstances {
			y, err := a.simulate(spec.Kubernetes, append(sets, set{maximum, need})...)
			if err != nil {
				return err
			}
			if a.holds(y) {
				x = y
			}
		}
		return a.offer(spec.Kubernetes, x)
	}
	out := set{maximum, mostInstances}
	free, err := a.simulate(spec.Kubernetes, out)
	if err != nil {
		return err
	}
	if a.holds(free) {
		if err := settle(free); err != nil {
			return err
		}
	}
	n, fewest, err := a.least(a.now[minimum]+1, mostInstances, func(n int) (*try, error) {
		return a.simulate(spec.Kubernetes, set{minimum, n}, out)
	})
	if err != nil {
		return err
	}
	if fewest != nil {
		if err := settle(fewest, set{minimum, n}); err != nil {
			return err
		}
	}
	watched, floor := cpuTarget, leastCPUTarget
	if a.now[backlog] > 0 {
		watched, floor = backlog, leastBacklog
	}
	if a.now[watched] > floor {
		// The least decrease of the target is the least change.
		n, lower, err := a.least(1, a.now[watched]-floor, func(n int) (*try, error) {
			return a.simulate(spec.Kubernetes, set{watched, a.now[watched] - n}, out)
		})
		if err != nil {
			return err
		}
		if lower != nil {
			if err := settle(lower, set{watched, a.now[watched] - n}); err != nil {
				return err
			}
		}
	}
	if !found && a.now[backlog] > 0 {
		a.note("kubernetes: neither a minimum of up to %d replicas nor a backlog of down to %d meets it: the work itself takes too long, or waits for the CPU of its own pod", mostInstances, leastBacklog)
	} else if !found {
		a.note("kubernetes: neither a minimum of up to %d replicas nor a CPU target down to %d %% meets it: the work itself takes too long, or waits for the CPU of its own pod", mostInstances, leastCPUTarget)
	}
	return nil
}
