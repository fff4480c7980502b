package main

import (
	"context"
	"io"

	"github.com/spf13/cobra"

	"ambi/compare"
	"ambi/compare/render/report"
	"ambi/internal/flags"
	"ambi/internal/problem"
	"ambi/internal/project"
)

func newSimulateCommand(io streams, options *project.Folder) *cobra.Command {
	var (
		asked  flags.Simulated
		slo    []string
		asJSON bool
	)
	cmd := &cobra.Command{
		Use:   "simulate",
		Short: "Simulate both targets under the same requests, one by one",
		Long: `Simulate the app on Lambda and on Kubernetes under the same requests: how long
they take, up to the 99.9th percentile, how many wait for a start, are throttled,
time out or fail and why, how many environments, replicas and nodes there are
over time, how much of them is used, and what it costs.

The requests come from --trace, a file that "ambi trace" reads ("-" is standard
input), or are made from the usage: its requests and shape, for --span, as
"ambi trace --shape" makes them.

A service that a queue or uploads start gets messages in place of requests: an
event source mapping and delivery containers with their autoscaler take them.
The output adds how old the oldest message was, how long the queue took to drain,
redeliveries and dead letters.

The services of an app are simulated together, each under a trace of its own:
--trace SERVICE=FILE, its usage, or the calls of the services that need it; those
with a schedule run at their times. They share the account's concurrency, the API's
rate and the cluster's nodes. --service simulates one alone.

Each request takes the usage's duration and CPU time, and each instance its start
time to start. All three must be known, from the spec or from flags. Nothing is
measured on AWS or in a cluster.

With --slo, the simulation is repeated to find the smallest change of the spec that
meets an objective: provisioned concurrency on Lambda; the fewest instances, the
most, or the CPU target on Kubernetes; of messages, the most and the backlog of an
instance. In an app of several services, SERVICE=OBJECTIVE is that of one, and
OBJECTIVE that of all others; those that miss theirs are changed one after the other.
Each choice is printed with its cost, and the cheapest of each target as a diff of
the spec.

Ctrl-C ends the simulation and prints the results so far, marked as partial.

Exit code 1: the trace cannot be read, no target accepts the app, or nothing that
--slo tried meets the objective. 130: interrupted.`,
		Example: `  ambi simulate --span 1h
  ambi simulate --trace requests.csv
  ambi simulate --shape bursty --requests 20/s --span 10m --slo "p99 < 2s"`,
		Args: flags.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			p, err := options.Load()
			if err != nil {
				return err
			}
			prepare := func(p *project.Project) (flags.Runner, error) {
				return asked.Simulation(p, flags.IdleOf(cmd.Flags()), io.ends())
			}
			if all, several := p.Together(); several && asked.Service == "" {
				p, prepare = all, func(p *project.Project) (flags.Runner, error) {
					return asked.Together(p, flags.IdleOf(cmd.Flags()), io.ends())
				}
			} else if p, err = p.Simulated(asked.Service); err != nil {
				return err
			}
			s, err := prepare(p)
			if err != nil {
				return flags.InFlags(cmd.Flags(), err)
			}
			if len(slo) > 0 {
				return advise(cmd.Context(), io, p, s, slo, asJSON)
			}
			return simulated(cmd, io, p, &asked, s, asJSON)
		},
	}
	asked.Register(cmd.Flags())
	cmd.Flags().StringArrayVar(&slo, "slo", nil, "search for the smallest change that meets an `OBJECTIVE`, such as \"p99 < 300ms\", \"p99.9 < 1s and errors < 0.1%\" or, of messages, \"age < 5m\"; SERVICE=OBJECTIVE is that of one")
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON, whose schema \"ambi schema simulate\" prints, or \"ambi schema slo\" with --slo")
	return cmd
}

// simulated runs a simulation, and prints what came out.
func simulated(cmd *cobra.Command, io streams, p *project.Project, asked *flags.Simulated, s flags.Runner, asJSON bool) error {
	result, err := asked.Simulate(cmd.Context(), p, s)
	if err != nil {
		return flags.InFlags(cmd.Flags(), err)
	}
	if err := printSimulation(io.out, result, asJSON); err != nil {
		return err
	}
	return partial(result)
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
	NotPriced   []compare.NotPriced  `json:"notPriced,omitempty"` // what is in no figure: services that events start or only one target has, and data
	Assumptions []compare.Assumption `json:"assumptions"`         // all that the figures rest on
}

func printSimulation(out io.Writer, result compare.Result, asJSON bool) error {
	if asJSON {
		return printJSON(out, SimulationDocument{
			Format: simulationFormat, App: result.App, Region: result.Region,
			Lambda: result.Lambda, Kubernetes: result.Kubernetes, Simulation: result.Simulation, NotPriced: result.NotPriced, Assumptions: result.Assumptions,
		})
	}
	if _, err := io.WriteString(out, report.SimulationText(result)); err != nil {
		return problem.As(problem.Machine, err)
	}
	return nil
}
