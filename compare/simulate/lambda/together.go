package lambda

import (
	"context"
	"errors"

	"ambi/compare/simulate/replay"
	"ambi/internal/problem"
	"ambi/spec"
)

// Function is one of several that run in one account.
type Function struct {
	Config
	Mapping *Mapping // of the queue whose messages start it; nil where requests do
	Source  replay.Source
	Demand  replay.Demand
	Seed    uint64
}

// RunTogether simulates functions that share an account: its concurrency, of which what some
// reserve or have provisioned is theirs alone, the requests a second that go with it, and the
// API's rate. Environments are added for each function at a rate of its own, as Lambda does
// (docs.aws.amazon.com/lambda/latest/dg/scaling-behavior.html). A batch of messages that finds
// no concurrency waits for it, and its messages with it.
//
// Of each function it returns what Run and RunMessages do, up to the end of all, and what the
// account saw. Options have no seed; a plan is that of all functions together, none of which has a
// queue.
func RunTogether(ctx context.Context, functions []Function, options replay.Options) (each []replay.Result, whole replay.Result, err error) {
	a, err := newAccount(functions)
	if err != nil {
		return nil, whole, err
	}
	var loops []*replay.Loop
	var recorders []*replay.Recorder
	for i := range functions {
		f := &functions[i]
		own := options.Of(i, f.Seed)
		requests := replay.RequestsOf(f.Source, f.Demand)
		var one function
		if f.Mapping == nil {
			requests = f.settle(requests, f.Demand)
			s := newSimulator(f.Config, f.Demand, own)
			s.pool, s.api = a.poolOf(f), a.api
			one = s
		} else {
			var places, start int
			places, start, requests = f.open(*f.Mapping, requests, f.Demand)
			c := newConsumer(f.Config, *f.Mapping, places, start, own)
			c.pool = a.poolOf(f)
			one = c
		}
		a.functions = append(a.functions, one)
		loops = append(loops, replay.NewLoop(ctx, requests, own))
		recorders = append(recorders, one.core().record)
	}
	a.sum = replay.NewSum(options, recorders)
	at, partial, err := replay.RunTogether(a, loops)
	if err != nil {
		return nil, whole, err
	}
	for i, f := range a.functions {
		each = append(each, f.result(at, options.Of(i, functions[i].Seed)))
		each[i].Partial = partial
	}
	return each, a.sum.Result(spec.Lambda, at, options, each), nil
}

// function is one that handles requests, or messages.
type function interface {
	next() int64
	until(at int64)
	arrive(loop *replay.Loop)
	busyStill() bool
	result(at int64, options replay.Options) replay.Result
	core() *simulator
}

// account is the functions of an account at work.
type account struct {
	functions []function
	shared    *pool
	api       *limiter
	sum       *replay.Sum
}

// CheckTogether reports what is wrong with functions of one account.
func CheckTogether(functions []Function) error {
	var problems []error
	for i := range functions {
		f := &functions[i]
		problems = append(problems, f.Check())
		if f.Mapping != nil {
			problems = append(problems, f.Mapping.Check())
		}
	}
	if err := errors.Join(problems...); err != nil || len(functions) == 0 {
		return err
	}
	if reserved, provisioned := setAside(functions); functions[0].Account < reserved+provisioned {
		return problem.New("functions reserve %d and have %d provisioned of the account's concurrency, which is %d", reserved, provisioned, functions[0].Account).Of(problem.Misuse)
	}
	return nil
}

// setAside is what some functions reserve of their account's concurrency, and what others have
// provisioned.
func setAside(functions []Function) (reserved, provisioned int) {
	for i := range functions {
		if f := &functions[i]; f.Reserved > 0 {
			reserved += f.Reserved
		} else {
			provisioned += f.Provisioned
		}
	}
	return reserved, provisioned
}

func newAccount(functions []Function) (*account, error) {
	a := &account{shared: &pool{}, api: &limiter{}}
	if err := CheckTogether(functions); err != nil || len(functions) == 0 {
		return nil, err
	}
	for i := range functions {
		if f := &functions[i]; f.Mapping == nil && f.API != (Bucket{}) {
			*a.api = newLimiter(f.API)
		}
	}
	reserved, provisioned := setAside(functions)
	left := functions[0].Account - reserved // all are of one account
	a.shared.limit = int64(left - provisioned)
	a.shared.rate = rateOf(functions[0].RatePerConcurrency, left)
	return a, nil
}

// poolOf is where a function's concurrency comes from: what it reserves, or what all share.
func (a *account) poolOf(f *Function) *pool {
	if f.Reserved > 0 {
		return newPool(f.Config)
	}
	return a.shared
}

// Next is when the next event is.
func (a *account) Next() int64 {
	next, _ := a.first()
	return next
}

// first is when the next event is, and of which function.
func (a *account) first() (next int64, of int) {
	next = never
	for i, f := range a.functions {
		if at := f.next(); at < next {
			next, of = at, i
		}
	}
	return next, of
}

// Reach is true: a plan's times are without what it leaves out.
func (a *account) Reach(int64) bool { return true }

// End handles the events before the end of the run.
func (a *account) End(at int64) { a.Until(at - 1) }

// Until handles the events of all functions up to a time, in order.
func (a *account) Until(at int64) {
	for {
		next, of := a.first()
		if next > at {
			return
		}
		a.functions[of].until(next)
		a.changed(next, of)
	}
}

// Arrive hands a function the request that its loop is at.
func (a *account) Arrive(of int, loop *replay.Loop) {
	a.functions[of].arrive(loop)
	a.changed(loop.At, of)
}

// changed follows what a function did at a time, and lets batches go on that waited for
// concurrency which it may have given back.
func (a *account) changed(at int64, of int) {
	a.sum.Follow(at, of)
	for i, f := range a.functions {
		if c, ok := f.(*consumer); ok && c.starved && c.room() {
			c.to(at)
			c.invoke()
			a.sum.Follow(at, i)
		}
	}
}

// Busy reports whether some request or message was not answered yet.
func (a *account) Busy() bool {
	for _, f := range a.functions {
		if f.busyStill() {
			return true
		}
	}
	return false
}

// pool is concurrency on demand that functions share, or that one has for itself.
type pool struct {
	used, limit int64
	rate        limiter // of requests, which goes with the concurrency
}

// newPool is the concurrency of a function that shares it with no other.
func newPool(c Config) *pool {
	return &pool{limit: int64(c.limit() - c.Provisioned), rate: rateOf(c.RatePerConcurrency, c.limit())}
}

// rateOf is the requests a second that go with a concurrency.
func rateOf(perConcurrency, concurrency int) limiter {
	// A second's worth at once: our reading.
	perSecond := perConcurrency * concurrency
	return newLimiter(Bucket{Burst: perSecond, PerSecond: float64(perSecond)})
}

// The two kinds of functions.

func (s *simulator) core() *simulator { return s }

func (s *simulator) arrive(loop *replay.Loop) {
	s.record.To(loop.At)
	s.record.Arrive()
	s.try(loop.At, loop.Request, loop.Number, 1)
}

func (s *simulator) busyStill() bool { return s.busy.count > 0 || len(s.again.heap) > 0 }

func (s *simulator) result(at int64, options replay.Options) replay.Result {
	result := s.record.Result(spec.Lambda, at, options)
	result.MemoryMB = s.MemoryMB
	result.InFlight = s.unanswered + int64(len(s.again.heap))
	return result
}

func (c *consumer) arrive(loop *replay.Loop) {
	c.to(loop.At)
	c.queue.Send(loop.At, loop.Request)
	c.invoke()
}

func (c *consumer) busyStill() bool { return c.queue.Depth() > 0 }

func (c *consumer) result(at int64, options replay.Options) replay.Result {
	result := c.record.Result(spec.Lambda, at, options)
	result.MemoryMB = c.MemoryMB
	result.Messages = c.queue.Result(at)
	result.InFlight = result.Messages.Left
	return result
}
