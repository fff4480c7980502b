package compare

import (
	"fmt"
	"slices"
	"strings"

	"ambi/compare/fit"
	"ambi/compare/format"
	"ambi/spec"
	"ambi/target"
)

// Objective is what an app's services promise, held against a simulation of each service that has
// an objective, on its own, on both targets.
type Objective struct {
	Services []Promise `json:"services"` // by name
}

// Promise is how one service keeps an objective.
type Promise struct {
	Service   string `json:"service"`
	Objective string `json:"objective,omitempty"` // such as p99 < 300ms
	target.Pair[Kept]
	// Unknown says why the service was not simulated, and is taken to keep the objective.
	Unknown string `json:"unknown,omitempty"`
}

// Kept is how a service keeps an objective on one target.
type Kept struct {
	Holds  bool     `json:"holds"`
	Values []string `json:"values,omitempty"` // of the objective's figures; none where the target refuses the service
}

// missed are the limits of an objective that is not kept: with this spec the target is not for the
// service.
func (c *comparison) missed() []fit.Limit {
	var list []fit.Limit
	for _, p := range c.Objective.Services {
		for _, t := range spec.Targets() {
			kept := p.Of(t)
			if kept.Holds || len(kept.Values) == 0 || p.Unknown != "" {
				continue
			}
			path := "services." + p.Service
			at := c.Resolved.App.Position(path)
			list = append(list, fit.Limit{
				Target: t, Severity: fit.Blocker, Service: p.Service, Path: path, Line: at.Line, Column: at.Column,
				Name: "objective", Value: p.Objective, Actual: strings.Join(kept.Values, ", "),
				Message: fmt.Sprintf("it does not keep %s in a simulation: %s", p.Objective, strings.Join(kept.Values, ", ")),
				Hint:    fmt.Sprintf("\"ambi simulate --service %s --slo '%s'\" searches for the smallest change that keeps it", p.Service, p.Objective),
			})
		}
	}
	return list
}

// Words say where the objective is not kept.
func (o Objective) Words() string {
	var misses, unknown []string
	for _, p := range o.Services {
		if p.Unknown != "" {
			unknown = append(unknown, p.Service+" ("+p.Unknown+")")
			continue
		}
		for _, t := range spec.Targets() {
			if kept := p.Of(t); !kept.Holds && len(kept.Values) > 0 {
				misses = append(misses, fmt.Sprintf("%s on %s: %s instead of %s", p.Service, format.Sentence(string(t)), strings.Join(kept.Values, ", "), p.Objective))
			}
		}
	}
	text := "kept on both targets"
	if len(misses) > 0 {
		text = "not kept by " + strings.Join(misses, "; ")
	}
	if len(unknown) > 0 {
		text += "; not simulated: " + strings.Join(slices.Compact(unknown), ", ")
	}
	return text
}
