package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"ambi/compare"
	"ambi/compare/behavior"
	"ambi/compare/report"
	"ambi/compare/simulate"
	"ambi/compare/trace"
	"ambi/compare/traffic"
	"ambi/spec"
)

func newSimulateCommand(io streams, options *projectOptions) *cobra.Command {
	var (
		given  usageFlags
		chosen choiceFlags
		priced priceFlags
		flags  simulateFlags
		slo    string
		asJSON bool
	)
	cmd := &cobra.Command{
		Use:   "simulate",
		Short: "Simulate both targets under the same requests, one by one",
		Long: `Simulate the app on Lambda and on Kubernetes under the same requests: how long
they take, up to the 99.9th percentile, how many wait for a start, are throttled,
time out or fail and why, how many environments, replicas and nodes there are
over time, what of them is used, and what it costs.

The requests come from --trace, a file that "ambi trace" reads ("-" is standard
input), or are made from the usage: its requests and shape, for --span.

What each request asks for is the usage's duration and CPU time, and what an
instance takes to start its start time: all three must be known, from the spec
or from flags. Nothing is measured on AWS or in a cluster.

With --slo, the simulation runs again and again to find the smallest change of
the spec that keeps an objective: provisioned concurrency on Lambda; the fewest
instances, the most, or the CPU target on Kubernetes. Each choice is printed with
its cost, and the cheapest of each target as a diff of the spec.

Ctrl-C ends the simulation and prints what it has come to, marked as partial.

Exit code 1: the trace cannot be read. 130: interrupted.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			settings, err := flags.settings()
			if err != nil {
				return err
			}
			p, err := options.load()
			if err != nil {
				return err
			}
			service, err := behavior.ServiceOf(p.app, flags.service)
			if err != nil {
				return usageError{fmt.Errorf("--service: %w", err)}
			}
			file, err := given.traceOf(p.app, service)
			if err != nil {
				return usageError{err}
			}
			given.traces = nil
			in, err := comparisonInput(p, &given, &chosen, &priced)
			if err != nil {
				return err
			}
			s, err := newSimulation(in, service, file, settings)
			if err != nil {
				return err
			}
			if slo != "" {
				return s.advise(cmd.Context(), io, p, slo, asJSON)
			}
			result, err := s.run(cmd.Context(), io)
			if err != nil {
				return err
			}
			if err := printSimulation(io.out, result, asJSON); err != nil {
				return err
			}
			return partial(result)
		},
	}
	given.register(cmd.Flags())
	chosen.register(cmd.Flags())
	priced.register(cmd.Flags())
	flags.register(cmd.Flags())
	cmd.Flags().StringVar(&slo, "slo", "", "search what would keep an objective, such as \"p99 < 300ms\" or \"p99.9 < 1s and errors < 0.1%\"")
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}

// simulateFlags are the settings of a simulation as somebody typed them.
type simulateFlags struct {
	service, span, placement string
	runtime, nodes, target   string
	resolution               string
	variation                float64
	retry                    bool
	concurrency              int
	seed                     uint64
}

func (f *simulateFlags) register(flags *pflag.FlagSet) {
	usual := behavior.DefaultSettings()
	flags.Uint64Var(&f.seed, "seed", usual.Seed, "of the random numbers of a simulation")
	flags.StringVar(&f.service, "service", "", "which service, of an app with several")
	flags.StringVar(&f.span, "span", "", "how long to simulate; by default all of a trace, and without one 24h, or a week of sporadic traffic")
	flags.Float64Var(&f.variation, "variation", usual.Variation, "standard deviation of waiting and of CPU time, as a multiple of the mean")
	flags.StringVar(&f.runtime, "runtime", usual.Runtime, "what the code is written in: how starts on Lambda vary")
	flags.StringVar(&f.placement, "placement", usual.Placement.String(), "mean time until a new environment has its place on Lambda")
	flags.BoolVar(&f.retry, "retry", usual.Retry, "clients try again what Lambda throttles")
	flags.IntVar(&f.concurrency, "concurrency", usual.Concurrency, "the account's concurrency on Lambda")
	flags.StringVar(&f.nodes, "nodes", string(usual.Nodes), "how nodes come and go: karpenter or cluster-autoscaler")
	flags.StringVar(&f.resolution, "resolution", "auto", "auto samples a trace of more than 250M requests; exact never does; a number of requests sets another limit")
	flags.StringVar(&f.target, "target", "", "only this target: lambda or kubernetes")
}

// settings reads the flags. All problems come back at once.
func (f *simulateFlags) settings() (behavior.Settings, error) {
	s := behavior.DefaultSettings()
	s.Seed, s.Variation, s.Runtime, s.Retry, s.Concurrency, s.Nodes = f.seed, f.variation, f.runtime, f.retry, f.concurrency, behavior.NodePreset(f.nodes)
	var placement, span traffic.Maybe[time.Duration]
	problems := []error{parseTime("placement", f.placement, &placement), parseTime("span", f.span, &span)}
	s.Placement, s.Until = placement.Or(0), span.Or(0)
	if f.span != "" && s.Until <= 0 {
		problems = append(problems, fmt.Errorf("--span: must be more than 0s, got %q", f.span))
	}
	switch f.resolution {
	case "auto":
	case "exact":
		s.Exact = true
	default:
		n, err := parseRequests(f.resolution)
		if err != nil {
			problems = append(problems, fmt.Errorf("--resolution: must be auto, exact or a number of requests such as 10M, got %q", f.resolution))
		}
		s.Budget = n
	}
	switch t := spec.Target(f.target); {
	case f.target == "" || f.target == "both":
	case slices.Contains(spec.Targets(), t):
		s.Targets = []spec.Target{t}
	default:
		problems = append(problems, fmt.Errorf("--target: must be lambda, kubernetes or both, got %q", f.target))
	}
	if err := s.Check(); err != nil {
		for problem := range strings.Lines(err.Error()) {
			problems = append(problems, errors.New("--"+strings.TrimSuffix(problem, "\n")))
		}
	}
	if err := errors.Join(problems...); err != nil {
		return s, usageError{err}
	}
	return s, nil
}

// parseRequests reads a number such as 10M.
func parseRequests(text string) (float64, error) {
	q, err := spec.ParseQuantity(text)
	if err != nil {
		return 0, err
	}
	return float64(q.Bytes()), nil
}

// simulation is a run that is ready to begin.
type simulation struct {
	in       compare.Input // of one service
	service  string
	settings behavior.Settings
	trace    string        // a file's name; empty to make one from the usage
	length   time.Duration // of the trace, once it was counted
}

// newSimulation checks that everything is known that a simulation needs.
func newSimulation(in compare.Input, service, trace string, settings behavior.Settings) (*simulation, error) {
	u := in.Usage[service]
	missing := behavior.Missing(u)
	if trace == "" {
		for _, input := range u.Missing() {
			if input == traffic.Requests || input == traffic.Shape {
				missing = append(missing, input)
			}
		}
	}
	if len(missing) > 0 {
		ways := waysToGive(false)
		text := "a simulation needs figures that nobody gave"
		for _, input := range missing {
			text += fmt.Sprintf("\nhint: %s: %s", input, ways[input])
		}
		return nil, usageError{errors.New(text)}
	}
	if len(in.App.Services) > 1 {
		// The service is simulated, and priced, as if it were the whole app.
		alone := *in.App
		alone.Services = map[string]*spec.Service{service: in.App.Services[service]}
		in.App, in.Usage = &alone, map[string]traffic.Usage{service: u}
	}
	return &simulation{in: in, service: service, settings: settings, trace: trace}, nil
}

// source opens the trace, or makes one from the usage.
func (s *simulation) source(ctx context.Context, io streams) (*traceSource, error) {
	if s.trace != "" {
		return openTrace(ctx, io, s.trace, trace.Options{Seed: s.settings.Seed})
	}
	resolved, err := s.in.Usage[s.service].Resolve()
	if err != nil {
		return nil, usageError{err}
	}
	length := s.settings.Until
	if length == 0 {
		length = 24 * time.Hour
		if resolved.Shape == spec.Sporadic {
			length *= 7
		}
	}
	made, err := trace.Synthesize(resolved, length, s.settings.Seed)
	if err != nil {
		return nil, usageError{err}
	}
	s.settings.Until = length
	return &traceSource{
		Source: made, name: string(resolved.Shape) + " traffic", made: trace.Describe(resolved, length, s.settings.Seed),
		close: func() {}, span: made.Span, err: made.Err, whole: length,
	}, nil
}

// arrivals are a trace's, as what can skip.
func arrivals(s *traceSource) simulate.Source {
	if skipper, ok := s.Source.(simulate.Skipper); ok {
		return skipper
	}
	return s
}

// input is what is run.
func (s *simulation) input() behavior.Input {
	return behavior.Input{
		App: s.in.App, Service: s.service, Usage: s.in.Usage[s.service], Choices: s.in.Choices, Catalog: s.in.Catalog, Settings: s.settings,
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
	result, err := behavior.Run(ctx, in, arrivals(source))
	progress.done()
	if err != nil {
		return compare.Result{}, traceError(err)
	}
	if result.Lambda == nil && result.Kubernetes == nil {
		text := "no target takes the app as it is"
		for _, t := range spec.Targets() {
			if reason := result.Refused[t]; reason != "" {
				text += fmt.Sprintf("\n%s: %s", t, reason)
			}
		}
		return compare.Result{}, refusal{errors.New(text)}
	}
	if source.reader != nil {
		warnSkipped(io, source)
	}
	result.Source = source.description()
	if s.trace != "" {
		if err := tooShort(source.name, result.Trace.Span); err != nil && !result.Partial {
			return compare.Result{}, err
		}
		s.in.Usage[s.service] = traced(s.in.Usage[s.service], result.Trace)
	}
	s.in.Behavior = result
	compared, err := compare.Compare(s.in)
	if err != nil {
		return compare.Result{}, usageError{err}
	}
	return compared, nil
}

// plan looks at the trace, and plans how to sample one that is long. Standard
// input can be read once, and is simulated as it is.
func (s *simulation) plan(ctx context.Context, io streams, in *behavior.Input) error {
	if s.trace == "-" {
		return nil
	}
	source, err := s.source(ctx, io)
	if err != nil {
		return err
	}
	defer source.close()
	counts, err := simulate.Count(ctx, arrivals(source), int64(source.whole))
	if err != nil {
		return traceError(err)
	}
	if err := errors.Join(ctx.Err(), tooShort(source.name, time.Duration(counts.Span))); err != nil {
		return err
	}
	in.Until, s.length = s.settings.Until, time.Duration(counts.Span)
	if in.Plan = in.PlanFor(counts); in.Plan != nil {
		figures := trace.Expected(counts.Minutes, time.Duration(counts.Span))
		in.Figures = &figures
	}
	return ctx.Err()
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
func traced(u traffic.Usage, f trace.Figures) traffic.Usage {
	u.Requests, u.Shape = traffic.Known(f.Mean*traffic.SecondsPerMonth), ""
	u.PeakToMean, u.Burst = traffic.Maybe[float64]{}, traffic.Maybe[time.Duration]{}
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
	return &trace.Error{Name: name, Problems: []trace.Problem{{
		Message: fmt.Sprintf("must be at least half a minute long, to tell a rate, and is %s", spec.Duration(span)),
	}}}
}

// simulationFormat names what --json prints: the parts of a comparison that a
// simulation decides, in the comparison's own words.
const simulationFormat = "ambi.simulate/v1"

func printSimulation(out io.Writer, result compare.Result, asJSON bool) error {
	if asJSON {
		return printJSON(out, map[string]any{"format": simulationFormat, "app": result.App, "region": result.Region, "lambda": result.Lambda, "kubernetes": result.Kubernetes, "simulation": result.Simulation})
	}
	if _, err := io.WriteString(out, report.SimulationText(result)); err != nil {
		return machineError{err}
	}
	return nil
}
