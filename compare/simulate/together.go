package simulate

import (
	"context"
	"errors"
	"fmt"
	"hash/crc32"
	"slices"
	"strings"
	"sync"
	"time"

	"ambi/compare/demand"
	"ambi/compare/demand/trace"
	"ambi/compare/price/cost"
	pods "ambi/compare/simulate/kubernetes"
	functions "ambi/compare/simulate/lambda"
	"ambi/compare/simulate/replay"
	"ambi/internal/problem"
	"ambi/spec"
	"ambi/target/kubernetes"
)

// Part is one of several services that are simulated together.
type Part struct {
	Service string
	// Usage is what each request needs; the trace gives their number.
	Usage demand.Usage
	// Open begins with its trace, or with the part of it that a plan has simulated, unless that is
	// nil. Each target reads it, and it is measured, so it is opened several times and has to be
	// the same each time.
	Open func(plan *replay.Plan) (source replay.Source, closes func(), err error)
	// Description says in a few words what the trace is.
	Description string
}

// SeedOf is the seed of a service that runs together with others: two services with the same
// traffic do not get their requests at the same moments.
func SeedOf(seed uint64, service string) uint64 {
	return seed + uint64(crc32.ChecksumIEEE([]byte(service)))
}

// RunTogether runs several services of an app under a trace each, on both targets. On Lambda
// they share the account's concurrency, the requests a second that go with it and the API's
// rate, and on Kubernetes the cluster's nodes. The Input's Service, Usage and Figures do
// not matter, its Until ends the run, and its Plan is that of all parts: see
// [replay.NewPlanTogether]. The result is that of the app, and its Each that of
// every service; errors are like those of [Run].
func RunTogether(ctx context.Context, in Input, parts []Part) (*Result, error) {
	problems := []error{in.Check()}
	if in.Until <= 0 || len(parts) == 0 {
		problems = append(problems, errors.New("several services are simulated for a time that is given"))
	}
	for _, p := range parts {
		if missing := Missing(p.Usage); len(missing) > 0 {
			problems = append(problems, fmt.Errorf("a simulation needs these figures of each request of %s: %v", p.Service, missing))
		}
	}
	if err := errors.Join(problems...); err != nil {
		return nil, err
	}
	t := &together{Input: in, parts: parts, result: &Result{Settings: in.Settings, Refused: map[spec.Target]string{}}}
	for i := range parts {
		function, _ := in.Resolved.Lambda.Service(parts[i].Service)
		t.result.Each = append(t.result.Each, &Result{Service: parts[i].Service, Source: parts[i].Description, Settings: in.Settings, Runs: function.Schedule != nil})
	}
	runs := t.prepare()
	if len(runs) == 0 {
		return t.result, nil // Refused says why
	}
	if err := t.run(ctx, runs); err != nil {
		return nil, err
	}
	return t.result, t.measure(ctx)
}

// together is a run of several services.
type together struct {
	Input
	parts  []Part
	result *Result
}

// shared is one target, ready to run all services.
type shared struct {
	target spec.Target
	run    func(context.Context, []traffic, replay.Options) (each []replay.Result, whole replay.Result, err error)
}

// traffic is the requests of one service.
type traffic struct {
	source replay.Source
	demand replay.Demand
}

// of is the input of one service.
func (t *together) of(p Part) *Input {
	in := t.Input
	in.Service, in.Usage, in.Seed = p.Service, p.Usage, SeedOf(t.Seed, p.Service)
	return &in
}

// prepare is the targets that are to run and take the app.
func (t *together) prepare() []shared {
	notes := newNotes(len(t.parts))
	for _, p := range t.parts {
		in := t.of(p)
		in.Seed = t.Seed // which is what is said
		in.assumeDemand(p.Service, notes.of(p.Service))
	}
	if slices.ContainsFunc(t.Resolved.Kubernetes.Services, func(s kubernetes.Service) bool { return len(s.Needs) > 0 }) {
		notes.add(Assumption{"calls", "a call comes when the caller's request does, whose duration contains it: a service that is slow, or that turns calls away, does not hold its callers up. Calls of services that others may call, too, are a part of their own requests", ""})
	}
	targets := t.Targets
	if len(targets) == 0 {
		targets = spec.Targets()
	}
	var runs []shared
	for _, target := range targets {
		reason := t.refusals(target)
		var run *shared
		if reason == "" && target == spec.Lambda {
			run, reason = t.onLambda(notes)
		} else if reason == "" {
			run, reason = t.onKubernetes(notes)
		}
		if run == nil {
			t.result.Refused[target] = reason
			continue
		}
		runs = append(runs, *run)
	}
	t.result.Assumptions = notes.list()
	if t.Plan != nil {
		t.assumeSampling(slices.ContainsFunc(runs, func(s shared) bool { return s.target == spec.Kubernetes }), t.result)
	}
	return runs
}

// onLambda is the services as functions of one account.
func (t *together) onLambda(notes *notes) (*shared, string) {
	var list []functions.Function
	for _, p := range t.parts {
		f, reason := t.of(p).asFunction(p.Service, notes.of(p.Service))
		if reason != "" {
			return nil, p.Service + ": " + reason
		}
		f.Seed = SeedOf(t.Seed, p.Service)
		list = append(list, f)
	}
	if err := functions.CheckTogether(list); err != nil {
		return nil, err.Error()
	}
	notes.add(Assumption{"account", "the functions share the account's concurrency, less what some of them reserve or have provisioned, the requests a second that go with it, and the API's rate; environments are added to each at a rate of its own. A batch of messages that finds no concurrency waits for it, where Lambda would try again until the messages are shown again", "docs.aws.amazon.com/lambda/latest/dg/lambda-concurrency.html"})
	return &shared{spec.Lambda, func(ctx context.Context, traffic []traffic, options replay.Options) ([]replay.Result, replay.Result, error) {
		for i := range list {
			list[i].Source, list[i].Demand = traffic[i].source, traffic[i].demand
		}
		return functions.RunTogether(ctx, list, options)
	}}, ""
}

// onKubernetes is the services as Deployments of one cluster.
func (t *together) onKubernetes(notes *notes) (*shared, string) {
	var workloads []cost.Workload
	for _, p := range t.parts {
		workloads = append(workloads, t.of(p).workload(p.Service))
	}
	var list []pods.Deployment
	for _, p := range t.parts {
		d, reason := t.of(p).asDeployment(p.Service, workloads, notes.of(p.Service))
		if reason != "" {
			return nil, p.Service + ": " + reason
		}
		d.Seed = SeedOf(t.Seed, p.Service)
		list = append(list, d)
	}
	if list[0].Nodes.Room.MilliCPU > 0 {
		notes.add(Assumption{"cluster", "pods of all services find places on the same nodes, where they share the CPU, and one pod of each service at a time is evicted", ""})
	}
	return &shared{spec.Kubernetes, func(ctx context.Context, traffic []traffic, options replay.Options) ([]replay.Result, replay.Result, error) {
		for i := range list {
			list[i].Source, list[i].Demand = traffic[i].source, traffic[i].demand
		}
		return pods.RunTogether(ctx, list, options)
	}}, ""
}

// open begins with all traces. What closes them is never nil.
func (t *together) open() (sources []replay.Source, closes func(), err error) {
	var all []func()
	closes = func() {
		for _, one := range all {
			one()
		}
	}
	for _, p := range t.parts {
		source, one, err := p.Open(t.Plan)
		if err != nil {
			return nil, closes, err
		}
		all = append(all, one)
		sources = append(sources, source)
	}
	return sources, closes, nil
}

// run runs the targets, at the same time.
func (t *together) run(ctx context.Context, runs []shared) error {
	errs := make([]error, len(runs))
	each, whole := make([][]replay.Result, len(runs)), make([]replay.Result, len(runs))
	progress := slowest(len(runs), t.Progress)
	var wait sync.WaitGroup
	for i, side := range runs {
		wait.Go(func() {
			errs[i] = problem.Guard(func() error {
				sources, closes, err := t.open()
				defer closes()
				if err != nil {
					return err
				}
				var all []traffic
				for k, p := range t.parts {
					demand, err := replay.DemandOf(demand.Traffic{Usage: p.Usage}, t.Variation, SeedOf(t.Seed, p.Service))
					if err != nil {
						return problem.In(p.Service, err)
					}
					all = append(all, traffic{sources[k], demand})
				}
				options := replay.Options{Seed: t.Seed, Until: int64(t.Until), Plan: t.Plan, Progress: func(at int64) { progress(i, at) }}
				each[i], whole[i], err = side.run(ctx, all, options)
				return err
			})
		})
	}
	wait.Wait()
	if err := errors.Join(errs...); err != nil {
		return err
	}
	r := t.result
	for i, side := range runs {
		*r.At(side.target) = &whole[i]
		if err := whole[i].Check(); err != nil {
			return problem.In(string(side.target), err)
		}
		for k := range each[i] {
			*r.Each[k].At(side.target) = &each[i][k]
			if err := each[i][k].Check(); err != nil {
				return problem.In(string(side.target)+", "+t.parts[k].Service, err)
			}
		}
		r.Partial = r.Partial || whole[i].Partial
	}
	for _, one := range r.Each {
		one.Partial = r.Partial
	}
	return nil
}

// measure goes through the traces as far as they were run, for their figures and those of all
// together.
func (t *together) measure(ctx context.Context) error {
	if t.Plan != nil {
		t.expect()
		return nil
	}
	sources, closes, err := t.open()
	defer closes()
	if err != nil {
		return err
	}
	until := int64(t.Until)
	if t.result.Partial {
		until = t.result.passed()
		ctx = context.WithoutCancel(ctx) // it is as far again
	}
	all := trace.NewMeter()
	var meters []*trace.Meter
	next := make([]int64, len(sources))
	for i, source := range sources {
		meters = append(meters, trace.NewMeter())
		next[i] = arrival(source, until)
	}
	for n := 1; ; n++ {
		first := slices.Index(next, slices.Min(next))
		if next[first] == until {
			break
		}
		if n%(1<<16) == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		all.Observe(next[first])
		meters[first].Observe(next[first])
		next[first] = arrival(sources[first], until)
	}
	for _, source := range sources {
		if err := source.Err(); err != nil {
			return err
		}
	}
	if all.Requests() == 0 {
		return problem.New("there is no request to simulate").Of(problem.Misuse)
	}
	span := time.Duration(until)
	t.result.Trace = all.Figures(span)
	for i, one := range t.result.Each {
		one.Trace = meters[i].Figures(span)
	}
	return nil
}

// expect takes the figures of traces that were sampled from their counts, as far as they were run.
func (t *together) expect() {
	until := int64(t.Until)
	if t.result.Partial {
		until = t.result.passed()
	}
	figures := func(plan *replay.Plan) trace.Figures {
		passed := plan.Passed(until)
		return trace.Expected(passed.Minutes, time.Duration(passed.Span))
	}
	t.result.Trace = figures(t.Plan)
	for i, one := range t.result.Each {
		one.Trace = figures(t.Plan.Of(i))
	}
}

// arrival is the next arrival of a source before a time, or that time.
func arrival(source replay.Source, until int64) int64 {
	if at, ok := source.Next(); ok {
		return min(at, until)
	}
	return until
}

// notes are the assumptions on several services: what is said of all of them stands once.
type notes struct {
	services int
	found    []note
	more     []Assumption
}

type note struct {
	Assumption
	services []string
}

func newNotes(services int) *notes { return &notes{services: services} }

// of notes assumptions on one service.
func (n *notes) of(service string) assumer {
	return func(topic, source, format string, args ...any) {
		a := Assumption{topic, fmt.Sprintf(format, args...), source}
		i := slices.IndexFunc(n.found, func(x note) bool { return x.Assumption == a })
		if i < 0 {
			i = len(n.found)
			n.found = append(n.found, note{Assumption: a})
		}
		n.found[i].services = append(n.found[i].services, service)
	}
}

func (n *notes) add(a Assumption) { n.more = append(n.more, a) }

// list is all of them, with the services of which one is said unless it is said of all.
func (n *notes) list() []Assumption {
	var list []Assumption
	for _, x := range n.found {
		a := x.Assumption
		if len(x.services) < n.services {
			a.Topic += " (" + strings.Join(x.services, ", ") + ")"
		}
		list = append(list, a)
	}
	return append(list, n.more...)
}
