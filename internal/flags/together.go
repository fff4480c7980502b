package flags

import (
	"context"
	"errors"
	"fmt"

	"ambi/compare"
	"ambi/internal/problem"
	"ambi/internal/project"
	"ambi/internal/simulation"
)

// compareTogether compares a project whose services are simulated together, under the traces that
// flags name. If they cannot be, it says why: then the traces are counted.
func (c *Comparison) compareTogether(ctx context.Context, p *project.Project, idle *Idle, ends simulation.Ends) (result compare.Result, whyNot string, err error) {
	if _, left := compare.Simulable(p.App); len(left) > 0 {
		return result, left[0].What() + " is not simulated", nil
	}
	for _, service := range p.App.ServiceNames() {
		if events, ok := p.App.Events(service); ok && events.FIFO {
			return result, "messages of a FIFO queue are not simulated", nil
		}
	}
	settings, errSettings := c.Settings.Read()
	traces, errTraces := c.Usage.TracesOf(p)
	without := *c // the traces are run, and not counted
	without.Usage.Traces = nil
	in, errInput := without.Input(p)
	if errInput == nil && errTraces == nil {
		missing := simulation.MissingTogether(in, traces)
		for _, service := range p.App.ServiceNames() {
			if len(missing[service]) > 0 {
				return result, fmt.Sprintf("nothing is simulated without %s of %s", list(missing[service]), service), nil
			}
		}
		idle.Together(p.App)
		idle.Reaching()
		idle.Choices(in.Choices, p.App)
		idle.Settings("", in.Choices, p.App, "", "")
	}
	idle.Refuse("is held against traffic that is made from the usage, and --trace gives other traffic", "slo")
	idle.Refuse("--trace already says how requests spread over time", ShapeFlags()...)
	if err := errors.Join(errSettings, errTraces, errInput, idle.Err()); err != nil {
		return result, "", problem.As(problem.Misuse, err)
	}
	result, err = c.simulated(ctx, p, simulation.NewTogether(in, traces, settings, ends), compare.Compare)
	return result, "", err
}
