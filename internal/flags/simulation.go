package flags

import (
	"context"
	"errors"

	"github.com/spf13/pflag"

	"ambi/compare"
	"ambi/compare/demand"
	"ambi/compare/simulate"
	"ambi/internal/problem"
	"ambi/internal/project"
	"ambi/internal/simulation"
	"ambi/spec"
)

// Simulated is the flags of a simulation.
type Simulated struct {
	Comparison
	Service, Target string
}

// Register defines the flags, sorted by what they are for.
func (s *Simulated) Register(set *pflag.FlagSet) {
	set.SortFlags = false
	s.Usage.Register(set)
	set.StringVar(&s.Service, "service", "", "the `NAME` of the service, of an app with several")
	set.StringVar(&s.Target, "target", "", "only this `TARGET`: lambda or kubernetes")
	s.Settings.Register(set)
	s.Choices.Register(set)
	s.Prices.Register(set)
}

// Simulation is what the flags ask for. All of their problems come back at once.
func (s *Simulated) Simulation(p *project.Project, idle *Idle, ends simulation.Ends) (*simulation.Simulation, error) {
	settings, errSettings := s.Settings.Read()
	only, errTarget := ParseTarget("target", s.Target)
	if only != "" {
		settings.Targets = []spec.Target{only}
	}
	for _, n := range p.NotPriced {
		if n.Service == s.Service && n.Target != "" {
			return nil, problem.Flag("service", "%s is only on target %s, and a simulation runs both targets", n.Service, n.Target)
		}
		if n.Service == s.Service {
			return nil, problem.Flag("service", "%s is started by %s, and only services over HTTP, and those that messages start, are simulated yet", n.Service, n.Trigger)
		}
	}
	service, errService := simulate.ServiceOf(p.Resolved, s.Service)
	if errService != nil {
		return nil, problem.As(problem.Misuse, errors.Join(errSettings, errTarget, problem.InFlag("service", errService)))
	}
	file, errTrace := s.Usage.TraceOf(p, service)
	if file != "" {
		idle.Refuse("--trace already says how many requests there are, and when", append([]string{"requests"}, ShapeFlags()...)...)
	}
	without := s.Comparison // the trace is run, and not counted
	without.Usage.Traces = nil
	in, errInput := without.Input(p)
	if errInput == nil {
		idle.Messages(p.App, service)
		if file == "" {
			idle.Usage(map[string]demand.Usage{service: in.Usage[service]})
		}
		idle.Simulated(in.Choices, only)
		idle.Choices(in.Choices, p.App)
		idle.Settings("", in.Choices, p.App, service, file)
	}
	if err := errors.Join(errSettings, errTarget, errTrace, s.Usage.Others(p.App, service), errInput, idle.Err()); err != nil {
		return nil, problem.As(problem.Misuse, err)
	}
	return newSimulation(in, service, file, settings, ends)
}

// newSimulation prepares a simulation, and says how to give the figures that are
// missing for it.
func newSimulation(in compare.Input, service, trace string, settings simulate.Settings, ends simulation.Ends) (*simulation.Simulation, error) {
	if missing := simulation.Missing(in.Usage[service], trace); len(missing) > 0 {
		ways := WaysToGive(false)
		unknown := problem.New("a simulation needs figures that are missing").Of(problem.Misuse)
		for _, input := range missing {
			unknown = unknown.Hint("%s: %s", input, ways[input])
		}
		return nil, unknown
	}
	return simulation.New(in, service, trace, settings, ends), nil
}

// Simulate simulates, and prices what came out.
func (s *Simulated) Simulate(ctx context.Context, p *project.Project, prepared *simulation.Simulation) (compare.Result, error) {
	return s.simulated(ctx, p, prepared, compare.Bills)
}

// simulated simulates, and compares by what came out.
func (c *Comparison) simulated(ctx context.Context, p *project.Project, s *simulation.Simulation, by func(compare.Input) (compare.Result, error)) (compare.Result, error) {
	in, err := s.Run(ctx)
	if err != nil {
		return compare.Result{}, err
	}
	return c.compared(p, in, by)
}
