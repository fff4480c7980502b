// Package replay is what the simulators of both targets share: the trace that is
// replayed, what a request asks of an app, the recorder and its series, and the
// sampling of long traces.
//
//	source := replay.Poisson(1000, time.Hour, seed)  // or one that reads a trace
//	demand := replay.Demand{Wait: replay.Constant(28e6), CPU: replay.Exponential(12e6), Seed: seed}
//	result, err := lambda.Run(ctx, config, source, demand, replay.Options{})
//
// Time is in whole nanoseconds since the trace began. Both targets are given
// the same arrivals, and request i asks the same of either: Demand is a
// function of its seed and i alone.
//
// The same seed gives the same bytes on any machine. Random numbers are
// integers, distributions are tables of integers that are looked up, and the
// tables are computed with the four operations that IEEE 754 rounds the same
// way everywhere: package math's logarithm and exponential are not (some
// machines have them in assembly), and products that are added stand in
// explicit conversions because some machines would fuse them.
//
// A simulator reports to a Recorder, which keeps counts, integrals over time
// and distributions, and no requests: what it holds does not grow with the
// trace.
package replay

import (
	"context"
	"math/rand/v2"
	"time"
)

// A Source yields arrivals in order.
type Source interface {
	// Next is the next arrival, in nanoseconds since the trace began, no
	// earlier than the one before. It is false at the end of the trace, or when
	// it can not be read: see Err.
	Next() (at int64, ok bool)
	// Err says why a trace ended early; nil when it ended as it should.
	Err() error
}

// Options are those of any run.
type Options struct {
	Seed uint64 // of what a simulator draws itself: starts, jitter
	// Until ends the run, in nanoseconds since the trace began; what is being
	// served then is counted as in flight. 0 runs until the last request that
	// came was answered. A simulator asks End.
	Until int64
	// Width is the first width of the series' buckets, rounded up to one of 1,
	// 5, 15 s, 1, 5, 15 min, 1, 4 h, 1 day; see Series. 0 is 1 s.
	Width time.Duration
	// Progress is told now and then how far the trace has come.
	Progress func(at int64)
	// Plan, unless nil, says which part of the trace is simulated. The source
	// has to be its own; Until does not matter, since the plan has an end.
	Plan *Plan
	// Through says that the simulator goes through what the plan leaves out: its
	// times are the trace's, and of the gauges and meters that Followed tells, those
	// of every minute count. It sets it itself.
	Through bool
}

// Of is the options of one of several services that run together, with a seed of its own. The
// first tells how far all are.
func (o Options) Of(service int, seed uint64) Options {
	o.Seed = seed
	if o.Plan != nil {
		o.Plan = o.Plan.Of(service)
	}
	if service > 0 {
		o.Progress = nil
	}
	return o
}

// End is when the run ends, on the clock of the simulator: a time that Until or
// the Plan sets, or 0 for a run that ends when everything was answered.
func (o *Options) End() int64 {
	switch {
	case o.Through:
		return o.Plan.span
	case o.Plan != nil:
		return o.Plan.End()
	}
	return o.Until
}

// pollEvery is how many events pass between looks at the context.
const pollEvery = 1 << 16

// Poll reports progress and whether to go on; a simulator calls it with each
// event's number, and stops when it is false.
func (o *Options) Poll(ctx context.Context, event, at int64) bool {
	return event%pollEvery != 0 || o.poll(ctx, at)
}

func (o *Options) poll(ctx context.Context, at int64) bool {
	if o.Progress != nil {
		o.Progress(o.trace(at))
	}
	return ctx.Err() == nil
}

// trace is the time in the trace that a time of the simulator is.
func (o *Options) trace(at int64) int64 {
	if o.Plan == nil || o.Through {
		return at
	}
	return o.Plan.Trace(at)
}

// Poisson is steady traffic: arrivals at a rate a second, independent of each
// other, for a time.
func Poisson(rate float64, length time.Duration, seed uint64) Source {
	p := &poisson{end: int64(length)}
	if rate > 0 {
		p.gap, p.perNanosecond = Exponential(1e9/rate*fractions), rate/1e9
		p.random.Seed(seed, poissonStream)
	} else {
		p.ended = true
	}
	return p
}

const (
	poissonStream = 0x706f6973736f6e // keeps its numbers apart from those of other uses of a seed
	// fractions of a nanosecond are carried from arrival to arrival, so that
	// rounding each gap does not change the rate.
	fractionBits = 10
	fractions    = 1 << fractionBits
)

type poisson struct {
	random rand.PCG
	gap    Distribution // in fractions of a nanosecond
	at     int64
	rest   int64 // fractions beyond at

	perNanosecond float64
	end           int64
	ended         bool
}

func (p *poisson) Next() (int64, bool) {
	if p.ended {
		return 0, false
	}
	p.rest += p.gap.At(p.random.Uint64())
	p.at += p.rest >> fractionBits
	p.rest &= fractions - 1
	p.ended = p.at >= p.end
	return p.at, !p.ended
}

func (p *poisson) Err() error { return nil }

// Skip goes on to a time. Arrivals forget what was before them, so those that
// are passed over need not be drawn.
func (p *poisson) Skip(to int64) float64 {
	from := p.at
	p.at, p.rest = max(from, min(to, p.end)), 0
	return float64(p.at-from) * p.perNanosecond
}

// Expects says that Skip tells what was to be expected.
func (p *poisson) Expects() {}

// Arrivals is a source of arrivals that are at hand, in order.
func Arrivals(at []int64) Source { return &arrivals{at} }

type arrivals struct{ left []int64 }

func (a *arrivals) Next() (int64, bool) {
	if len(a.left) == 0 {
		return 0, false
	}
	at := a.left[0]
	a.left = a.left[1:]
	return at, true
}

func (a *arrivals) Err() error { return nil }
