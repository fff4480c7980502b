package simulation

import (
	"context"
	"fmt"

	"ambi/compare"
	"ambi/compare/simulate"
	"ambi/compare/simulate/replay"
	"ambi/internal/problem"
	"ambi/internal/terminal"
	"ambi/internal/tracefile"
	"ambi/spec"
)

// Advise simulates again and again, to find the smallest changes of the spec that
// keep objectives.
func (s *Simulation) Advise(ctx context.Context, objectives []simulate.Objective) (*compare.Advice, error) {
	if s.trace == "-" {
		return nil, problem.New("--slo runs the trace many times, and standard input can be read only once").Hint("ambi trace - --out FILE keeps it").Of(problem.Misuse)
	}
	run := s.input()
	for _, o := range objectives {
		if o.OfAge() && !run.OfMessages() {
			return nil, problem.Flag("slo", "%s is of messages, and requests start %s", o, s.service).Of(problem.Misuse)
		}
	}
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
	progress := terminal.NewProgress(s.ends.Stderr, "searching")
	runs := 0
	open := func() (replay.Source, func(), error) {
		source, err := s.source(ctx)
		if err != nil {
			return nil, nil, err
		}
		runs++
		progress.At(-1, fmt.Sprintf("run %d", runs))
		return source.Arrivals(), source.Close, nil
	}
	advice, err := compare.Advise(ctx, s.in, run, open, objectives)
	progress.Done()
	if err != nil {
		return nil, tracefile.Error(err)
	}
	if period := s.period(); period > 0 {
		advice.Notes = append(advice.Notes, fmt.Sprintf("the trace is %s of a shape that comes round in %s: a month here has that part's rate all the time", spec.Duration(s.settings.Until), spec.Duration(period)))
	}
	return advice, nil
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
