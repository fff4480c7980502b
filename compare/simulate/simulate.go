// Package simulate runs both targets under one trace and puts the results side
// by side: latencies, cold starts, which requests were turned away and why,
// capacity and how much of it was used, and the quantities that are paid for.
//
//	result, err := simulate.Run(ctx, simulate.Input{Resolved: resolved, Usage: usage, Choices: cost.Defaults(), Catalog: catalog}, source)
//
// Both targets serve the same arrivals, and request i asks the same of either.
// This package turns an app's models into the simulators' configurations:
// packages lambda and kubernetes below are the simulators, replay is what they
// share, and hpa is the autoscaler's arithmetic. A trace is read once, whatever
// its length, and both run at the same time.
//
// A service over HTTP gets requests; one that a queue or uploads start gets messages, which
// package queue keeps for both targets. Run simulates one service on its own, and RunTogether
// several, which share an account and a cluster. A figure that is not given is not made up:
// Missing says what is needed.
package simulate

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"ambi/compare/demand"
	"ambi/compare/demand/trace"
	"ambi/compare/price/cost"
	"ambi/compare/price/nodes"
	functions "ambi/compare/simulate/lambda"
	"ambi/compare/simulate/replay"
	"ambi/internal/problem"
	"ambi/spec"
	"ambi/target"
	"ambi/target/lambda"
)

// Input is the input of a simulation.
type Input struct {
	Resolved *target.Resolved
	Service  string // empty for an app's only one
	// Usage is what each request needs: its duration, CPU time and the time to start. The trace
	// gives their number.
	Usage   demand.Usage
	Choices cost.Choices
	Catalog *nodes.Catalog
	// Plan, unless nil, says which part of the trace is simulated; see PlanFor.
	Plan *replay.Plan
	// Figures are the trace's, if it was measured already. Without them, the simulated requests
	// are measured.
	Figures *trace.Figures
	Settings
}

// Settings are a simulation's settings besides the app.
type Settings struct {
	Seed uint64 `json:"seed"`
	// Variation is the coefficient of variation of waiting time, unless the usage has quantiles
	// of the duration, and of CPU time:
	// 0 makes all requests alike.
	Variation float64 `json:"variation"`
	// Runtime is the language runtime, which determines how starts on Lambda vary.
	Runtime string `json:"runtime"`
	// Placement is the mean time in which Lambda places an environment, before it starts; AWS
	// documents no figure.
	Placement time.Duration `json:"placementNanoseconds"`
	// Retry makes clients of Lambda retry throttled requests.
	Retry bool `json:"retry"`
	// Failures is the part of the attempts at messages of a queue that fail.
	Failures float64 `json:"failures,omitempty"`
	// Concurrency is the account's on Lambda.
	Concurrency int `json:"concurrency"`
	// Nodes says how nodes are added and removed.
	Nodes NodePreset `json:"nodes"`
	// Start is the state of both targets when the trace begins.
	Start Start `json:"start"`
	// Exact simulates every request, however many there are.
	Exact bool `json:"exact"`
	// Budget is how many requests may be simulated before a trace is sampled; 0
	// is replay.UsualBudget.
	Budget float64 `json:"budget,omitempty"`
	// Targets are the targets to run; none means both.
	Targets []spec.Target `json:"-"`
	// Until ends the run; 0 is the end of the trace.
	Until time.Duration `json:"-"`
	// Progress is called with the progress of the slower target.
	Progress func(at time.Duration) `json:"-"`
}

// Start is the state of a target when a trace begins.
type Start string

// The starts.
const (
	// Settled is the steady state at the rate of the first minute: the environments within the
	// keep-alive, and the autoscaler's replicas.
	Settled Start = "settled"
	// Cold is the state without any requests: no environment, and the minimum of replicas.
	Cold Start = "cold"
)

// NodePreset names how nodes are added and removed.
type NodePreset string

// The presets.
const (
	Karpenter         NodePreset = "karpenter"
	ClusterAutoscaler NodePreset = "cluster-autoscaler"
)

// DefaultSettings are the settings without any flags.
func DefaultSettings() Settings {
	return Settings{
		Seed: 1, Variation: 1, Runtime: "go", Placement: functions.UsualPlacement, Concurrency: lambda.AccountConcurrency, Nodes: Karpenter, Start: Settled,
	}
}

// Result is the result of both targets. A target that was not run is nil.
type Result struct {
	Service  string        `json:"service"`
	Source   string        `json:"source,omitempty"` // of the requests
	Trace    trace.Figures `json:"trace"`
	Settings Settings      `json:"settings"`
	Partial  bool          `json:"partial"` // it was stopped before the trace's end
	// Period is the period of the trace's shape, if the trace is shorter: a month's cost cannot
	// be computed then.
	Period time.Duration `json:"periodNanoseconds,omitempty"`
	target.Pair[*replay.Result]
	Refused     map[spec.Target]string `json:"refused,omitempty"` // why a target was not run
	Assumptions []Assumption           `json:"assumptions"`
	// Each is the services of an app that were simulated together: then Service is empty, and
	// all else is that of the app. It is empty where one service was simulated.
	Each []*Result `json:"-"`
	// Runs says that the requests are the runs of a schedule.
	Runs bool `json:"-"`
}

// OfMessages reports whether messages of a queue were simulated, and not requests.
func (r *Result) OfMessages() bool {
	return slices.ContainsFunc(spec.Targets(), func(t spec.Target) bool { return r.Of(t) != nil && r.Of(t).Messages != nil })
}

// Assumption is one assumption of a simulation.
type Assumption struct {
	Topic  string `json:"topic"`
	Text   string `json:"text"`
	Source string `json:"source,omitempty"`
}

// Missing lists the figures of a usage that a simulation needs and does not have.
func Missing(u demand.Usage) []demand.Input {
	var list []demand.Input
	for _, input := range u.Missing() {
		switch input {
		case demand.Duration, demand.CPUTime, demand.Start:
			list = append(list, input)
		default: // only prices depend on it
		}
	}
	return list
}

// ServiceOf returns the service of an app to simulate: the named one, the only one, or the only
// one over HTTP.
func ServiceOf(app *target.Resolved, name string) (string, error) {
	names := app.Services()
	if name == "" && len(names) > 1 {
		requests := slices.DeleteFunc(slices.Clone(names), func(name string) bool {
			service, _ := app.Lambda.Service(name)
			return !service.HasHTTP()
		})
		if len(requests) == 1 {
			return requests[0], nil
		}
	}
	switch {
	case name == "" && len(names) > 1:
		return "", problem.New("the app has several services, and a simulation covers one").Of(problem.Misuse).Hint("name one of %s", strings.Join(names, ", "))
	case name == "":
		return names[0], nil
	case !slices.Contains(names, name):
		return "", problem.New("no service %q", name).Of(problem.Misuse).Hint("the services are %s", strings.Join(names, ", "))
	}
	return name, nil
}

// Check reports every invalid setting, each problem with the setting as its field.
func (s *Settings) Check() error {
	var problems problem.List
	fail := func(ok bool, setting, format string, args ...any) {
		if !ok {
			problems = append(problems, problem.Field(setting, format, args...))
		}
	}
	fail(s.Variation >= 0 && s.Variation <= 10, "variation", "must be 0 to 10, got %v", s.Variation)
	fail(s.Placement >= 0 && s.Placement <= time.Minute, "placement", "must be 0s to 1m, got %s", s.Placement)
	fail(s.Failures >= 0 && s.Failures <= .99, "failures", "must be 0 to 0.99, got %v", s.Failures)
	fail(s.Concurrency >= 1 && s.Concurrency <= 1_000_000, "concurrency", "must be 1 to 1000000, got %d", s.Concurrency)
	fail(s.Nodes == Karpenter || s.Nodes == ClusterAutoscaler, "nodes", "must be karpenter or cluster-autoscaler, got %q", s.Nodes)
	fail(s.Start == Settled || s.Start == Cold, "start", "must be settled or cold, got %q", s.Start)
	fail(s.Budget >= 0, "budget", "must not be negative, got %v", s.Budget)
	fail(s.Until >= 0, "until", "must not be negative, got %s", s.Until)
	fail(slices.Contains(Runtimes(), s.Runtime), "runtime", "must be one of %s, got %q", strings.Join(Runtimes(), ", "), s.Runtime)
	return problems.Err()
}

// Runtimes are what Settings.Runtime may be, sorted.
func Runtimes() []string { return functions.Runtimes() }

// side is one target, ready to run.
type side struct {
	target spec.Target
	run    func(context.Context, replay.Source, replay.Demand, replay.Options) (replay.Result, error)
}

// Run runs the targets under a trace. A target that refuses the app is not run,
// and the result says why. When the context ends first, the result is
// partial. Errors are the source's, or say what is wrong with the input.
func Run(ctx context.Context, in Input, source replay.Source) (*Result, error) {
	name, err := ServiceOf(in.Resolved, in.Service)
	if err == nil {
		err = in.Check()
	}
	if err == nil {
		if missing := Missing(in.Usage); len(missing) > 0 {
			err = fmt.Errorf("a simulation needs these figures of each request: %v", missing)
		}
	}
	if err != nil {
		return nil, err
	}
	r := &Result{Service: name, Settings: in.Settings, Refused: map[spec.Target]string{}}
	sides, err := in.sides(name, r)
	if err != nil {
		return nil, err
	}
	if len(sides) == 0 {
		return r, nil // Refused says why
	}
	meter := trace.NewMeter()
	whole := source
	if in.Plan != nil {
		source = in.Plan.Source(source)
		in.assumeSampling(slices.ContainsFunc(sides, func(s side) bool { return s.target == spec.Kubernetes }), r)
	}
	demand, err := replay.DemandOf(demand.Traffic{Usage: in.Usage}, in.Variation, in.Seed)
	if err != nil {
		return nil, err
	}
	s := newSplit(source, demand, len(sides), func(requests []replay.Request) {
		for i := range requests {
			if in.Until > 0 && requests[i].At >= int64(in.Until) && in.Plan == nil {
				break // it was read ahead and is not served
			}
			meter.Observe(requests[i].At)
		}
	})
	results, errs := make([]replay.Result, len(sides)), make([]error, len(sides))
	progress := slowest(len(sides), in.Progress)
	var wait sync.WaitGroup
	for i, side := range sides {
		wait.Go(func() {
			defer close(s.readers[i].done)
			options := replay.Options{Seed: in.Seed, Until: int64(in.Until), Plan: in.Plan, Progress: func(at int64) { progress(i, at) }}
			errs[i] = problem.Guard(func() (err error) {
				results[i], err = side.run(ctx, s.readers[i], demand, options)
				return err
			})
		})
	}
	s.run(ctx)
	wait.Wait()
	if err := errors.Join(errs...); err != nil {
		return nil, err
	}
	if meter.Requests() == 0 {
		return nil, problem.New("there is no request to simulate").Of(problem.Misuse)
	}
	for i, side := range sides {
		if err := results[i].Check(); err != nil {
			return nil, problem.In(string(side.target), err)
		}
		r.Partial = r.Partial || results[i].Partial
		*r.At(side.target) = &results[i]
	}
	r.Partial = r.Partial || ctx.Err() != nil
	switch {
	case in.Plan != nil && r.Partial:
		// The meter saw what is simulated; the runs stand for the trace until then.
		passed := in.Plan.Passed(r.passed())
		r.Trace = trace.Expected(passed.Minutes, time.Duration(passed.Span))
	case in.Figures != nil && !r.Partial:
		r.Trace = *in.Figures
	default:
		r.Trace = meter.Figures(r.span(whole))
	}
	return r, nil
}

// passed is how far into the trace the target came that came furthest.
func (r *Result) passed() int64 {
	furthest := int64(0)
	for _, t := range spec.Targets() {
		if run := r.Of(t); run != nil {
			furthest = max(furthest, run.Span)
		}
	}
	return furthest
}

// PlanFor plans how to sample a trace that has too many requests to simulate them all; nil if
// it is simulated in full.
func (in *Input) PlanFor(counts replay.Counts) *replay.Plan {
	if in.Exact || in.OfMessages() { // a queue holds what came long before
		return nil
	}
	return replay.NewPlan(counts, in.planOptions())
}

// PlanTogether is PlanFor for services that run together, all of them over HTTP; counts are in the
// order of the parts. The same minutes of all are simulated.
func (in *Input) PlanTogether(counts []replay.Counts) *replay.Plan {
	if in.Exact {
		return nil
	}
	return replay.NewPlanTogether(counts, in.planOptions())
}

func (in *Input) planOptions() replay.PlanOptions {
	// An idle environment must have had the time to go.
	return replay.PlanOptions{Budget: in.Budget, Settle: max(replay.UsualSettle, in.Choices.Lambda.KeepAlive.Std()+time.Minute)}
}

func (in *Input) assumeSampling(kubernetes bool, r *Result) {
	text := fmt.Sprintf(
		"at most %.3g of %.4g million requests are simulated, in minutes that represent others with about the same rate; standard errors come from how much such minutes differ",
		in.Plan.Simulated/1e6, in.Plan.Requests/1e6)
	if kubernetes {
		text += ". On Kubernetes, replicas and nodes are simulated for the whole trace, with the CPU time of all its requests"
	}
	r.Assumptions = append(r.Assumptions, Assumption{Topic: "sampling", Text: text})
}

// span is how long the trace is.
func (r *Result) span(source replay.Source) time.Duration {
	if long, ok := source.(interface{ Span() time.Duration }); ok && !r.Partial {
		return long.Span()
	}
	return 0 // up to the last arrival
}

// slowest tells progress of the run that has come the least far.
func slowest(n int, progress func(time.Duration)) func(i int, at int64) {
	if progress == nil {
		return func(int, int64) {}
	}
	var mutex sync.Mutex
	reached := make([]int64, n)
	return func(i int, at int64) {
		mutex.Lock()
		defer mutex.Unlock()
		reached[i] = at
		progress(time.Duration(slices.Min(reached)))
	}
}

// refusals say why a target does not take an app.
func (in *Input) refusals(t spec.Target) string {
	var list []string
	for _, f := range in.Resolved.Findings.Of(t).Refused() {
		if !in.Choices.Lambda.Door().Lifts(f) {
			list = append(list, f.Path+": "+f.Message)
		}
	}
	return strings.Join(list, "; ")
}
