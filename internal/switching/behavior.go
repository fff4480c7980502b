package switching

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"ambi/compare"
	"ambi/compare/demand"
	"ambi/compare/simulate/replay"
	"ambi/internal/problem"
	"ambi/spec"
	"ambi/target/lambda"
)

// Shares are the parts of the requests that the new target gets, step by step, in percent.
func Shares() []int { return []int{1, 10, 50, 100} }

// Behavior is how a service behaves in a simulation, of the same usage on both targets.
type Behavior struct {
	By       map[int]*replay.Result // the new target with a part of the requests, in percent
	Before   *replay.Result         // the old target with all of them
	PerMonth float64                // requests or messages, by the usage; 0 where it is not known
	Unknown  error                  // why there is none
}

// Simulable lists the services whose behavior a plan asks for: those whose requests are switched by
// weights, and those that messages start.
func Simulable(app *spec.App) []string {
	var names []string
	for _, name := range app.ServiceNames() {
		s := app.Services[name]
		if !s.Alone() && (s.IsEvents() || s.HTTP.Domain != "" && slices.Contains(app.Switched(), s.HTTP.Domain)) {
			names = append(names, name)
		}
	}
	return names
}

// Behaviors simulates each service that moves: the new target with the parts of its usage that the
// steps give it, and the old one with all of it. Messages move at once. Simulate is given a service's
// usage, per month, and the part of it, in percent; its error is why nothing is known of the service.
func Behaviors(app *spec.App, to spec.Target, simulate func(service string, t spec.Target, perMonth float64, share int) (*replay.Result, error)) map[string]Behavior {
	all := map[string]Behavior{}
	for _, name := range Simulable(app) {
		of := Behavior{By: map[int]*replay.Result{}, PerMonth: compare.UsageOf(app)[name].Requests.Or(0)}
		shares := Shares()
		if app.Services[name].IsEvents() {
			shares = []int{100}
		}
		for _, share := range shares {
			if of.By[share], of.Unknown = simulate(name, to, of.PerMonth, share); of.Unknown != nil {
				break
			}
		}
		if of.Unknown == nil {
			of.Before, of.Unknown = simulate(name, to.Other(), of.PerMonth, 100)
		}
		all[name] = of
	}
	return all
}

// perSecond is the mean rate of the part that the new target gets, in percent.
func (f Behavior) perSecond(share int) float64 {
	return f.PerMonth / demand.SecondsPerMonth * float64(share) / 100
}

// resolution is how many requests of a service are simulated at most; of more, a sample.
const resolution = "1M"

// Simulate is the arguments of "ambi simulate" that print how a service behaves on a target with a
// part of its usage, in percent.
func Simulate(app *spec.App, service string, t spec.Target, perMonth float64, share int) []string {
	arguments := []string{"--service", service, "--target", string(t)}
	if perMonth > 0 {
		arguments = append(arguments, "--requests", service+"="+spec.RatePerMonth(perMonth*float64(share)/100).String())
	}
	if !app.Services[service].IsEvents() { // messages are simulated one and all
		arguments = append(arguments, "--resolution", resolution)
	}
	return arguments
}

// command prints the figures that a simulation has.
func (b *builder) command(service string, t spec.Target, share int) string {
	return "ambi simulate " + strings.Join(Simulate(b.app, service, t, b.Behavior[service].PerMonth, share), " ")
}

// behavior says which services have no figures, and stops a move to a target that would lose more
// than the old one does.
func (b *builder) behavior() {
	for _, m := range b.plan.Moves {
		of, simulated := b.Behavior[m.Service]
		whole := of.By[100]
		switch {
		case simulated && of.Unknown != nil:
			for _, p := range problem.All(of.Unknown) {
				b.plan.Unsimulated = append(b.plan.Unsimulated, Unknown{m.Service, p.Message, p.Hints})
			}
		case whole != nil && compare.FailureRate(whole) > compare.AcceptableFailures && (of.Before == nil || compare.FailureRate(whole) > compare.FailureRate(of.Before)):
			b.check("simulation of "+m.Service, Blocks, fmt.Sprintf("%s of what it gets is throttled, times out or fails on %s", percentOf(compare.FailureRate(whole)), b.To),
				"ambi simulate --service "+m.Service+" shows when, and --slo finds the change that avoids it")
		case whole != nil:
			b.check("simulation of "+m.Service, OK, fmt.Sprintf("%s of what it gets is throttled, times out or fails on %s", percentOf(compare.FailureRate(whole)), b.To))
		}
	}
}

func percentOf(part float64) string { return fmt.Sprintf("%.3g %%", 100*part) }

// Figure is what is watched.
type Figure string

// The figures.
const (
	P99          Figure = "p99"            // of the latency, in milliseconds
	Failures     Figure = "failures"       // throttled, timed out or failed, in percent
	Environments Figure = "environments"   // of the function, the most at once
	Pods         Figure = "pods"           // the most at once
	Oldest       Figure = "oldest message" // its age, in seconds
	Dead         Figure = "dead letters"   // their number
)

// Watch is a figure to watch at a step.
type Watch struct {
	Service string      `json:"service"`
	Target  spec.Target `json:"target"`
	Figure  Figure      `json:"figure"`
	Unit    string      `json:"unit,omitempty"` // ms, %, s, or none for a number
	// Expected is what the simulation has; null where nothing was simulated.
	Expected *float64 `json:"expected"`
	// Stop is the value above which to stop; null where the old target says what is usual, and of
	// instances where as many as there may be are expected.
	Stop *float64 `json:"stop"`
	// Where is what shows the figure.
	Where string `json:"where"`
	// By is the command that prints what is expected; empty where nothing is.
	By string `json:"by,omitempty"`
}

const (
	// factor is how much worse than simulated a figure may be before a move stops: ambi's own
	// round number. What is further off says that the usage is not what the spec says.
	factor = 2
	// provingRequests are how many requests without a failure it takes to show, with a confidence
	// of 95 %, that no more than acceptable fail: 3/n of n requests, by the rule of three.
	// Source: https://doi.org/10.1001/jama.1983.03330370053031
	provingRequests = 3 / compare.AcceptableFailures
	leastWatch      = 10 * time.Minute
	mostWatch       = 24 * time.Hour
)

// watchFor is how long a step is watched, and how many requests come in that time; 0 where that is
// not known.
func watchFor(perSecond float64) (time.Duration, float64) {
	if perSecond <= 0 {
		return leastWatch, 0
	}
	needed := time.Duration(math.MaxInt64)
	if seconds := provingRequests / perSecond; seconds < mostWatch.Seconds() {
		needed = time.Duration(seconds * float64(time.Second))
	}
	unit := leastWatch
	if needed > time.Hour {
		unit = time.Hour
	}
	length := min(max(needed, leastWatch), mostWatch)
	length = min((length+unit-1)/unit*unit, mostWatch)
	return length, perSecond * length.Seconds()
}

// twoDigits rounds up, so that no threshold seems more exact than it is.
func twoDigits(x float64) float64 {
	if x <= 0 {
		return 0
	}
	unit := math.Pow(10, math.Floor(math.Log10(x))-1)
	return math.Ceil(x/unit-1e-9) * unit
}

func known(x float64) *float64 { return &x }

// requests are what to watch of a service on a target that gets a part of its requests.
func (b *builder) requests(service string, t spec.Target, share int, run *replay.Result) []Watch {
	timeout := float64(b.app.Services[service].Timeout.Std().Milliseconds())
	p99 := Watch{Service: service, Target: t, Figure: P99, Unit: "ms", Where: b.latencyMetric(service, t)}
	failures := Watch{Service: service, Target: t, Figure: Failures, Unit: "%", Where: b.failureMetric(service, t), Stop: known(100 * compare.AcceptableFailures)}
	list := []Watch{p99, failures}
	if run == nil {
		return list
	}
	if run.Latency.Count > 0 {
		simulated := float64(run.Latency.P99) / 1e6
		list[0].Expected, list[0].Stop = known(rounded(simulated)), known(min(twoDigits(factor*simulated), timeout))
	}
	rate := 100 * compare.FailureRate(run)
	list[1].Expected, list[1].Stop = known(rounded(rate)), known(max(100*compare.AcceptableFailures, twoDigits(factor*rate)))
	most := float64(run.Gauges[replay.Instances].Max)
	figure, where := instances(t)
	list = append(list, Watch{Service: service, Target: t, Figure: figure, Expected: known(most), Stop: b.mostInstances(service, t, most), Where: where})
	for i := range list {
		list[i].By = b.command(service, t, share)
	}
	return list
}

// messages are what to watch of a service that takes messages.
func (b *builder) messages(service string, t spec.Target, run *replay.Result) []Watch {
	age := Watch{Service: service, Target: t, Figure: Oldest, Unit: "s", Where: "ApproximateAgeOfOldestMessage of the queue, which has an alarm"}
	if run != nil && run.Messages != nil {
		most := float64(run.Messages.Oldest.Max) / 1e9
		age.Expected, age.Stop = known(rounded(most)), known(twoDigits(factor*max(most, 60)))
		age.By = b.command(service, t, 100)
	}
	dead := Watch{Service: service, Target: t, Figure: Dead, Where: "ApproximateNumberOfMessagesVisible of the queue of dead letters, which has an alarm", Stop: known(0)}
	return []Watch{age, dead}
}

// rounded is a figure to three digits.
func rounded(x float64) float64 {
	if x <= 0 {
		return 0
	}
	unit := math.Pow(10, math.Floor(math.Log10(x))-2)
	return math.Round(x/unit) * unit
}

// mostInstances is above how many instances to stop, before there are as many as there may be; nil
// where the simulation has that many.
func (b *builder) mostInstances(service string, t spec.Target, simulated float64) *float64 {
	pods, _ := b.Resolved.Kubernetes.Service(service)
	function, _ := b.Resolved.Lambda.Service(service)
	limit := map[spec.Target]int{spec.Kubernetes: pods.MaxReplicas, spec.Lambda: function.Reserved}[t]
	if limit == 0 { // only the account's concurrency, which other functions use too
		limit = lambda.AccountConcurrency
	}
	if simulated >= float64(limit) {
		return nil
	}
	return known(min(factor*max(simulated, 1), float64(limit-1)))
}

// instances are what a target runs a service in, and what shows how many there are.
func instances(t spec.Target) (Figure, string) {
	if t == spec.Lambda {
		return Environments, "ConcurrentExecutions of the function"
	}
	return Pods, "kubectl get hpa"
}

// latencyMetric is what shows the latency of a service's requests.
// Source: https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-metrics.html
// and https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-cloudwatch-metrics.html
func (b *builder) latencyMetric(service string, t spec.Target) string {
	switch {
	case t == spec.Lambda:
		return "Latency of the HTTP API"
	case b.behindALB(service):
		return "TargetResponseTime of the load balancer"
	}
	return "the latency that the controller of the Ingress or Gateway reports"
}

// failureMetric is what shows how many of them fail, of the same sources.
func (b *builder) failureMetric(service string, t spec.Target) string {
	switch {
	case t == spec.Lambda:
		return "5xx of the HTTP API, by its Count"
	case b.behindALB(service):
		return "HTTPCode_Target_5XX_Count and HTTPCode_ELB_5XX_Count of the load balancer, by its RequestCount"
	}
	return "answers of 5xx that the controller of the Ingress or Gateway reports"
}

// behindALB reports whether an Application Load Balancer serves a service on Kubernetes.
func (b *builder) behindALB(service string) bool {
	s, _ := b.Resolved.Kubernetes.Service(service)
	return s.Ingress != nil && s.Ingress.ALB != nil
}
