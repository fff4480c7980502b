// Package simulation runs a simulation from its trace to the input of a comparison:
// it opens the trace or makes one, counts it, plans which minutes of a long one to
// simulate, runs it on both targets, and searches what would keep an objective.
//
//	s := simulation.New(in, "api", "morning.csv", settings, simulation.Ends{Stdin: os.Stdin, Stderr: os.Stderr})
//	in, err := s.Run(ctx)
//	...
//	result, err := compare.Compare(in)
//
// What happens to each request is decided in [ambi/compare/simulate], and what it
// costs in [ambi/compare]; neither touches the disk. This package knows no flags.
package simulation

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"time"

	"ambi/compare"
	"ambi/compare/demand"
	"ambi/compare/demand/trace"
	"ambi/compare/format"
	"ambi/compare/simulate"
	"ambi/compare/simulate/replay"
	"ambi/internal/problem"
	"ambi/internal/terminal"
	"ambi/internal/tracefile"
	"ambi/spec"
	"ambi/target"
)

// Ends are where a trace may come from, and where progress and warnings go.
type Ends struct {
	Stdin  io.Reader
	Stderr io.Writer
}

// Simulation is a run that is ready to begin.
type Simulation struct {
	in       compare.Input // of one service
	service  string
	settings simulate.Settings
	trace    string        // a file's name; empty to make one from the usage
	length   time.Duration // of the trace, once it was counted
	overrun  string        // why more is simulated than was asked for
	ends     Ends
}

// Missing lists the figures of usage that a simulation of a service needs and does not have;
// trace is as for [New].
func Missing(u demand.Usage, trace string) []demand.Input {
	missing := simulate.Missing(u)
	if trace != "" {
		return missing
	}
	for _, input := range u.Missing() {
		if input == demand.Requests || input == demand.Shape {
			missing = append(missing, input)
		}
	}
	return missing
}

// New prepares a simulation of a service under a trace: the name of a file, "-" for
// standard input, or empty to make one from the usage. No figure may be [Missing].
func New(in compare.Input, service, trace string, settings simulate.Settings, ends Ends) *Simulation {
	if len(in.Resolved.Services()) > 1 {
		// The service is simulated, and priced, as if it were the whole app.
		in.Resolved, in.Usage = target.Resolve(in.Resolved.App.Alone(service)), map[string]demand.Usage{service: in.Usage[service]}
	}
	return &Simulation{in: in, service: service, settings: settings, trace: trace, ends: ends}
}

// source opens the trace, or makes one from the usage.
func (s *Simulation) source(ctx context.Context) (*tracefile.Trace, error) {
	if s.trace != "" {
		source, err := tracefile.Open(ctx, s.ends.Stdin, "trace", s.trace, trace.Options{Seed: s.settings.Seed})
		if err != nil {
			return nil, err
		}
		source.Cut(s.settings.Until)
		return source, nil
	}
	resolved, err := s.in.Usage[s.service].Resolve()
	if err != nil {
		return nil, problem.As(problem.Misuse, err)
	}
	made, err := tracefile.Make(resolved, s.settings.Until, s.settings.Seed)
	if err != nil {
		return nil, err
	}
	s.settings.Until = made.Length
	return made, nil
}

// period is in what time the shape of a made trace comes round, where the trace is shorter
// than that; 0 where it is not, and for a trace that was given.
func (s *Simulation) period() time.Duration {
	if s.trace != "" {
		return 0
	}
	resolved, err := s.in.Usage[s.service].Resolve()
	if err != nil || resolved.Profile.Peak() == 1 || s.settings.Until >= resolved.Profile.Cycle() {
		return 0
	}
	return resolved.Profile.Cycle()
}

// input is what is run.
func (s *Simulation) input() simulate.Input {
	return simulate.Input{
		Resolved: s.in.Resolved, Service: s.service, Usage: s.in.Usage[s.service], Choices: s.in.Choices, Catalog: s.in.Catalog, Settings: s.settings,
	}
}

// Run simulates, and returns the input of a comparison by what came out. When the
// context ends first, what was found until then is marked as partial.
func (s *Simulation) Run(ctx context.Context) (compare.Input, error) {
	in := s.input()
	if err := s.plan(ctx, &in); err != nil {
		return compare.Input{}, err
	}
	source, err := s.source(ctx)
	if err != nil {
		return compare.Input{}, err
	}
	defer source.Close()
	source.Length = max(source.Length, s.length)
	progress := terminal.NewProgress(s.ends.Stderr, "simulating")
	in.Until = s.settings.Until
	in.Progress = func(at time.Duration) {
		progress.At(source.Used(at), spec.Duration(at.Round(time.Second)).String()+" of the trace")
	}
	result, err := simulate.Run(ctx, in, source.Arrivals())
	progress.Done()
	if err != nil {
		return compare.Input{}, tracefile.Error(err)
	}
	if err := refused(&result.Pair, result.Refused); err != nil {
		return compare.Input{}, err
	}
	s.warn(source)
	result.Source, result.Period = source.Description(), s.period()
	if s.overrun != "" {
		result.Assumptions = append(result.Assumptions, simulate.Assumption{Topic: "resolution", Text: s.overrun})
	}
	if s.trace != "" && !result.Partial {
		if err := tooShort(source.Name, result.Trace.Span); err != nil {
			return compare.Input{}, err
		}
	}
	// What is made for a part of a day, or with bursts at random, is not at the
	// usage's mean rate either: it is priced at its own.
	s.in.Usage[s.service] = withTrace(s.in.Usage[s.service], result.Trace)
	s.in.Usage[s.service] = withBatches(s.in.Usage[s.service], result)
	s.in.Behavior = result
	return s.in, nil
}

// refused is the error of a run on no target, with the reason of each.
func refused(runs *target.Pair[*replay.Result], reasons map[spec.Target]string) error {
	if runs.Lambda != nil || runs.Kubernetes != nil {
		return nil
	}
	problems := problem.List{problem.New("no target accepts the app as it is")}
	for _, t := range spec.Targets() {
		if reason := reasons[t]; reason != "" {
			problems.Add(problem.Field(string(t), "%s", reason).Of(problem.Invalid))
		}
	}
	return problem.As(problem.Invalid, problems)
}

// plan looks at the trace, and plans how to sample one that is long. Standard
// input can be read once, and is simulated as it is.
func (s *Simulation) plan(ctx context.Context, in *simulate.Input) error {
	if s.trace == "-" {
		return nil
	}
	source, err := s.source(ctx)
	if err != nil {
		return err
	}
	defer source.Close()
	counts, err := replay.Count(ctx, source.Arrivals(), int64(source.Length))
	if err != nil {
		return tracefile.Error(err)
	}
	if source.Reader != nil {
		counts = s.cut(counts, source.Reader.Span())
	}
	if err := errors.Join(ctx.Err(), tooShort(source.Name, time.Duration(counts.Span))); err != nil {
		return err
	}
	if err := s.tooMany(source.Name, counts); err != nil {
		return err
	}
	in.Until, s.length = s.settings.Until, time.Duration(counts.Span)
	if in.Plan = in.PlanFor(counts); in.Plan != nil {
		figures := trace.Expected(counts.Minutes, time.Duration(counts.Span))
		in.Figures = &figures
	}
	kind, why := "requests", alikeTooFew
	if in.OfMessages() {
		kind, why = "messages", "a queue holds what came long before"
	}
	s.overrun = overrun(in, counts.Total(), kind, why)
	return ctx.Err()
}

// tooMany is the error of a trace at a higher rate than usage may have, which
// could not be priced once it was simulated.
func (s *Simulation) tooMany(name string, counts replay.Counts) error {
	most := slices.Max(append([]float64{0}, counts.Minutes...))
	if most <= demand.MaxMinute {
		return nil
	}
	many := problem.New("%s has %s requests in a minute, and must have at most 60M: 1M/s", name, format.Grouped(fmt.Sprintf("%.0f", most))).Of(problem.Misuse)
	if s.trace != "" {
		many.Flag = "trace"
		return many
	}
	many.Field = string(demand.Requests)
	return many.Hint("give a lower rate, or a shape with a lower peak")
}

// cut is what --span leaves of a trace; one that is not shorter cuts nothing.
func (s *Simulation) cut(counts replay.Counts, whole time.Duration) replay.Counts {
	if until := s.settings.Until; until > 0 && until <= whole {
		return counts.Until(int64(until))
	}
	s.settings.Until = 0
	counts = counts.Until(int64(whole))
	// Nodes are paid for until the trace's end, however long no request has come.
	if counts.Quiet() >= int64(time.Minute) {
		s.settings.Until = whole
	}
	return counts
}

// alikeTooFew is why requests are not sampled.
const alikeTooFew = "too few minutes are like others"

// overrun says why more is simulated than --resolution allows; empty when it is not. Without a plan
// it is all of a kind, for a reason.
func overrun(in *simulate.Input, requests float64, kind, why string) string {
	const nearly = 1.25
	budget := cmp.Or(in.Budget, replay.UsualBudget)
	whole := func(x float64) string { return format.Grouped(fmt.Sprintf("%.0f", x)) }
	switch {
	case in.Exact || requests <= budget:
		return ""
	case in.Plan == nil:
		return fmt.Sprintf("all %s %s are simulated, and not %s: %s", whole(requests), kind, whole(budget), why)
	case in.Plan.Simulated > nearly*budget:
		return fmt.Sprintf("%s of %s requests are simulated, and not %s: fewer minutes would not tell what all are like",
			whole(in.Plan.Simulated), whole(requests), whole(budget))
	}
	return ""
}

// withTrace returns a usage whose requests are a trace's.
func withTrace(u demand.Usage, f trace.Figures) demand.Usage {
	u.Requests, u.Shape = demand.Known(f.Mean*demand.SecondsPerMonth), ""
	u.PeakToMean, u.Burst = demand.Maybe[float64]{}, demand.Maybe[time.Duration]{}
	u.Minutes = make([]float64, len(f.Minutes))
	for i, n := range f.Minutes {
		u.Minutes[i] = float64(n)
	}
	// A last minute that is cut short has less than its rate.
	if last := len(u.Minutes) - 1; last > 0 {
		if rest := f.Span - time.Duration(last)*time.Minute; rest < time.Minute/2 {
			u.Minutes = u.Minutes[:last]
		} else if rest < time.Minute {
			u.Minutes[last] *= float64(time.Minute) / float64(rest)
		}
	}
	return u
}

// withBatches returns a usage whose messages come together as they did in a run.
func withBatches(u demand.Usage, r *simulate.Result) demand.Usage {
	if r.Lambda != nil && r.Lambda.Messages != nil && r.Lambda.Messages.Invocations > 0 {
		u.Batch = demand.Known(r.Lambda.Messages.BatchSize())
	}
	return u
}

// MinSpan is the minimum length of a trace from which a month's rate is computed.
const MinSpan = time.Minute / 2

func tooShort(name string, span time.Duration) error {
	if span >= MinSpan {
		return nil
	}
	return problem.File(name, 0, "must be at least half a minute long, to tell a rate, and is %s", spec.Duration(span))
}
