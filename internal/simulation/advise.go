package simulation

import (
	"context"
	"fmt"
	"slices"
	"time"

	"ambi/compare"
	"ambi/compare/simulate"
	"ambi/internal/problem"
	"ambi/internal/terminal"
	"ambi/internal/tracefile"
	"ambi/spec"
	"ambi/target"
)

// Advise simulates again and again, to find the smallest changes of the spec that keep
// objectives: OBJECTIVE, or SERVICE=OBJECTIVE.
func (s *Simulation) Advise(ctx context.Context, objectives []string) (*compare.Advice, error) {
	if s.trace == "-" {
		return nil, problem.New("--slo runs the trace many times, and standard input can be read only once").Hint("ambi trace - --out FILE keeps it").Of(problem.Misuse)
	}
	sought, err := soughtOf(s.in.Resolved, []string{s.service}, objectives)
	if err != nil {
		return nil, err
	}
	run := s.input()
	if err := s.plan(ctx, &run); err != nil {
		return nil, err
	}
	if s.trace != "" { // costs follow from its rate
		if run.Figures == nil {
			if err := s.measure(ctx, &run); err != nil {
				return nil, err
			}
		}
		s.in.Usage[s.service] = withTrace(s.in.Usage[s.service], *run.Figures)
	}
	attempt := func(app *target.Resolved, t spec.Target) (compare.Input, error) {
		in, run := s.in, run
		in.Resolved, run.Resolved, run.Targets = app, app, []spec.Target{t}
		source, err := s.source(ctx)
		if err != nil {
			return in, err
		}
		defer source.Close()
		in.Behavior, err = simulate.Run(ctx, run, source.Arrivals())
		return in, err
	}
	return advise(ctx, s.in.Resolved, s.settings, attempt, sought, s.period(), s.ends)
}

// measure goes through the trace once for its figures.
func (s *Simulation) measure(ctx context.Context, run *simulate.Input) error {
	source, err := s.source(ctx)
	if err != nil {
		return err
	}
	defer source.Close()
	figures, err := source.Measure(ctx, nil)
	if err != nil {
		return err
	}
	s.warn(source)
	run.Figures = &figures
	return nil
}

// warn says what was left out of a trace.
func (s *Simulation) warn(source *tracefile.Trace) {
	for _, warning := range source.Warnings() {
		fmt.Fprintln(s.ends.Stderr, warning)
	}
}

// Advise simulates all services again and again, to find the smallest changes of the spec that
// keep objectives: SERVICE=OBJECTIVE is one service's, and OBJECTIVE that of all others for which
// it means something.
func (t *Together) Advise(ctx context.Context, objectives []string) (*compare.Advice, error) {
	sought, err := soughtOf(t.in.Resolved, t.in.Resolved.Services(), objectives)
	if err != nil {
		return nil, err
	}
	if err := t.length(ctx); err != nil {
		return nil, err
	}
	t.warn()
	attempt := func(app *target.Resolved, on spec.Target) (compare.Input, error) {
		settings := t.settings
		settings.Targets = []spec.Target{on}
		result, err := t.simulate(ctx, app, settings)
		if err != nil {
			return compare.Input{}, err
		}
		return t.input(app, result), nil
	}
	return advise(ctx, t.in.Resolved, t.settings, attempt, sought, t.period(), t.ends)
}

// advise searches, and tells how far it is.
func advise(ctx context.Context, app *target.Resolved, settings simulate.Settings, attempt compare.Attempt, sought []compare.Sought, period time.Duration, ends Ends) (*compare.Advice, error) {
	progress := terminal.NewProgress(ends.Stderr, "searching")
	runs := 0
	advice, err := compare.Advise(app, settings.Targets, func(app *target.Resolved, t spec.Target) (compare.Input, error) {
		runs++
		progress.At(-1, fmt.Sprintf("run %d", runs))
		in, err := attempt(app, t)
		if err == nil {
			err = ctx.Err()
		}
		return in, err
	}, sought...)
	progress.Done()
	if err != nil {
		return nil, tracefile.Error(err)
	}
	if period > 0 {
		advice.Notes = append(advice.Notes, fmt.Sprintf("the trace is %s of a shape that comes round in %s: a month here has that part's rate all the time", spec.Duration(settings.Until), spec.Duration(period)))
	}
	return advice, nil
}

// soughtOf reads what some services are to keep. Of several services, an objective that names
// none is of those for which it means something: see [suits].
func soughtOf(app *target.Resolved, services, texts []string) ([]compare.Sought, error) {
	promised, every, err := objectivesOf(services, texts)
	if err != nil {
		return nil, problem.As(problem.Misuse, problem.InFlag("slo", err))
	}
	if len(services) == 1 && promised[services[0]] == nil {
		promised[services[0]], every = every, nil
	}
	var sought []compare.Sought
	var problems problem.List
	unused := slices.Clone(every)
	for _, service := range services {
		own, named := promised[service]
		s := app.App.Services[service]
		for _, o := range own {
			switch {
			case s.Schedule != nil:
				problems.Add(problem.Flag("slo", "%s runs by its schedule, and objectives are of requests and messages", service))
			case o.OfAge() && !s.IsEvents():
				problems.Add(problem.Flag("slo", "%s is of messages, and requests start %s", o, service))
			}
		}
		for _, o := range every {
			if !named && s.Schedule == nil && suits(o, s) {
				own = append(own, o)
				unused = slices.DeleteFunc(unused, func(other simulate.Objective) bool { return other == o })
			}
		}
		if len(own) > 0 {
			sought = append(sought, compare.Sought{Service: service, Objectives: own})
		}
	}
	for _, o := range unused {
		of := "requests"
		if o.OfAge() {
			of = "messages"
		}
		problems.Add(problem.Flag("slo", "%s is of %s, and they start no service that has no objective of its own", o, of).Hint("SERVICE=OBJECTIVE is of one service"))
	}
	return sought, problem.As(problem.Misuse, problems.Err())
}

// suits reports whether an objective that names no service is of one: ages are of messages, times
// of requests, and errors of both.
func suits(o simulate.Objective, s *spec.Service) bool {
	return o.OfErrors() || o.OfAge() == s.IsEvents()
}
