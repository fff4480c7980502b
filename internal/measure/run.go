package measure

import (
	"context"
	"errors"
	"fmt"
	"math"
	"net"
	"net/url"
	"runtime"
	"slices"
	"time"

	"ambi/internal/measure/core"
	"ambi/internal/measure/load"
	"ambi/internal/measure/process"
	"ambi/internal/problem"
)

// run is a measurement that is under way.
type run struct {
	Options
	result *Result

	client   *load.Client
	app      *process.Process // nil for one that ran already
	watch    *watcher         // nil without its process
	idle     float64          // seconds of CPU time a second at rest
	died     string           // how the app ended by itself; empty if it did not
	weights  []float64
	gathered map[string]*meter // by phase

	done, planned time.Duration
}

// phase is a part of a measurement.
type phase struct {
	name    string
	planned time.Duration
	run     func(context.Context) error
}

// all runs the phases. What an end of the context leaves out is missing.
func (r *run) all(ctx context.Context) error {
	var err error
	if r.client, err = load.NewClient(r.URL, r.Remote, r.Timeout); err != nil {
		return err
	}
	r.result.Cores = runtime.NumCPU()
	r.weights = r.shares()
	phases := r.phases()
	for _, p := range phases {
		r.planned += p.planned
	}
	for i, p := range phases {
		err := p.run(ctx)
		if ctx.Err() != nil {
			for _, left := range phases[i:] {
				if !slices.Contains(r.result.Missing, left.name) {
					r.result.Missing = append(r.result.Missing, left.name)
				}
			}
			r.result.Why = "interrupted"
			if errors.Is(context.Cause(ctx), context.DeadlineExceeded) {
				r.result.Why = "the time limit has passed"
			}
			return nil
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// Planned is about how long a measurement takes, without what the app takes to start.
func (o Options) Planned() time.Duration {
	r := run{Options: o}
	sum := time.Duration(0)
	for _, p := range r.phases() {
		sum += p.planned
	}
	return sum
}

// Phases of a measurement, as Missing names them.
const (
	phaseCore   = "core"
	phaseStarts = "starts"
	phaseRest   = "rest"
	phaseRoutes = "routes"
	phaseRates  = "rates"
	phaseLog    = "access log"
	phaseClient = "concurrency"
)

const restTime = time.Second

// phases are those that the options ask for, in rounds.
func (r *run) phases() []phase {
	var all []phase
	add := func(name string, planned time.Duration, run func(context.Context) error) {
		all = append(all, phase{name, planned, run})
	}
	if r.Reference != nil {
		add(phaseCore, time.Second, r.calibrate)
	}
	if r.Command != nil {
		add(phaseStarts, 0, r.starts)
	} else {
		add(phaseStarts, 0, r.attach)
	}
	add(phaseRest, restTime, r.rest)
	add(phaseRoutes, time.Duration(len(r.routes()))*warmTime, r.warmUp)
	for range r.Runs {
		for _, route := range r.routes() {
			add(phaseRoutes, r.Time, func(ctx context.Context) error { return r.route(ctx, route) })
		}
		for _, rate := range r.Rates {
			add(phaseRates, r.Time, func(ctx context.Context) error { return r.rate(ctx, rate) })
		}
		add(phaseClient, r.Time*maxLevels/2, r.concurrency)
	}
	if len(r.Logged) > 0 {
		add(phaseLog, r.Logged[len(r.Logged)-1].At, r.log)
	}
	return all
}

// step tells how far the measurement has come, and runs a part of it.
func (r *run) step(text string, planned time.Duration) func() {
	if r.Progress != nil {
		part := 0.0
		if r.planned > 0 {
			part = float64(r.done) / float64(r.planned)
		}
		r.Progress(part, text)
	}
	return func() { r.done += planned }
}

// routes are those of the requests, in order.
func (r *run) routes() []string {
	var all []string
	for _, request := range r.Requests {
		if !slices.Contains(all, request.Route) {
			all = append(all, request.Route)
		}
	}
	return all
}

// shares are the parts of the requests that each has: those of the log, or alike.
func (r *run) shares() []float64 {
	all := make([]float64, len(r.Requests))
	for i := range all {
		all[i] = 1 / float64(len(all))
	}
	if len(r.Logged) > 0 {
		clear(all)
		for _, l := range r.Logged {
			all[l.Request] += 1 / float64(len(r.Logged))
		}
	}
	return all
}

// order sends requests in turn, each as often as its share says.
func (r *run) order() func(uint64) int {
	if n := uint64(len(r.Logged)); n > 0 {
		return func(i uint64) int { return r.Logged[i%n].Request }
	}
	credit := make([]float64, len(r.Requests))
	return func(uint64) int {
		most := 0
		for i := range credit {
			credit[i] += r.weights[i]
			if credit[i] > credit[most] {
				most = i
			}
		}
		credit[most]--
		return most
	}
}

func (r *run) calibrate(ctx context.Context) error {
	defer r.step("calibrating", time.Second)()
	f, err := core.Measure(ctx, *r.Reference)
	if err == nil {
		r.result.Core = &f
	}
	return err
}

// starts starts the app again and again; the last one stays.
func (r *run) starts(ctx context.Context) error {
	if err := r.free(); err != nil {
		return err
	}
	var took, cpu, memory []float64
	for i := range r.Starts {
		r.step(fmt.Sprintf("start %d of %d", i+1, r.Starts), 0)
		if r.app != nil {
			r.leave()
		}
		begun := time.Now()
		app, err := process.Start(*r.Command)
		if err != nil {
			return err
		}
		r.app = app
		tree, err := process.NewTree(app.PID())
		if err == nil {
			r.watch = watch(tree)
		}
		if err := r.healthy(ctx); err != nil {
			return err
		}
		took = append(took, float64(time.Since(begun)))
		if r.watch != nil {
			s := r.watch.now()
			cpu = append(cpu, float64(s.CPU))
			if load := sleepFor(ctx, restTime/4); load {
				memory = append(memory, float64(r.watch.now().Memory))
			}
		}
		r.result.StartTime, r.result.StartCPU, r.result.Rest = figureOf(took), figureOf(cpu), figureOf(memory)
	}
	return nil
}

// free requires that nothing answers yet where the app will.
func (r *run) free() error {
	u, _ := url.Parse(r.URL) // which the client has read
	conn, err := net.DialTimeout("tcp", u.Host, time.Second)
	if err != nil {
		return nil
	}
	_ = conn.Close()
	return problem.New("something answers on %s already", u.Host).
		Hint("stop it, give another --port, or measure it as it runs: --url %s", r.URL).Of(problem.Misuse)
}

// attach takes an app that runs.
func (r *run) attach(ctx context.Context) error {
	if r.PID != 0 {
		tree, err := process.NewTree(r.PID)
		if err != nil {
			return problem.InFlag("pid", err)
		}
		r.watch = watch(tree)
	}
	return r.healthy(ctx)
}

// askAgain is how long to wait before asking for the health again.
const askAgain = 2 * time.Millisecond

// healthy waits until the app is.
func (r *run) healthy(ctx context.Context) error {
	ctx, cancel := context.WithTimeoutCause(ctx, r.Startup, errNotReady)
	defer cancel()
	ended := make(<-chan struct{})
	if r.app != nil {
		ended = r.app.Ended()
	}
	path, last := r.Health, ""
	if path == "" {
		path = "/"
	}
	for {
		status, err := r.client.Get(ctx, path, min(r.Timeout, 5*time.Second))
		switch {
		case err == nil && (status == 200 || r.Health == ""):
			return nil
		case err == nil:
			last = fmt.Sprintf(": it answers %d", status)
		case ctx.Err() == nil:
			last = ": " + cause(err)
		}
		select {
		case <-ended:
			return r.app.Failed("the app ended before it was ready, with %s", r.app.Ending())
		case <-ctx.Done():
			if !errors.Is(context.Cause(ctx), errNotReady) {
				return ctx.Err()
			}
			text := fmt.Sprintf("GET %s%s did not answer 200 within %s%s", r.URL, path, r.Startup, last)
			if r.app != nil {
				return r.app.Failed("%s", text)
			}
			return problem.New("%s", text).Of(problem.Machine)
		case <-time.After(askAgain):
		}
	}
}

var errNotReady = errors.New("not ready")

// cause is an error of the network without the address, which messages have already.
func cause(err error) string {
	var of *net.OpError
	if errors.As(err, &of) {
		return of.Err.Error()
	}
	return err.Error()
}

// rest sees what the app and others do without a request.
func (r *run) rest(ctx context.Context) error {
	defer r.step("at rest", restTime)()
	machine, begun := machineCPU(), time.Now()
	own, app := process.Own(), process.Sample{}
	if r.watch != nil {
		app = r.watch.now()
	}
	if !sleepFor(ctx, restTime) {
		return nil
	}
	seconds := time.Since(begun).Seconds()
	others := (machineCPU() - machine).Seconds() - (process.Own() - own).Seconds()
	if r.watch != nil {
		s := r.watch.now()
		r.idle = (s.CPU - app.CPU).Seconds() / seconds
		r.result.IdleCPU = figureOf([]float64{r.idle})
		others -= (s.CPU - app.CPU).Seconds()
		if r.result.Rest == nil {
			r.result.Rest = figureOf([]float64{float64(s.Memory)})
		}
	}
	r.result.Others = math.Max(0, others/seconds)
	return nil
}

// leave stops what was started, and forgets its connections.
func (r *run) leave() {
	r.client.Close()
	if r.watch != nil {
		r.watch.close()
		r.watch = nil
	}
	if r.app != nil {
		select {
		case <-r.app.Ended():
			r.died = r.app.Ending()
		default:
		}
		r.app.Stop(stopGrace)
		n := r.app.Logged()
		if r.result.LogBytes != nil {
			n += *r.result.LogBytes
		}
		r.result.LogBytes = &n
		r.app = nil
	}
}

func (r *run) close() {
	if r.client != nil {
		r.leave()
	}
}

// sleepFor waits; it is false when the context ended first.
func sleepFor(ctx context.Context, d time.Duration) bool {
	select {
	case <-ctx.Done():
		return false
	case <-time.After(d):
		return true
	}
}
