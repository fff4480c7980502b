package main

import (
	"fmt"
	"slices"

	"github.com/spf13/pflag"

	"ambi/compare/demand"
	"ambi/compare/price/cost"
	"ambi/internal/problem"
	"ambi/spec"
)

// idle gathers flags that can have no effect beside what else was given: a
// command refuses them, rather than ignore them in silence. A page's form has
// all of its fields at all times, and leaves them out of its command line.
type idle struct {
	typed func(flag string) bool
	found problem.List // a problem a flag
}

// idleOf asks which flags were typed on a command line. A switch that was
// typed to be off asks for nothing.
func idleOf(flags *pflag.FlagSet) *idle {
	return &idle{typed: func(name string) bool {
		f := flags.Lookup(name)
		return f != nil && f.Changed && !(f.Value.Type() == "bool" && f.Value.String() == "false")
	}}
}

// refuse refuses those of some flags that were typed, each once.
func (i *idle) refuse(why string, flags ...string) { i.refuseHinting(why, "", flags...) }

// refuseHinting is refuse with what to do about it.
func (i *idle) refuseHinting(why, hint string, flags ...string) {
	for _, flag := range flags {
		if i.typed(flag) && !i.has(flag) {
			p := problem.Flag(flag, "%s", why)
			if hint != "" {
				p = p.Hint("%s", hint)
			}
			i.found = append(i.found, p)
		}
	}
}

// has reports whether a flag is one of them.
func (i *idle) has(flag string) bool {
	return slices.ContainsFunc(i.found, func(p problem.Problem) bool { return p.Flag == flag })
}

// err is nil when each flag has an effect.
func (i *idle) err() error { return i.found.Err() }

const (
	noNodes = "is about EC2 nodes, and --fargate has none"
	notOwn  = "is about a cluster of the app's own, and --shared shares one"
)

// choices finds what other choices leave without effect.
func (i *idle) choices(c cost.Choices, app *spec.App) {
	k := c.Kubernetes
	if k.Compute == cost.Fargate {
		i.refuse(noNodes, "instance", "min-nodes", "disk", "private-nodes")
	}
	if k.Shared > 0 {
		i.refuse(notOwn, "min-nodes")
	}
	if !c.Logs {
		i.refuse("--no-logs leaves logs out", "log-size")
	}
	usual := 0
	for _, s := range app.Services {
		if s.Lambda.VPC {
			usual = 1
		}
	}
	if k.NATGateways == 0 && c.Lambda.NATGateways.Or(usual) == 0 {
		i.refuseHinting("counts through NAT gateways, and there are none", "--nat-gateways and --lambda-nat-gateways", "outbound-size")
	}
}

// usage finds figures that say nothing about traffic of this shape.
func (i *idle) usage(usage map[string]demand.Usage) {
	shaped, bursts := false, false
	for _, u := range usage {
		shaped = shaped || u.Shape != ""
		bursts = bursts || u.Shape == spec.Bursty || u.Shape == spec.Sporadic
	}
	if !shaped {
		i.refuseHinting("needs a shape, which says how the peak comes about", "--shape diurnal, bursty or sporadic", "peak-to-mean")
	}
	if !bursts {
		i.refuseHinting("is of bursty and sporadic traffic", "--shape bursty or sporadic", "burst")
	}
}

// averages finds what has no effect on averages of steady traffic.
func (i *idle) averages(usage map[string]demand.Usage) {
	for _, u := range usage {
		if u.Shape != spec.Steady {
			return
		}
	}
	i.refuse("steady traffic has no peak", "for-peak")
	i.refuse("steady traffic never falls", "scale-in")
}

// settings finds settings of a simulation that nothing is simulated with, for a
// reason that is not empty, or that the choices leave without effect.
func (i *idle) settings(notSimulated string, c cost.Choices, app *spec.App, service string, traceIs string) {
	if notSimulated != "" {
		i.refuse("is about a simulation: "+notSimulated, settingNames()...)
		return
	}
	if c.Kubernetes.Compute == cost.Fargate {
		i.refuse(noNodes, "nodes")
	}
	if c.Kubernetes.Shared > 0 {
		i.refuse(notOwn, "nodes")
	}
	if s := app.Services[service]; s != nil && s.Lambda.Reserved {
		i.refuse("services."+service+".lambda.reserved gives the function its own", "concurrency")
	}
	if traceIs == "-" {
		i.refuse("standard input can be read once, and is simulated as it is", "resolution")
	}
}

// simulated finds what a simulation decides, or leaves out.
func (i *idle) simulated(c cost.Choices, only spec.Target) {
	i.refuse("is an estimate of averages: a simulation finds out when replicas and nodes leave", "scale-in")
	if c.Kubernetes.Compute == cost.Fargate || c.Kubernetes.Shared > 0 {
		i.refuse("is about nodes of the app's own, and there are none", "for-peak")
	}
	for _, target := range spec.Targets() {
		if only == "" || target == only {
			continue
		}
		why := fmt.Sprintf("is about %s, and --target %s leaves it out", map[spec.Target]string{spec.Lambda: "Lambda", spec.Kubernetes: "Kubernetes"}[target], only)
		for _, choice := range choices() {
			if choice.target == target {
				i.refuse(why, choice.flag)
			}
		}
		i.refuse(why, map[spec.Target][]string{
			spec.Lambda: {"provisioned", "runtime", "placement", "retry", "concurrency"}, spec.Kubernetes: {"nodes"},
		}[target]...)
	}
}
