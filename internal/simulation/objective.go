package simulation

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"ambi/compare"
	"ambi/compare/demand"
	"ambi/compare/simulate"
	"ambi/internal/problem"
	"ambi/spec"
	"ambi/target"
)

// Objective simulates each service of an app on its own, on both targets, under traffic that is made
// from its usage, and holds objectives against what came out: SERVICE=OBJECTIVE against one, and
// OBJECTIVE against all others. Ages of messages are of services that a queue or uploads start, times
// of those over HTTP, and errors of both.
func Objective(ctx context.Context, in compare.Input, texts []string, settings simulate.Settings, ends Ends) (*compare.Objective, error) {
	promised, every, err := objectivesOf(in.Resolved.Services(), texts)
	if err != nil {
		return nil, problem.As(problem.Misuse, problem.InFlag("slo", err))
	}
	kept := &compare.Objective{}
	for _, service := range in.Resolved.Services() {
		objectives := promised[service]
		if objectives == nil {
			objectives = every
		}
		if len(objectives) == 0 {
			continue
		}
		promise := compare.Promise{Service: service}
		var own []simulate.Objective
		if promise.Unknown, own = ofService(in, service, objectives); promise.Unknown == "" {
			var words []string
			for _, o := range own {
				words = append(words, o.String())
			}
			promise.Objective = strings.Join(words, " and ")
			if promise.Pair, err = keep(ctx, in, service, own, settings, ends); err != nil {
				return nil, problem.In(service, err)
			}
		}
		kept.Services = append(kept.Services, promise)
	}
	return kept, nil
}

// objectivesOf reads what services promise by name, and what all others do.
func objectivesOf(services, texts []string) (promised map[string][]simulate.Objective, every []simulate.Objective, err error) {
	promised = map[string][]simulate.Objective{}
	for _, text := range texts {
		service, rest, named := strings.Cut(text, "=")
		if named = named && !strings.ContainsAny(service, "<>"); !named { // the = of <=
			rest = text
		}
		objectives, err := simulate.ParseObjectives(rest)
		switch {
		case named && !slices.Contains(services, service):
			return nil, nil, problem.New("no service %q", service).Hint("the services are %s", strings.Join(services, ", "))
		case err != nil:
			return nil, nil, err
		case named && promised[service] != nil:
			return nil, nil, problem.New("%s is given twice", service)
		case named:
			promised[service] = objectives
		case every != nil:
			return nil, nil, problem.New("is given twice for all services").Hint("join objectives with \"and\", or name the service: %s=%s", services[0], rest)
		default:
			every = objectives
		}
	}
	return promised, every, nil
}

// ofService are the objectives of one service, or why it is not simulated.
func ofService(in compare.Input, service string, objectives []simulate.Objective) (unknown string, own []simulate.Objective) {
	s := in.Resolved.App.Services[service]
	if !s.IsHTTP() && !s.IsEvents() {
		return s.StartedBy() + " starts it", nil
	}
	if events, ok := in.Resolved.App.Events(service); ok && events.FIFO {
		return "messages of a FIFO queue are not simulated", nil
	}
	if missing := Missing(in.Usage[service], ""); len(missing) > 0 {
		return fmt.Sprintf("without %s", missing[0]), nil
	}
	for _, o := range objectives {
		if suits(o, s) {
			own = append(own, o)
		}
	}
	if len(own) == 0 {
		return "no objective is of what starts it", nil
	}
	return "", own
}

// keep simulates a service on both targets.
func keep(ctx context.Context, in compare.Input, service string, objectives []simulate.Objective, settings simulate.Settings, ends Ends) (kept target.Pair[compare.Kept], err error) {
	in.Usage = maps.Clone(in.Usage)
	usage := in.Usage[service]
	if n, known := usage.Requests.Get(); known && in.Resolved.App.Services[service].IsHTTP() {
		usage.Requests = demand.Known(n * (1 - in.Choices.CDN))
	}
	in.Usage[service] = usage
	ran, err := New(in, service, "", settings, ends).Run(ctx)
	if err = errors.Join(err, ctx.Err()); err != nil {
		return kept, err
	}
	return target.PairOf(func(t spec.Target) compare.Kept {
		result := ran.Behavior.Of(t)
		if result == nil {
			return compare.Kept{}
		}
		one := compare.Kept{Holds: simulate.AllHold(objectives, result)}
		for _, o := range objectives {
			one.Values = append(one.Values, o.Text(o.Value(result)))
		}
		return one
	}), nil
}
