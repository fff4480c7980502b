package flags

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"ambi/compare"
	"ambi/compare/demand"
	"ambi/compare/price/cost"
	"ambi/compare/price/nodes"
	"ambi/compare/simulate"
	"ambi/internal/problem"
	"ambi/internal/project"
	"ambi/internal/simulation"
	"ambi/target"
)

// Comparison is the flags of a comparison.
type Comparison struct {
	Usage    Usage
	Choices  Choices
	Prices   Prices
	Settings Settings // of a simulation
	SLO      []string // objectives that services keep: SERVICE=OBJECTIVE, or without a name for all others
}

// Priced is the part of a project that is compared: what can be priced. A trace of
// an app's only service over HTTP is run, and then the others are left out.
func (c *Comparison) Priced(p *project.Project) (*project.Project, error) {
	whole, err := p.Priced()
	if err != nil || len(c.Usage.Traces) == 0 || len(c.Usage.Requests) > 0 || len(whole.App.Services) == 1 {
		return whole, err
	}
	alone, err := p.OverHTTP()
	if err != nil || len(alone.App.Services) != 1 {
		return whole, nil // whose traces are counted
	}
	service := alone.App.ServiceNames()[0]
	for _, text := range c.Usage.Traces {
		if of, _, named := ofService("trace", text, whole.App); named && of != service {
			return whole, nil
		}
	}
	return alone, nil
}

// Input is what a comparison is made of: what the flags say over what the spec and
// the project's prices say. All problems of flags come back at once.
func (c *Comparison) Input(p *project.Project) (compare.Input, error) {
	if err := c.Usage.refuse(p.NotPriced); err != nil {
		return compare.Input{}, err
	}
	usage, errUsage := c.Usage.Over(p.App)
	choices, errChoices := c.Choices.Over(cost.Defaults())
	app, errApp := c.Choices.OverApp(p.App)
	sheet, book, errPrices := c.Prices.Sheet(p.Root)
	if err := errors.Join(errUsage, errChoices, errApp, errPrices); err != nil {
		return compare.Input{}, problem.As(problem.Misuse, err)
	}
	catalog, err := nodes.Embedded()
	if err != nil {
		return compare.Input{}, problem.As(problem.Machine, err)
	}
	resolved := p.Resolved
	if app != p.App {
		resolved = target.Resolve(app)
	}
	return compare.Input{Resolved: resolved, Usage: usage, Data: demand.DataFromSpec(app), Sheet: sheet, Book: book, Catalog: catalog, Choices: choices, NotPriced: p.NotPriced, Written: p.Written, WithoutData: p.WithoutData}, nil
}

// Compare compares a project; a trace says how requests spread over time.
func (c *Comparison) Compare(p *project.Project) (compare.Result, error) {
	in, err := c.Input(p)
	if err != nil {
		return compare.Result{}, err
	}
	return c.compared(p, in, compare.Compare)
}

// compared compares, as a whole or for the bills alone. An error is a wrong use; of a month that costs more than
// ambi counts it says where the inputs of the dearest component stand.
func (c *Comparison) compared(p *project.Project, in compare.Input, by func(compare.Input) (compare.Result, error)) (compare.Result, error) {
	result, err := by(in)
	if err == nil {
		return result, nil
	}
	problems := problem.All(problem.As(problem.Misuse, err))
	last := &problems[len(problems)-1]
	said := map[demand.Input]bool{}
	for _, each := range problems {
		var excess *cost.Excess
		if !errors.As(each, &excess) {
			continue
		}
		for _, input := range excess.Inputs {
			if !said[input] {
				*last = last.Hint("check %s: %s", input, c.placeOf(p, in.Resolved.Services(), input))
			}
			said[input] = true
		}
		if len(excess.Inputs) == 0 {
			*last = last.Hint("check the choices and prices of %s", excess.Component)
		}
	}
	return compare.Result{}, problems
}

// fewPlaces is how many places of a figure are named.
const fewPlaces = 3

// placeOf says where a figure of some services comes from: the flag as it was typed,
// or the lines of the spec; and else where it can be given.
func (c *Comparison) placeOf(p *project.Project, services []string, input demand.Input) string {
	typed := ""
	switch {
	case input == demand.Requests && len(c.Usage.Requests) > 0:
		typed = "--requests " + strings.Join(c.Usage.Requests, " --requests ")
	case input == demand.Requests && len(c.Usage.Traces) > 0:
		typed = "--trace " + strings.Join(c.Usage.Traces, " --trace ")
	}
	for _, figure := range c.Usage.Figures() {
		if figure.Input == input && *figure.Value != "" {
			typed = "--" + figure.Flag + " " + *figure.Value
		}
	}
	if typed != "" {
		return typed
	}
	var places []string
	for _, service := range services {
		for _, path := range []string{"services." + service + ".usage." + string(input), "usage." + string(input)} {
			if !p.App.Given(path) {
				continue
			}
			if place := fmt.Sprintf("%s:%d: %s", p.SpecName, p.App.Position(path).Line, path); !slices.Contains(places, place) {
				places = append(places, place)
			}
			break
		}
	}
	switch n := len(places); {
	case n == 0:
		return WaysToGive(len(services) > 1)[input]
	case n > fewPlaces:
		places = append(places[:fewPlaces], fmt.Sprintf("and %d more", n-fewPlaces))
	}
	return strings.Join(places, ", ")
}

// CompareUnderTrace compares a project. Under the trace that flags name, if they name
// one, it simulates where that can be, and else counts the trace's minutes. All
// problems of flags come back at once, those that have no effect too.
func (c *Comparison) CompareUnderTrace(ctx context.Context, p *project.Project, idle *Idle, ends simulation.Ends) (compare.Result, error) {
	traces, notTogether := len(c.Usage.Traces) > 0, ""
	if traces && len(c.Usage.Requests) == 0 && len(p.App.Services) > 1 {
		result, why, err := c.compareTogether(ctx, p, idle, ends)
		if why == "" {
			return result, err
		}
		notTogether = why
	}
	settings, errSettings := c.Settings.Read()
	service := p.App.ServiceNames()[0]
	// A trace that is run is not counted.
	counted, simulated := *c, traces && len(c.Usage.Requests) == 0 && len(p.App.Services) == 1
	if events, ok := p.App.Events(service); ok {
		simulated = simulated && !events.FIFO
	}
	file := ""
	var errTrace error
	if simulated {
		file, errTrace = c.Usage.TraceOf(p, service)
		counted.Usage.Traces = nil
	}
	in, errInput := counted.Input(p)
	if traces {
		idle.Refuse("is held against traffic that is made from the usage, and --trace gives other traffic", "slo")
		idle.Refuse("--trace already says how requests spread over time", ShapeFlags()...)
	}
	why := ""
	switch {
	case !traces && len(c.SLO) == 0:
		why = "give --trace, or --slo"
	case !traces: // each service is simulated
	case !simulated && len(p.App.Services) == 1 && len(c.Usage.Requests) == 0:
		why = "messages of a FIFO queue are not simulated"
	case len(c.Usage.Requests) > 0:
		why = "with --requests nothing is simulated"
	case len(p.App.Services) > 1:
		why = notTogether
	case errInput == nil && len(simulate.Missing(in.Usage[service])) > 0:
		simulated, errTrace = false, nil
		why = fmt.Sprintf("nothing is simulated without %s", list(simulate.Missing(in.Usage[service])))
		in, errInput = c.Input(p)
	}
	if errInput == nil {
		if !traces {
			idle.Usage(in.Usage)
			idle.Averages(in.Usage)
		}
		idle.Choices(in.Choices, p.App)
		idle.Settings(why, in.Choices, p.App, service, file)
		if simulated {
			idle.Messages(p.App, service)
			idle.Reaching()
		}
	}
	if err := errors.Join(errSettings, errTrace, errInput, idle.Err()); err != nil {
		return compare.Result{}, problem.As(problem.Misuse, err)
	}
	if len(c.SLO) > 0 {
		if in.Objective, errTrace = simulation.Objective(ctx, in, c.SLO, settings, ends); errTrace != nil {
			return compare.Result{}, errTrace
		}
	}
	if !simulated {
		return c.compared(p, in, compare.Compare)
	}
	s, err := newSimulation(in, service, file, settings, ends)
	if err != nil {
		return compare.Result{}, err
	}
	return c.simulated(ctx, p, s, compare.Compare)
}

// list are words as a sentence has them.
func list[T ~string](words []T) string {
	text := ""
	for i, w := range words {
		switch {
		case i > 0 && i == len(words)-1:
			text += " and "
		case i > 0:
			text += ", "
		}
		text += string(w)
	}
	return text
}

// WaysToGive says where each figure of usage can be given.
func WaysToGive(several bool) map[demand.Input]string {
	ways := map[demand.Input]string{
		demand.Requests: "--requests RATE, or usage.requests in the spec",
		demand.Duration: "--duration TIME, or usage.duration in the spec",
		demand.CPUTime:  "--cpu-time TIME, or usage.cpuTime in the spec",
		demand.Batch:    "--batch-size MESSAGES, or services.SERVICE.usage.batchSize in the spec",
		demand.Shape:    "--shape SHAPE, or usage.shape in the spec",
		demand.Request:  "--request-size BYTES, or usage.requestSize in the spec",
		demand.Response: "--response-size BYTES, or usage.responseSize in the spec",
		demand.Log:      "--log-size BYTES, or usage.logSize in the spec",
		demand.Outbound: "--outbound-size BYTES, or usage.outboundSize in the spec",
		demand.Start:    "--start-time TIME, or usage.startTime in the spec",
	}
	if several {
		ways[demand.Requests] = "--requests SERVICE=RATE, or services.SERVICE.usage.requests in the spec, of all services but one"
	}
	return ways
}
