package flags

import (
	"context"
	"errors"
	"fmt"
	"slices"

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
	without.Usage.Traces, without.Usage.Requests = nil, s.Usage.requestsFor(p.App, service)
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

// Together is what the flags ask for of all services of a project. All of their problems come
// back at once.
func (s *Simulated) Together(p *project.Project, idle *Idle, ends simulation.Ends) (*simulation.Together, error) {
	settings, errSettings := s.Settings.Read()
	only, errTarget := ParseTarget("target", s.Target)
	if only != "" {
		settings.Targets = []spec.Target{only}
	}
	traces, errTraces := s.Usage.TracesOf(p)
	without := s.Comparison // the traces are run, and not counted
	without.Usage.Traces = nil
	in, errInput := without.Input(p)
	if errInput == nil {
		made := map[string]demand.Usage{}
		for _, service := range p.App.ServiceNames() {
			if traces[service] == "" {
				made[service] = in.Usage[service]
			}
		}
		if len(made) == 0 {
			idle.Refuse("--trace already says how many requests there are, and when", append([]string{"requests"}, ShapeFlags()...)...)
		}
		idle.Usage(made)
		idle.Together(p.App)
		idle.Simulated(in.Choices, only)
		idle.Choices(in.Choices, p.App)
		idle.Settings("", in.Choices, p.App, "", "")
	}
	var errRequests problem.List
	for service := range s.Usage.RequestsOf(p.App) {
		if traces[service] != "" {
			errRequests.Add(problem.Flag("requests", "--trace already says how many requests %s gets", service))
		}
	}
	if err := errors.Join(errSettings, errTarget, errTraces, errInput, errRequests.Err(), idle.Err()); err != nil {
		return nil, problem.As(problem.Misuse, err)
	}
	if missing := simulation.MissingTogether(in, traces); len(missing) > 0 {
		return nil, missingTogether(p, missing)
	}
	return simulation.NewTogether(in, traces, settings, ends), nil
}

// missingTogether says of each service how to give the figures that it lacks.
func missingTogether(p *project.Project, missing map[string][]demand.Input) error {
	ways := WaysToGive(true)
	unknown := problem.New("a simulation of all services needs figures that are missing").Of(problem.Misuse)
	for _, service := range p.App.ServiceNames() {
		for _, input := range missing[service] {
			unknown = unknown.Hint("%s of %s: %s", input, service, ways[input])
		}
	}
	return unknown.Hint("--service NAME simulates one service alone")
}

// requestsFor is --requests of the one service that is simulated: a rate without
// SERVICE= is its own.
func (f *Usage) requestsFor(app *spec.App, service string) []string {
	named := slices.Clone(f.Requests)
	for i, text := range named {
		if _, rate, ok := ofService("requests", text, app); !ok {
			named[i] = service + "=" + rate
		}
	}
	return named
}

// newSimulation prepares a simulation, and says how to give the figures that are
// missing for it.
func newSimulation(in compare.Input, service, trace string, settings simulate.Settings, ends simulation.Ends) (*simulation.Simulation, error) {
	if missing := simulation.Missing(in.Usage[service], trace); len(missing) > 0 {
		ways := WaysToGive(false)
		if len(in.Usage) > 1 {
			ways[demand.Requests] = fmt.Sprintf("--requests %[1]s=RATE, or services.%[1]s.usage.requests in the spec", service)
		}
		unknown := problem.New("a simulation needs figures that are missing").Of(problem.Misuse)
		for _, input := range missing {
			unknown = unknown.Hint("%s: %s", input, ways[input])
		}
		return nil, unknown
	}
	return simulation.New(in, service, trace, settings, ends), nil
}

// Runner is a simulation that is ready to begin, of one service or of several.
type Runner interface {
	Run(ctx context.Context) (compare.Input, error)
	// Advise searches what keeps objectives.
	Advise(ctx context.Context, objectives []string) (*compare.Advice, error)
}

// Simulate simulates, and prices what came out.
func (s *Simulated) Simulate(ctx context.Context, p *project.Project, prepared Runner) (compare.Result, error) {
	return s.simulated(ctx, p, prepared, compare.Bills)
}

// simulated simulates, and compares by what came out.
func (c *Comparison) simulated(ctx context.Context, p *project.Project, s Runner, by func(compare.Input) (compare.Result, error)) (compare.Result, error) {
	in, err := s.Run(ctx)
	if err != nil {
		return compare.Result{}, err
	}
	return c.compared(p, in, by)
}
