package flags

import (
	"fmt"
	"slices"

	"github.com/spf13/pflag"

	"ambi/compare/demand"
	"ambi/compare/price/cost"
	"ambi/internal/problem"
	"ambi/spec"
)

// Idle gathers flags that can have no effect beside what else was given: a
// command refuses them, rather than ignore them in silence. A page's form has
// all of its fields at all times, and leaves them out of its command line.
type Idle struct {
	Typed func(flag string) bool
	found problem.List // a problem a flag
}

// IdleOf asks which flags were typed on a command line. A switch that was
// typed to be off asks for nothing.
func IdleOf(flags *pflag.FlagSet) *Idle {
	return &Idle{Typed: func(name string) bool {
		f := flags.Lookup(name)
		return f != nil && f.Changed && !(f.Value.Type() == "bool" && f.Value.String() == "false")
	}}
}

// Refuse refuses those of some flags that were typed, each once.
func (i *Idle) Refuse(why string, flags ...string) { i.RefuseHinting(why, "", flags...) }

// RefuseHinting is Refuse with what to do about it.
func (i *Idle) RefuseHinting(why, hint string, flags ...string) {
	for _, flag := range flags {
		if i.Typed(flag) && !i.Has(flag) {
			p := problem.Flag(flag, "%s", why)
			if hint != "" {
				p = p.Hint("%s", hint)
			}
			i.found = append(i.found, p)
		}
	}
}

// Has reports whether a flag is one of them.
func (i *Idle) Has(flag string) bool {
	return slices.ContainsFunc(i.found, func(p problem.Problem) bool { return p.Flag == flag })
}

// Err is nil when each flag has an effect.
func (i *Idle) Err() error { return i.found.Err() }

const (
	noNodes = "applies to EC2 nodes, and --fargate has none"
	notOwn  = "applies to a cluster of the app's own, and --shared shares one"
)

// Choices finds what other choices leave without effect.
func (i *Idle) Choices(c cost.Choices, app *spec.App) {
	k := c.Kubernetes
	if k.Compute == cost.Fargate {
		i.Refuse(noNodes, "instance", "min-nodes", "utilization", "disk", "private-nodes", "reserved-nodes", "spot")
	}
	if k.Shared > 0 {
		i.Refuse(notOwn, "min-nodes", "reserved-nodes")
		if c.Commitments.Spot.Rate > 0 {
			i.Refuse(notOwn+": no simulation can interrupt its nodes", "spot")
		}
	}
	if !c.Egress {
		i.Refuse("answers clients on the internet, and --no-egress keeps responses within AWS", "cdn")
	}
	if !slices.ContainsFunc(app.ServiceNames(), func(name string) bool { return app.Services[name].IsHTTP() }) {
		i.Refuse("answers requests over HTTP, and no service gets any", "cdn")
	}
	if !c.Logs {
		i.Refuse("--no-logs leaves logs out", "log-size")
	}
	usual := 0
	for _, s := range app.Services {
		if s.Lambda.VPC {
			usual = 1
		}
	}
	if !c.Egress && k.NATGateways == 0 && c.Lambda.NATGateways.Or(usual) == 0 {
		i.RefuseHinting("counts as egress, which --no-egress leaves out, and in NAT gateways, and there are none", "--nat-gateways and --lambda-nat-gateways", "outbound-size")
	}
}

// Usage finds figures that say nothing about traffic of this shape.
func (i *Idle) Usage(usage map[string]demand.Usage) {
	shaped, bursts := false, false
	for _, u := range usage {
		shaped = shaped || u.Shape != ""
		bursts = bursts || u.Shape == spec.Bursty || u.Shape == spec.Sporadic
	}
	if !shaped {
		i.RefuseHinting("needs a shape, which says how traffic peaks", "--shape diurnal, bursty or sporadic", "peak-to-mean")
	}
	if !bursts {
		i.RefuseHinting("applies to bursty and sporadic traffic only", "--shape bursty or sporadic", "burst")
	}
}

// Averages finds what has no effect on averages of steady traffic.
func (i *Idle) Averages(usage map[string]demand.Usage) {
	for _, u := range usage {
		if u.Shape != spec.Steady {
			return
		}
	}
	i.Refuse("steady traffic has no peak", "for-peak")
	i.Refuse("steady traffic never falls", "scale-in")
}

// Settings finds settings of a simulation that nothing is simulated with, for a
// reason that is not empty, or that the choices leave without effect.
func (i *Idle) Settings(notSimulated string, c cost.Choices, app *spec.App, service string, traceIs string) {
	if notSimulated != "" {
		if c.Commitments.Spot.Rate > 0 {
			i.RefuseHinting("interrupts nodes in a simulation only: "+notSimulated, "SHARE,PERCENT without RATE", "spot")
		}
		i.Refuse("applies to a simulation only: "+notSimulated, settingNames()...)
		return
	}
	if c.Kubernetes.Compute == cost.Fargate {
		i.Refuse(noNodes, "nodes")
	}
	if c.Kubernetes.Shared > 0 {
		i.Refuse(notOwn, "nodes")
	}
	if s := app.Services[service]; s != nil && s.Lambda.Reserved {
		i.Refuse("services."+service+".lambda.reserved gives the function its own", "concurrency")
	}
	if traceIs == "-" {
		i.Refuse("standard input can be read once, and is simulated as it is", "resolution")
	}
}

// Messages finds what only requests have, or only messages, beside a service that is simulated.
func (i *Idle) Messages(app *spec.App, service string) {
	if s := app.Services[service]; s == nil || !s.IsEvents() {
		i.Refuse("applies to messages of a queue, and requests start "+service, "failures")
		return
	}
	i.Refuse("applies to requests, and messages start "+service, "retry")
	i.Refuse("a queue holds what came long before, so messages are simulated one and all", "resolution")
}

// Together finds what none of several services has that are simulated together.
func (i *Idle) Together(app *spec.App) {
	requests, messages, sampled := false, false, true
	for _, s := range app.Services {
		sampled = sampled && s.IsHTTP()
		requests, messages = requests || !s.IsEvents(), messages || s.IsEvents()
	}
	if !messages {
		i.Refuse("applies to messages of a queue, and requests start all services", "failures")
	}
	if !requests {
		i.Refuse("applies to requests, and messages start all services", "retry")
	}
	if !sampled {
		i.RefuseHinting("only apps that requests alone start are sampled", "\"ambi simulate --service NAME\" simulates one, and samples it", "resolution")
	}
}

// Reaching finds what a trace of the requests that reach a target leaves without effect.
func (i *Idle) Reaching() {
	i.Refuse("keeps requests from the target, and a simulation is of those that reach it", "cdn")
}

// Simulated finds what a simulation decides, or leaves out.
func (i *Idle) Simulated(c cost.Choices, only spec.Target) {
	i.Refuse("is an estimate of averages: a simulation finds out when replicas and nodes leave", "scale-in")
	i.Refuse("is about a team's month, and \"ambi compare\" shows what turns with it", "hourly-rate", "lambda-hours", "kubernetes-hours", "savings-plan", "reserved-nodes", "copies")
	if c.Commitments.Spot.Rate == 0 {
		i.RefuseHinting("is about a team's month, unless a simulation is to interrupt nodes, and ambi has no rate of its own", "SHARE,PERCENT,RATE such as 60%,65%,5%, from AWS's Spot Instance Advisor", "spot")
	}
	i.Reaching()
	if c.Kubernetes.Compute == cost.Fargate || c.Kubernetes.Shared > 0 {
		i.Refuse("applies to nodes of the app's own, and there are none", "for-peak")
	}
	for _, target := range spec.Targets() {
		if only == "" || target == only {
			continue
		}
		why := fmt.Sprintf("applies to %s, and --target %s leaves it out", map[spec.Target]string{spec.Lambda: "Lambda", spec.Kubernetes: "Kubernetes"}[target], only)
		for _, choice := range AllChoices() {
			if choice.Target == target {
				i.Refuse(why, choice.Flag)
			}
		}
		i.Refuse(why, map[spec.Target][]string{
			spec.Lambda: {"provisioned", "runtime", "placement", "retry", "concurrency"}, spec.Kubernetes: {"nodes"},
		}[target]...)
	}
}
