package measure

import (
	"context"
	"fmt"
	"math"
	"slices"
	"time"

	"ambi/internal/measure/load"
	"ambi/internal/measure/process"
	"ambi/internal/problem"
)

const (
	warmTime  = time.Second
	maxLevels = 8 // 1, 2, 4, ... 128 clients
)

// during is what was used while requests were sent.
type during struct {
	seconds        float64
	cpu            time.Duration // of the app, less what it takes at rest
	received, sent int64
	logged         int64
	peak           int64
}

// observed runs a load, and sees what is used meanwhile.
func (r *run) observed(send func()) during {
	var d during
	var cpu time.Duration
	if r.watch != nil {
		cpu = r.watch.fresh().CPU
	}
	if r.app != nil {
		d.logged = -r.app.Logged()
	}
	received, sent := r.client.Bytes()
	own, begun := process.Own(), time.Now()
	send()
	d.seconds = time.Since(begun).Seconds()
	after, afterSent := r.client.Bytes()
	d.received, d.sent = after-received, afterSent-sent
	if d.seconds > 0 {
		r.result.Own = max(r.result.Own, (process.Own()-own).Seconds()/d.seconds)
	}
	if r.watch != nil {
		d.cpu = r.watch.now().CPU - cpu
		d.cpu = max(0, d.cpu-time.Duration(r.idle*d.seconds*float64(time.Second)))
		if d.peak = r.watch.most(); r.result.Peak == nil || d.peak > *r.result.Peak {
			r.result.Peak = &d.peak
		}
	}
	if r.app != nil {
		d.logged += r.app.Logged()
	}
	return d
}

// of is the place of a route in the result; it is made where there is none.
func (r *run) of(route string) *Route {
	for i := range r.result.Routes {
		if r.result.Routes[i].Route == route {
			return &r.result.Routes[i]
		}
	}
	share := 0.0
	for i, request := range r.Requests {
		if request.Route == route {
			share += r.weights[i]
		}
	}
	r.result.Routes = append(r.result.Routes, Route{Route: route, Share: share})
	return &r.result.Routes[len(r.result.Routes)-1]
}

// alone are the requests of a route.
func (r *run) alone(route string) []load.Request {
	return slices.DeleteFunc(slices.Clone(r.Requests), func(l load.Request) bool { return l.Route != route })
}

func inTurn(n int) func(uint64) int { return func(i uint64) int { return int(i % uint64(n)) } }

// warmUp sends requests that are in no figure.
func (r *run) warmUp(ctx context.Context) error {
	for _, route := range r.routes() {
		done := r.step("warming up "+route, warmTime)
		requests := r.alone(route)
		m := newMeter()
		r.client.Open(ctx, requests, inTurn(len(requests)), load.At(max(r.Rate, 5), warmTime), m.observe(requests))
		r.result.WarmUp.join(m.counts)
		r.count(m)
		if m.answered == 0 && ctx.Err() == nil {
			return r.silent(m)
		}
		done()
	}
	return nil
}

// silent says that an app that was healthy answers nothing.
func (r *run) silent(m *meter) error {
	what := "no request was answered"
	for text := range m.problems {
		what += ": " + text
		break
	}
	if r.app != nil {
		return r.app.Failed("%s", what)
	}
	return problem.New("%s", what).Of(problem.Machine)
}

// count keeps what went wrong.
func (r *run) count(m *meter) {
	for text, n := range m.problems {
		at := slices.IndexFunc(r.result.Problems, func(c Count) bool { return c.What == text })
		if at < 0 {
			at = len(r.result.Problems)
			r.result.Problems = append(r.result.Problems, Count{What: text})
		}
		r.result.Problems[at].Times += n
	}
	slices.SortFunc(r.result.Problems, func(a, b Count) int {
		switch {
		case a.Times != b.Times:
			return int(b.Times - a.Times)
		case a.What < b.What:
			return -1
		default:
			return 1
		}
	})
}

// route sends requests to one route, at a low rate.
func (r *run) route(ctx context.Context, route string) error {
	defer r.step(route, r.Time)()
	requests := r.alone(route)
	m := newMeter()
	used := r.observed(func() {
		r.client.Open(ctx, requests, inTurn(len(requests)), load.At(r.Rate, r.Time), m.observe(requests))
	})
	r.count(m)
	to := r.of(route)
	to.Counts.join(m.counts)
	if ctx.Err() != nil || m.answered == 0 {
		return nil // half of a run is no run
	}
	answered := float64(m.answered)
	to.Mean = more(to.Mean, m.mean())
	to.Request = more(to.Request, float64(used.sent)/answered)
	to.Response = more(to.Response, float64(used.received)/answered)
	if r.watch != nil {
		to.CPU = more(to.CPU, float64(used.cpu)/answered)
	}
	if r.app != nil {
		to.Logged = more(to.Logged, float64(used.logged)/answered)
	}
	r.gather("route "+route, m, &to.Quantile)
	return nil
}

// more adds a run to a figure.
func more(f *Figure, run float64) *Figure {
	if f == nil {
		return figureOf([]float64{run})
	}
	n := float64(f.Runs)
	return &Figure{(f.Mean*n + run) / (n + 1), math.Min(f.Low, run), math.Max(f.High, run), f.Runs + 1}
}

// gather joins the runs of one phase, for their quantiles.
func (r *run) gather(name string, m *meter, quantiles **Durations) {
	if r.gathered == nil {
		r.gathered = map[string]*meter{}
	}
	if r.gathered[name] == nil {
		r.gathered[name] = newMeter()
	}
	r.gathered[name].join(m)
	*quantiles = r.gathered[name].quantiles()
}

// rate sends all requests at a rate.
func (r *run) rate(ctx context.Context, rate float64) error {
	defer r.step(fmt.Sprintf("%g requests a second", rate), r.Time)()
	r.loaded(ctx, rate, load.At(rate, r.Time), r.order())
	return nil
}

// log sends the requests of an access log at their own times.
func (r *run) log(ctx context.Context) error {
	defer r.step("the access log", r.Logged[len(r.Logged)-1].At)()
	r.loaded(ctx, 0, func(n uint64) (time.Duration, bool) {
		if n >= uint64(len(r.Logged)) {
			return 0, false
		}
		return r.Logged[n].At, true
	}, func(n uint64) int { return r.Logged[min(n, uint64(len(r.Logged)-1))].Request })
	return nil
}

func (r *run) loaded(ctx context.Context, rate float64, when load.Schedule, order func(uint64) int) {
	at := slices.IndexFunc(r.result.Loads, func(l Load) bool { return l.Rate == rate })
	if at < 0 {
		at = len(r.result.Loads)
		r.result.Loads = append(r.result.Loads, Load{Rate: rate})
	}
	to := &r.result.Loads[at]
	m := newMeter()
	first, last := time.Time{}, time.Time{}
	observe := m.observe(r.Requests)
	used := r.observed(func() {
		r.client.Open(ctx, r.Requests, order, when, func(o load.Outcome) {
			if first.IsZero() || o.Began.Before(first) {
				first = o.Began
			}
			if o.Began.After(last) {
				last = o.Began
			}
			observe(o)
		})
	})
	r.count(m)
	to.Counts.join(m.counts)
	if ctx.Err() != nil || m.answered == 0 {
		return
	}
	to.Mean = more(to.Mean, m.mean())
	if seconds := last.Sub(first).Seconds(); seconds > 0 {
		achieved := float64(m.counts.Sent-1) / seconds
		to.Achieved += (achieved - to.Achieved) / float64(to.Mean.Runs)
	}
	if r.watch != nil {
		to.CPU = more(to.CPU, float64(used.cpu)/float64(m.answered))
		if to.Peak == nil || used.peak > *to.Peak {
			to.Peak = &used.peak
		}
	}
	r.gather(fmt.Sprint("rate ", rate), m, &to.Quantile)
}

// concurrency has 1, 2, 4, ... clients send requests, until the latency has doubled.
func (r *run) concurrency(ctx context.Context) error {
	defer r.step("concurrency", r.Time*maxLevels/2)()
	var before, alone float64
	for i := range maxLevels {
		clients := 1 << i
		m := newMeter()
		span := r.Time / 2
		r.observed(func() { r.client.Closed(ctx, r.Requests, r.order(), clients, span, m.observe(r.Requests)) })
		r.count(m)
		for len(r.result.Levels) <= i {
			r.result.Levels = append(r.result.Levels, Level{Clients: 1 << len(r.result.Levels)})
		}
		to := &r.result.Levels[i]
		to.Counts.join(m.counts)
		if ctx.Err() != nil || m.answered == 0 {
			return nil
		}
		mean := m.mean()
		to.Mean = more(to.Mean, mean)
		rate := float64(m.answered) / span.Seconds()
		to.Rate += (rate - to.Rate) / float64(to.Mean.Runs)
		if i == 0 {
			alone, before = mean, mean
			continue
		}
		if mean >= 2*alone {
			// Between the last two, the latency is taken to rise in a straight line.
			low := float64(clients) / 2
			r.result.Doubles = more(r.result.Doubles, low+low*(2*alone-before)/(mean-before))
			return nil
		}
		before = mean
	}
	return nil
}
