package measure

import (
	"fmt"
	"math"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"ambi/compare/format"
)

// conclude works out what the figures mean for the spec, and what to distrust.
func (r *run) conclude() {
	r.leave()
	res := r.result
	factor := 1.0
	if res.Core != nil {
		factor = res.Core.Factor
	}
	mean := func(of func(Route) *Figure) (float64, bool) {
		sum, shares := 0.0, 0.0
		for _, route := range res.Routes {
			f := of(route)
			if f == nil {
				return 0, false
			}
			sum += f.Mean * route.Share
			shares += route.Share
		}
		return sum / shares, len(res.Routes) == len(r.routes()) && shares > 0
	}
	length := func(ns float64) *time.Duration {
		d := time.Duration(math.Round(ns))
		return &d
	}
	size := func(of func(Route) *Figure) *int64 {
		m, ok := mean(of)
		if !ok {
			return nil
		}
		n := int64(math.Round(m))
		return &n
	}
	cpu, hasCPU := mean(func(r Route) *Figure { return r.CPU })
	if hasCPU {
		res.Means.CPUTime = length(cpu * factor)
	}
	if d, ok := mean(func(r Route) *Figure { return r.Mean }); ok {
		// Work takes as much longer there as the core is slower; waiting does not. A
		// request that works on several cores at once took less time than it worked.
		d += min(cpu, d) * (factor - 1)
		if hasCPU {
			d = max(d, cpu*factor) // usage counts one core a request
		}
		res.Means.Duration = length(d)
	}
	if f := res.StartTime; f != nil {
		d := f.Mean
		if c := res.StartCPU; c != nil {
			d += min(c.Mean, d) * (factor - 1)
		}
		res.Means.StartTime = length(d)
	}
	res.Means.Request = size(func(r Route) *Figure { return r.Request })
	res.Means.Response = size(func(r Route) *Figure { return r.Response })
	res.Means.Logged = size(func(r Route) *Figure { return r.Logged })
	res.Distrust = r.distrust()
	if r.Busy > 0 && res.Others > r.Busy*float64(res.Cores) {
		res.Means.Duration, res.Means.StartTime = nil, nil
		res.Distrust = append(res.Distrust, "as others took so much of this machine, usage gets no duration and no start time: measure again when it is quiet")
	}
}

// When a figure is not to be trusted.
const (
	tooFew       = 100 // requests for a p99
	muchSpread   = .2
	muchBad      = .01
	muchOfOthers = .1 // of a core
	muchOwn      = .3 // of all cores
	lowRate      = .95
	muchIdle     = .02 // of a core
	muchUnlike   = 5   // times the CPU time of another route
)

// distrust says why figures may be wrong.
func (r *run) distrust() []string {
	res := r.result
	list := []string{}
	say := func(text string, args ...any) { list = append(list, fmt.Sprintf(text, args...)) }
	if len(res.Missing) > 0 {
		say("this is a part: %s, before the end of: %s", res.Why, strings.Join(res.Missing, ", "))
	}
	if r.died != "" {
		say("the app ended by itself while it was measured, with %s", r.died)
	}
	if sent := res.Sent(); sent.bad() > muchBad {
		say("%s %% of the requests did not go well: the figures are partly those of errors", format.Figure(100*sent.bad(), 2))
	}
	if c := res.Core; c != nil {
		say("CPU time was multiplied by %.3g, which is between %.3g and %.3g by what is calibrated with; the app's own work may differ more", c.Factor, c.Low, c.High)
		for _, l := range c.Loops {
			if l.Spread > muchSpread {
				say("this machine's speed changed by %.0f %% while it was calibrated (%s): something else slows it down", 100*l.Spread, l.Name)
				break
			}
		}
	}
	if res.Others > muchOfOthers {
		say("other programs took %s of this machine's %d cores at rest: durations are too long, CPU time a little", format.Figure(res.Others, 2), res.Cores)
	}
	if res.Own > muchOwn*float64(res.Cores) {
		say("sending took up to %s of this machine's %d cores, beside the app: under load, durations are too long", format.Figure(res.Own, 2), res.Cores)
	}
	if res.IdleCPU != nil && res.IdleCPU.Mean > muchIdle {
		say("the app takes %.2g of a core without a request; as much was taken off its CPU time", res.IdleCPU.Mean)
	}
	spread := func(what string, f *Figure) {
		if f.Spread() > muchSpread {
			say("%s: the runs differ by %.0f %% of their mean", what, 100*f.Spread())
		}
	}
	spread("start time", res.StartTime)
	for _, route := range res.Routes {
		spread(route.Route+", duration", route.Mean)
		spread(route.Route+", CPU time", route.CPU)
		if route.Counts.OK < tooFew {
			say("%s: the p99 of %d requests is little more than the longest", route.Route, route.Counts.OK)
		}
		if route.CPU != nil && route.Mean != nil && route.CPU.Mean > route.Mean.Mean {
			say("%s: a request takes more CPU time than time, so it works on several cores at once, or leaves work behind; usage counts one core a request", route.Route)
		}
	}
	if least, most := extremes(res.Routes); least != nil && most.CPU.Mean > muchUnlike*least.CPU.Mean {
		say("%s takes %s times the CPU time of %s, and usage has one figure for both, the mean of what is sent: it is right for this mix of requests alone; services of their own would have a figure each", most.Route, format.Figure(most.CPU.Mean/least.CPU.Mean, 2), least.Route)
	}
	for _, l := range res.Loads {
		if l.Rate > 0 && l.Mean != nil && l.Achieved < l.Rate*lowRate {
			say("%s requests a second were asked for, and %s were sent", format.Figure(l.Rate, 4), format.Figure(l.Achieved, 4))
		}
	}
	if len(res.Levels) > 0 && res.Doubles == nil && len(res.Missing) == 0 {
		say("the latency did not double with up to %d requests at once", res.Levels[len(res.Levels)-1].Clients)
	}
	spread("concurrency at which the latency doubles", res.Doubles)
	if r.Command != nil && compiles(r.Command.Args) {
		say("%s compiles first: its start is not the app's; build the app and measure the program", r.Command)
	}
	if r.Command == nil {
		say("the app was running already: its start and what it logs are not measured")
		if r.PID == 0 {
			say("without --pid, CPU time and memory are not measured")
		}
	}
	return list
}

// extremes are the routes of the least and the most CPU time; nil where none is known.
func extremes(routes []Route) (least, most *Route) {
	for i := range routes {
		r := &routes[i]
		switch {
		case r.CPU == nil || r.CPU.Mean <= 0:
		case least == nil:
			least, most = r, r
		case r.CPU.Mean < least.CPU.Mean:
			least = r
		case r.CPU.Mean > most.CPU.Mean:
			most = r
		}
	}
	return least, most
}

// compiles reports whether a command is a tool that builds before it runs.
func compiles(args []string) bool {
	tool := strings.TrimSuffix(filepath.Base(args[0]), ".exe")
	runs := map[string][]string{"go": {"run"}, "cargo": {"run"}, "dotnet": {"run", "watch"}, "gradle": {"run", "bootRun"}, "gradlew": {"run", "bootRun"}, "mvn": {"spring-boot:run"}}
	return slices.ContainsFunc(args[1:], func(arg string) bool { return slices.Contains(runs[tool], arg) })
}
