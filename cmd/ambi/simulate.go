package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"ambi/compare"
	"ambi/compare/demand"
	"ambi/compare/demand/trace"
	"ambi/compare/format"
	"ambi/compare/render/report"
	"ambi/compare/simulate"
	"ambi/compare/simulate/replay"
	"ambi/internal/problem"
	"ambi/spec"
	"ambi/target"
)

func newSimulateCommand(io streams, options *projectOptions) *cobra.Command {
	var flags simulateFlags
	cmd := &cobra.Command{
		Use:   "simulate",
		Short: "Simulate both targets under the same requests, one by one",
		Long: `Simulate the app on Lambda and on Kubernetes under the same requests: how long
they take, up to the 99.9th percentile, how many wait for a start, are throttled,
time out or fail and why, how many environments, replicas and nodes there are
over time, what of them is used, and what it costs.

The requests come from --trace, a file that "ambi trace" reads ("-" is standard
input), or are made from the usage: its requests and shape, for --span, as
"ambi trace --shape" makes them.

What each request asks for is the usage's duration and CPU time, and what an
instance takes to start its start time: all three must be known, from the spec
or from flags. Nothing is measured on AWS or in a cluster.

With --slo, the simulation runs again and again to find the smallest change of
the spec that keeps an objective: provisioned concurrency on Lambda; the fewest
instances, the most, or the CPU target on Kubernetes. Each choice is printed with
its cost, and the cheapest of each target as a diff of the spec.

Ctrl-C ends the simulation and prints what it has come to, marked as partial.

Exit code 1: the trace cannot be read, or no target takes the app. 130:
interrupted.`,
		Example: `  ambi simulate --span 1h
  ambi simulate --trace requests.csv
  ambi simulate --shape bursty --requests 20/s --span 10m --slo "p99 < 2s"`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			p, err := options.load()
			if err != nil {
				return err
			}
			s, err := flags.simulation(p, idleOf(cmd.Flags()))
			if err != nil {
				return inFlags(cmd.Flags(), err)
			}
			if flags.slo != "" {
				return s.advise(cmd.Context(), io, p, flags.slo, flags.asJSON)
			}
			result, err := s.run(cmd.Context(), io)
			if err != nil {
				return inFlags(cmd.Flags(), err)
			}
			if err := printSimulation(io.out, result, flags.asJSON); err != nil {
				return err
			}
			return partial(result)
		},
	}
	flags.register(cmd.Flags())
	return cmd
}

// simulateFlags are what simulate takes.
type simulateFlags struct {
	given    usageFlags
	settings settingFlags
	chosen   choiceFlags
	priced   priceFlags

	service, target, slo string
	asJSON               bool
}

// register defines the flags, sorted by what they are for.
func (f *simulateFlags) register(flags *pflag.FlagSet) {
	flags.SortFlags = false
	f.given.register(flags)
	flags.StringVar(&f.service, "service", "", "the `NAME` of the service, of an app with several")
	flags.StringVar(&f.target, "target", "", "only this `TARGET`: lambda or kubernetes")
	f.settings.register(flags)
	f.chosen.register(flags)
	f.priced.register(flags)
	flags.StringVar(&f.slo, "slo", "", "search what would keep an `OBJECTIVE`, such as \"p99 < 300ms\" or \"p99.9 < 1s and errors < 0.1%\"")
	flags.BoolVar(&f.asJSON, "json", false, "print JSON, whose schema \"ambi schema simulate\" prints, or \"ambi schema slo\" with --slo")
}

// simulation is what the flags ask for. All of their problems come back at once.
func (f *simulateFlags) simulation(p *project, idle *idle) (*simulation, error) {
	settings, errSettings := f.settings.settings()
	only, errTarget := parseTarget("target", f.target)
	if only != "" {
		settings.Targets = []spec.Target{only}
	}
	service, errService := simulate.ServiceOf(p.resolved, f.service)
	if errService != nil {
		return nil, usageError{errors.Join(errSettings, errTarget, problem.InFlag("service", errService))}
	}
	file, errTrace := f.given.traceOf(p.app, service)
	if file != "" {
		idle.refuse("--trace says how many there are, and when", append([]string{"requests"}, shapeFlags()...)...)
	}
	without := f.given // the trace is run, and not counted
	without.traces = nil
	in, errInput := comparisonInput(p, &without, &f.chosen, &f.priced)
	if errInput == nil {
		if file == "" {
			idle.usage(map[string]demand.Usage{service: in.Usage[service]})
		}
		idle.simulated(in.Choices, only)
		idle.choices(in.Choices, p.app)
		idle.settings("", in.Choices, p.app, service, file)
	}
	if err := errors.Join(errSettings, errTarget, errTrace, f.given.others(p.app, service), errInput, idle.err()); err != nil {
		return nil, problem.As(problem.Misuse, err)
	}
	return newSimulation(in, service, file, settings)
}

// simulation is a run that is ready to begin.
type simulation struct {
	in       compare.Input // of one service
	service  string
	settings simulate.Settings
	trace    string        // a file's name; empty to make one from the usage
	length   time.Duration // of the trace, once it was counted
	unkept   string        // why more is simulated than was asked for
}

// newSimulation checks that everything is known that a simulation needs.
func newSimulation(in compare.Input, service, trace string, settings simulate.Settings) (*simulation, error) {
	u := in.Usage[service]
	missing := simulate.Missing(u)
	if trace == "" {
		for _, input := range u.Missing() {
			if input == demand.Requests || input == demand.Shape {
				missing = append(missing, input)
			}
		}
	}
	if len(missing) > 0 {
		ways := waysToGive(false)
		unknown := problem.New("a simulation needs figures that nobody gave")
		for _, input := range missing {
			unknown = unknown.Hint("%s: %s", input, ways[input])
		}
		return nil, usageError{unknown}
	}
	if len(in.Resolved.Services()) > 1 {
		// The service is simulated, and priced, as if it were the whole app.
		in.Resolved, in.Usage = target.Resolve(in.Resolved.App.Alone(service)), map[string]demand.Usage{service: u}
	}
	return &simulation{in: in, service: service, settings: settings, trace: trace}, nil
}

// source opens the trace, or makes one from the usage.
func (s *simulation) source(ctx context.Context, io streams) (*traceSource, error) {
	if s.trace != "" {
		source, err := openTrace(ctx, io, "trace", s.trace, trace.Options{Seed: s.settings.Seed})
		if err != nil {
			return nil, err
		}
		source.cut(s.settings.Until)
		return source, nil
	}
	resolved, err := s.in.Usage[s.service].Resolve()
	if err != nil {
		return nil, usageError{err}
	}
	made, err := makeTrace(resolved, s.settings.Until, s.settings.Seed)
	if err != nil {
		return nil, err
	}
	s.settings.Until = made.whole
	return made, nil
}

// arrivals are a trace's, as what can skip.
func arrivals(s *traceSource) replay.Source {
	if skipper, ok := s.Source.(replay.Skipper); ok {
		return skipper
	}
	return s
}

// input is what is run.
func (s *simulation) input() simulate.Input {
	return simulate.Input{
		Resolved: s.in.Resolved, Service: s.service, Usage: s.in.Usage[s.service], Choices: s.in.Choices, Catalog: s.in.Catalog, Settings: s.settings,
	}
}

// run simulates, and compares by what came out.
func (s *simulation) run(ctx context.Context, io streams) (compare.Result, error) {
	in := s.input()
	if err := s.plan(ctx, io, &in); err != nil {
		return compare.Result{}, err
	}
	source, err := s.source(ctx, io)
	if err != nil {
		return compare.Result{}, err
	}
	defer source.close()
	source.whole = max(source.whole, s.length)
	progress := newProgress(io.err, "simulating")
	in.Until = s.settings.Until
	in.Progress = func(at time.Duration) {
		progress.at(source.part(at), spec.Duration(at.Round(time.Second)).String()+" of the trace")
	}
	result, err := simulate.Run(ctx, in, arrivals(source))
	progress.done()
	if err != nil {
		return compare.Result{}, traceError(err)
	}
	if result.Lambda == nil && result.Kubernetes == nil {
		problems := problem.List{problem.New("no target takes the app as it is")}
		for _, t := range spec.Targets() {
			if reason := result.Refused[t]; reason != "" {
				problems.Add(problem.Field(string(t), "%s", reason))
			}
		}
		return compare.Result{}, refusal{problems}
	}
	if source.reader != nil {
		warnSkipped(io, source)
	}
	result.Source = source.description()
	if s.unkept != "" {
		result.Assumptions = append(result.Assumptions, simulate.Assumption{Topic: "resolution", Text: s.unkept})
	}
	if s.trace != "" && !result.Partial {
		if err := tooShort(source.name, result.Trace.Span); err != nil {
			return compare.Result{}, err
		}
	}
	// What is made for a part of a day, or with bursts at random, is not at the
	// usage's mean rate either: it is priced at its own.
	s.in.Usage[s.service] = traced(s.in.Usage[s.service], result.Trace)
	s.in.Behavior = result
	return compared(s.in)
}

// plan looks at the trace, and plans how to sample one that is long. Standard
// input can be read once, and is simulated as it is.
func (s *simulation) plan(ctx context.Context, io streams, in *simulate.Input) error {
	if s.trace == "-" {
		return nil
	}
	source, err := s.source(ctx, io)
	if err != nil {
		return err
	}
	defer source.close()
	counts, err := replay.Count(ctx, arrivals(source), int64(source.whole))
	if err != nil {
		return traceError(err)
	}
	if source.reader != nil {
		counts = s.cut(counts, source.reader.Span())
	}
	if err := errors.Join(ctx.Err(), tooShort(source.name, time.Duration(counts.Span))); err != nil {
		return err
	}
	if err := s.tooMany(source.name, counts); err != nil {
		return err
	}
	in.Until, s.length = s.settings.Until, time.Duration(counts.Span)
	if in.Plan = in.PlanFor(counts); in.Plan != nil {
		figures := trace.Expected(counts.Minutes, time.Duration(counts.Span))
		in.Figures = &figures
	}
	s.unkept = unkept(in, counts.Total())
	return ctx.Err()
}

// tooMany is the error of a trace at a higher rate than usage may have, which
// could not be priced once it was simulated.
func (s *simulation) tooMany(name string, counts replay.Counts) error {
	most := slices.Max(append([]float64{0}, counts.Minutes...))
	if most <= demand.MaxMinute {
		return nil
	}
	many := problem.New("%s has %s requests in a minute, and must have at most 60M: 1M/s", name, format.Grouped(fmt.Sprintf("%.0f", most)))
	if s.trace != "" {
		return usageError{problem.InFlag("trace", many)}
	}
	many.Field = string(demand.Requests)
	return usageError{many.Hint("give a lower rate, or a shape with a lower peak")}
}

// cut is what --span leaves of a trace; one that is not shorter cuts nothing.
func (s *simulation) cut(counts replay.Counts, whole time.Duration) replay.Counts {
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

// unkept says why more is simulated than --resolution allows; empty when it is not.
func unkept(in *simulate.Input, requests float64) string {
	const nearly = 1.25
	budget := cmp.Or(in.Budget, replay.UsualBudget)
	whole := func(x float64) string { return format.Grouped(fmt.Sprintf("%.0f", x)) }
	switch {
	case in.Exact || requests <= budget:
		return ""
	case in.Plan == nil:
		return fmt.Sprintf("all %s requests are simulated, and not %s: too few minutes are like others", whole(requests), whole(budget))
	case in.Plan.Simulated > nearly*budget:
		return fmt.Sprintf("%s of %s requests are simulated, and not %s: fewer minutes would not tell what all are like",
			whole(in.Plan.Simulated), whole(requests), whole(budget))
	}
	return ""
}

// partial is the error of a simulation that was interrupted: what was printed is
// a part.
func partial(r compare.Result) error {
	if r.Simulation != nil && r.Simulation.Partial {
		return context.Canceled
	}
	return nil
}

// traced is a usage whose requests are a trace's.
func traced(u demand.Usage, f trace.Figures) demand.Usage {
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

// leastSpan is how long a trace must be to tell a month's rate.
const leastSpan = time.Minute / 2

func tooShort(name string, span time.Duration) error {
	if span >= leastSpan {
		return nil
	}
	return problem.File(name, 0, "must be at least half a minute long, to tell a rate, and is %s", spec.Duration(span))
}

// simulationFormat names what --json prints.
const simulationFormat = "ambi.simulate/v1"

// SimulationDocument is what simulate prints as JSON: the parts of a comparison
// that a simulation decides, in the comparison's own words.
type SimulationDocument struct {
	Format      string               `json:"format"`
	App         string               `json:"app"`
	Region      string               `json:"region"`
	Lambda      compare.Side         `json:"lambda"`     // the bill of a month like the trace
	Kubernetes  compare.Side         `json:"kubernetes"` // the same
	Simulation  *compare.Simulation  `json:"simulation"`
	Assumptions []compare.Assumption `json:"assumptions"` // all that the figures rest on
}

func printSimulation(out io.Writer, result compare.Result, asJSON bool) error {
	if asJSON {
		return printJSON(out, SimulationDocument{
			Format: simulationFormat, App: result.App, Region: result.Region,
			Lambda: result.Lambda, Kubernetes: result.Kubernetes, Simulation: result.Simulation, Assumptions: result.Assumptions,
		})
	}
	if _, err := io.WriteString(out, report.SimulationText(result)); err != nil {
		return machineError{err}
	}
	return nil
}
