// Package measure measures an app: it starts the app or takes one that runs, sends requests,
// and says what a spec's usage needs, with how far it can be trusted.
//
//	result, err := measure.Run(ctx, measure.Options{Command: &process.Command{Args: args}, ...})
//
// A measurement has phases, in rounds, so that each figure is measured several times, apart
// from each other:
//
//   - starts: the app is started again and again, until it is healthy;
//   - at rest: CPU time and memory without a request;
//   - routes: each route by itself, one request after the other at a low rate;
//   - rates: all routes together at several rates, or an access log at its own times;
//   - concurrency: all routes together by 1, 2, 4, ... clients, until the latency has doubled.
//
// What was sent and not counted in a figure (the first requests of each route, which warm the
// app up) is in the counts of WarmUp. An end before the last phase gives what there is, and
// says what is missing.
package measure

import (
	"context"
	"time"

	"ambi/internal/measure/core"
	"ambi/internal/measure/load"
	"ambi/internal/measure/process"
)

// Bounds of a measurement.
const (
	MaxRate   = 10_000           // requests a second
	MaxTime   = time.Hour        // of the whole
	MaxStarts = 100              // of the app
	MaxRuns   = 20               // of each phase
	MaxLogged = 1_000_000        // requests of an access log
	stopGrace = 10 * time.Second // from the request to end to the kill
)

// Options say what to measure.
type Options struct {
	Command *process.Command // that is started; nil for an app that runs
	URL     string           // where the app answers, such as http://localhost:8080
	PID     int              // of an app that runs; 0 measures no CPU time and no memory
	Remote  bool             // the app may be on another machine

	Health  string        // the path that answers 200 once the app is ready; empty: any answer of "/" is enough
	Startup time.Duration // the longest that a start may take
	Timeout time.Duration // of one request

	Requests []load.Request
	Logged   []Logged // instead of rates: requests at their own times

	Starts int           // how often the app is started
	Runs   int           // how often each phase is run
	Time   time.Duration // of one run of a phase
	Rate   float64       // requests a second to each route alone
	Rates  []float64     // to all routes together

	// Busy is the part of this machine's cores that others may take: beyond it, durations
	// are not those of the app, and Means has none. 0 is any part.
	Busy float64

	Reference *core.Reference // whose time CPU time is told in; nil: this machine's
	Progress  func(part float64, text string)
}

// Logged is a request of an access log.
type Logged struct {
	At      time.Duration // since the first
	Request int           // of Options.Requests
}

// Result is what was measured. Times are in nanoseconds, sizes in bytes. What could not be
// measured is null.
type Result struct {
	// Missing are the phases that did not come to their end: the figures are a part.
	Missing []string `json:"missing,omitempty"`
	// Why says why phases are missing.
	Why string `json:"why,omitempty"`

	Core *core.Factor `json:"core,omitempty"` // what CPU times were multiplied by

	StartTime *Figure  `json:"startTimeNanoseconds"`  // from the start until the app was healthy
	StartCPU  *Figure  `json:"startCPUNanoseconds"`   // CPU time meanwhile, here
	Rest      *Figure  `json:"memoryAtRestBytes"`     // once it was healthy, after each start
	Peak      *int64   `json:"memoryPeakBytes"`       // the most that was seen under load
	IdleCPU   *Figure  `json:"idleCPUPerSecond"`      // seconds of CPU time a second, without a request
	WarmUp    Counts   `json:"warmUp"`                // requests that are in no figure
	Routes    []Route  `json:"routes"`                // each alone
	Loads     []Load   `json:"loads"`                 // together, by rate
	Levels    []Level  `json:"concurrency"`           // together, by clients
	Doubles   *Figure  `json:"latencyDoublesAt"`      // how many requests at once take twice as long as one
	Own       float64  `json:"ownCPU"`                // seconds of CPU time a second that ambi itself took under load, at most
	Cores     int      `json:"cores"`                 // of this machine
	Others    float64  `json:"otherCPU"`              // seconds of CPU time a second that others took on this machine, at rest
	LogBytes  *int64   `json:"loggedBytes,omitempty"` // that the app has printed in all
	Problems  []Count  `json:"problems,omitempty"`    // what went wrong, the most frequent first
	Distrust  []string `json:"distrust"`              // why a figure may be wrong
	Means     Means    `json:"usage"`                 // for the spec
}

// Count is how often something went wrong.
type Count struct {
	What  string `json:"what"`
	Times int64  `json:"times"`
}

// Route is a route that was measured alone, at one request after the other.
type Route struct {
	Route    string     `json:"route"`
	Share    float64    `json:"share"` // of the requests, by which the means are weighted
	Counts   Counts     `json:"counts"`
	Mean     *Figure    `json:"durationNanoseconds"` // the mean, here
	Quantile *Durations `json:"quantiles"`
	CPU      *Figure    `json:"cpuTimeNanoseconds"` // of one request, here
	Request  *Figure    `json:"requestBytes"`
	Response *Figure    `json:"responseBytes"`
	Logged   *Figure    `json:"loggedBytes"`
}

// Load is what came of requests at a rate.
type Load struct {
	Rate     float64    `json:"rate"`     // requests a second that were asked for; 0 for a log at its own times
	Achieved float64    `json:"achieved"` // that were sent
	Counts   Counts     `json:"counts"`
	Mean     *Figure    `json:"durationNanoseconds"`
	Quantile *Durations `json:"quantiles"`
	CPU      *Figure    `json:"cpuTimeNanoseconds"`
	Peak     *int64     `json:"memoryPeakBytes"`
}

// Level is what came of some clients that each send one request after the other.
type Level struct {
	Clients int     `json:"clients"`
	Counts  Counts  `json:"counts"`
	Rate    float64 `json:"rate"` // requests a second that were answered
	Mean    *Figure `json:"durationNanoseconds"`
}

// Means are the figures for a spec's usage, in time of the reference core; null where nothing
// was measured, or nothing that can be trusted (see Options.Busy).
type Means struct {
	Duration  *time.Duration `json:"durationNanoseconds"`
	CPUTime   *time.Duration `json:"cpuTimeNanoseconds"`
	StartTime *time.Duration `json:"startTimeNanoseconds"`
	Request   *int64         `json:"requestBytes"`
	Response  *int64         `json:"responseBytes"`
	Logged    *int64         `json:"logBytes"`
}

// Sent is how many requests were sent in all.
func (r *Result) Sent() Counts {
	all := r.WarmUp
	for _, route := range r.Routes {
		all.join(route.Counts)
	}
	for _, l := range r.Loads {
		all.join(l.Counts)
	}
	for _, l := range r.Levels {
		all.join(l.Counts)
	}
	return all
}

// Run measures. An error says why nothing could be measured; an end of the context gives a
// result that has Missing.
func Run(ctx context.Context, o Options) (*Result, error) {
	r := &run{Options: o, result: &Result{Routes: []Route{}, Loads: []Load{}, Levels: []Level{}, Distrust: []string{}}}
	defer r.close()
	if err := r.all(ctx); err != nil {
		return nil, err
	}
	r.conclude()
	return r.result, nil
}
