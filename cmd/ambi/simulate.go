package main

import (
	"context"
	"errors"
	"io"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"ambi/compare"
	"ambi/compare/demand"
	"ambi/compare/render/report"
	"ambi/compare/simulate"
	"ambi/internal/problem"
	"ambi/internal/project"
	"ambi/internal/simulation"
	"ambi/spec"
)

func newSimulateCommand(io streams, options *project.Folder) *cobra.Command {
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
			p, err := options.Load()
			if err != nil {
				return err
			}
			s, err := flags.simulation(p, io, idleOf(cmd.Flags()))
			if err != nil {
				return inFlags(cmd.Flags(), err)
			}
			if flags.slo != "" {
				return advise(cmd.Context(), io, p, s, flags.slo, flags.asJSON)
			}
			result, err := runSimulation(cmd.Context(), s)
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
func (f *simulateFlags) simulation(p *project.Project, io streams, idle *idle) (*simulation.Simulation, error) {
	settings, errSettings := f.settings.settings()
	only, errTarget := parseTarget("target", f.target)
	if only != "" {
		settings.Targets = []spec.Target{only}
	}
	service, errService := simulate.ServiceOf(p.Resolved, f.service)
	if errService != nil {
		return nil, problem.As(problem.Misuse, errors.Join(errSettings, errTarget, problem.InFlag("service", errService)))
	}
	file, errTrace := f.given.traceOf(p.App, service)
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
		idle.choices(in.Choices, p.App)
		idle.settings("", in.Choices, p.App, service, file)
	}
	if err := errors.Join(errSettings, errTarget, errTrace, f.given.others(p.App, service), errInput, idle.err()); err != nil {
		return nil, problem.As(problem.Misuse, err)
	}
	return newSimulation(in, service, file, settings, io)
}

// newSimulation prepares a simulation, and says how to give the figures that are
// missing for it.
func newSimulation(in compare.Input, service, trace string, settings simulate.Settings, io streams) (*simulation.Simulation, error) {
	if missing := simulation.Missing(in.Usage[service], trace); len(missing) > 0 {
		ways := waysToGive(false)
		unknown := problem.New("a simulation needs figures that nobody gave").Of(problem.Misuse)
		for _, input := range missing {
			unknown = unknown.Hint("%s: %s", input, ways[input])
		}
		return nil, unknown
	}
	return simulation.New(in, service, trace, settings, simulation.Ends{Stdin: io.in, Stderr: io.err}), nil
}

// runSimulation simulates, and compares by what came out.
func runSimulation(ctx context.Context, s *simulation.Simulation) (compare.Result, error) {
	in, err := s.Run(ctx)
	if err != nil {
		return compare.Result{}, err
	}
	return compared(in)
}

// partial is the error of a simulation that was interrupted: what was printed is
// a part.
func partial(r compare.Result) error {
	if r.Simulation != nil && r.Simulation.Partial {
		return context.Canceled
	}
	return nil
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
		return problem.As(problem.Machine, err)
	}
	return nil
}
