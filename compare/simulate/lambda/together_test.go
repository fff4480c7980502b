package lambda

import (
	"bytes"
	"context"
	"encoding/json"
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"ambi/compare/simulate/queue"
	"ambi/compare/simulate/replay"
)

// drawn is a function with traffic, drawn at random: of requests, or of messages.
func drawn(r *rand.Rand, account int, length time.Duration) func() Function {
	seed, rate := r.Uint64(), math.Pow(10, 2*r.Float64())
	c := Defaults(128 + r.IntN(3000))
	c.Account, c.Warm, c.Placement, c.Init = account, Settled, replay.Exponential(1e8), replay.Lognormal(2e8, .5)
	c.Timeout = time.Duration(1+r.IntN(20)) * time.Second
	if r.IntN(3) == 0 {
		c.Provisioned = r.IntN(4)
	}
	if r.IntN(4) == 0 {
		c.Reserved = 4 + r.IntN(20)
	}
	if r.IntN(3) == 0 {
		c.Retry = UsualRetry()
	}
	var mapping *Mapping
	if r.IntN(3) == 0 {
		mapping = &Mapping{
			Queue: queue.Config{Visibility: time.Minute, Retention: time.Hour, Attempts: 3, Failures: .05 * float64(r.IntN(2)), Seed: seed},
			Batch: 1 + r.IntN(10), MaximumConcurrency: 2 + r.IntN(30), Start: 5, PerSecond: 5,
		}
		if r.IntN(2) == 0 {
			mapping.Window = time.Duration(1+r.IntN(5)) * time.Second
		}
	}
	work := float64(time.Duration(10+r.IntN(400)) * time.Millisecond)
	return func() Function { // a source is read once
		return Function{
			Config: c, Mapping: mapping, Source: replay.Poisson(rate, length, seed), Seed: seed,
			Demand: replay.Demand{Wait: replay.Lognormal(work, 1), CPU: replay.Exponential(work / 4), Seed: seed},
		}
	}
}

func alone(t *testing.T, f Function, options replay.Options) replay.Result {
	t.Helper()
	options.Seed = f.Seed
	var r replay.Result
	var err error
	if f.Mapping == nil {
		r, err = Run(context.Background(), f.Config, f.Source, f.Demand, options)
	} else {
		r, err = RunMessages(context.Background(), f.Config, *f.Mapping, f.Source, f.Demand, options)
	}
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func jsonOf(t *testing.T, value any) []byte {
	t.Helper()
	text, err := json.Marshal(value)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// TestTogetherAsAlone: functions of an account that none of its limits is reached in are as
// they are alone, to the byte.
func TestTogetherAsAlone(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 19))
	const length = 3 * time.Minute
	for range 12 {
		var functions []Function
		var draws []func() Function
		for range 1 + r.IntN(5) {
			draw := drawn(r, 100_000, length)
			draws = append(draws, draw)
			functions = append(functions, draw())
		}
		options := replay.Options{Until: int64(length)}
		each, whole, err := RunTogether(context.Background(), functions, options)
		if err != nil {
			t.Fatal(err)
		}
		requests := int64(0)
		for i, draw := range draws {
			want, got := jsonOf(t, alone(t, draw(), options)), jsonOf(t, each[i])
			if !bytes.Equal(got, want) {
				t.Errorf("function %d of %d:\n%s\nalone:\n%s", i, len(draws), got[:min(len(got), 900)], want[:min(len(want), 900)])
			}
			requests += each[i].Requests
		}
		if err := whole.Check(); err != nil || whole.Requests != requests {
			t.Errorf("%d requests all together, of %d: %v", whole.Requests, requests, err)
		}
	}
}

// TestTogetherLaws holds what is true of every account: nothing is lost, what is in it follows
// from arrivals and times, and no more works at once than the account allows.
func TestTogetherLaws(t *testing.T) {
	r := rand.New(rand.NewPCG(2, 19))
	throttled, waited := int64(0), 0
	for range 40 {
		account := 60 + r.IntN(60)
		var functions []Function
		own := 0
		for range 2 + r.IntN(4) {
			f := drawn(r, account, time.Minute)()
			f.Provisioned = min(f.Provisioned, max(f.Reserved, 3))
			own += max(f.Reserved, f.Provisioned)
			functions = append(functions, f)
		}
		if own > account/2 {
			continue
		}
		each, whole, err := RunTogether(context.Background(), functions, replay.Options{})
		if err != nil {
			t.Fatal(err)
		}
		inUse := 0.0
		for i, x := range each {
			if err := x.Check(); err != nil {
				t.Errorf("function %d: %v", i, err)
			}
			inUse += x.Gauges[replay.InUse].Seconds
			if x.Messages != nil {
				kept(t, x)
				if x.InFlight != 0 {
					t.Errorf("%d messages are left", x.InFlight)
				}
				if x.Messages.Times.P99 > int64(10*time.Second) {
					waited++
				}
			}
			throttled += x.Outcomes[replay.ThrottledConcurrency]
		}
		if err := whole.Check(); err != nil {
			t.Error(err)
		}
		if w := whole.Gauges[replay.InUse]; w.Max > int64(account) || math.Abs(w.Seconds-inUse) > 1e-6*inUse {
			t.Errorf("%d work at once, of %d; %v s of work all together, and %v by function", w.Max, account, w.Seconds, inUse)
		}
	}
	if throttled == 0 || waited == 0 {
		t.Errorf("%d requests were throttled and %d queues waited: too few to say anything", throttled, waited)
	}
}

// TestTogetherThrottles: a function is throttled by what another one takes, and one that
// reserves its own is not.
func TestTogetherThrottles(t *testing.T) {
	at := func(reserved int) (quiet *replay.Result) {
		small, large := Defaults(1769), Defaults(1769)
		small.Account, large.Account, small.Reserved = 100, 100, reserved
		quick := replay.Demand{Wait: replay.Constant(1e8)}
		functions := []Function{
			{Config: small, Source: replay.Poisson(20, time.Minute, 1), Demand: quick, Seed: 1},
			{Config: large, Source: replay.Poisson(300, time.Minute, 2), Demand: replay.Demand{Wait: replay.Constant(1e9)}, Seed: 2},
		}
		each, _, err := RunTogether(context.Background(), functions, replay.Options{})
		if err != nil {
			t.Fatal(err)
		}
		return &each[0]
	}
	if n := at(0).Outcomes[replay.ThrottledConcurrency]; n < 300 {
		t.Errorf("%d requests are throttled beside a function that takes the account's concurrency", n)
	}
	if n := at(20).Of(replay.Throttled); n != 0 {
		t.Errorf("%d requests are throttled that have concurrency of their own", n)
	}
}

// TestTogetherShareTheAPI: two functions get no more requests through one API than it lets in.
func TestTogetherShareTheAPI(t *testing.T) {
	one := func(seed uint64) Function {
		c := Defaults(1769)
		c.API = Bucket{Burst: 50, PerSecond: 100}
		return Function{Config: c, Source: replay.Poisson(80, time.Minute, seed), Demand: replay.Demand{Wait: replay.Constant(1e7)}, Seed: seed}
	}
	_, whole, err := RunTogether(context.Background(), []Function{one(1), one(2)}, replay.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if most := int64(50 + 100*60); whole.Of(replay.Answered) > most || whole.Of(replay.Answered) < most*98/100 {
		t.Errorf("%d requests came through, want %d", whole.Of(replay.Answered), most)
	}
	if x := alone(t, one(1), replay.Options{}); x.Outcomes[replay.ThrottledAPI] != 0 {
		t.Errorf("alone, %d are throttled", x.Outcomes[replay.ThrottledAPI])
	}
}

// TestTogetherRefused: an account has no more to reserve than its concurrency.
func TestTogetherRefused(t *testing.T) {
	one := func() Function {
		c := Defaults(512)
		c.Reserved = 600
		return Function{Config: c, Source: replay.Arrivals(nil)}
	}
	if _, _, err := RunTogether(context.Background(), []Function{one(), one()}, replay.Options{}); err == nil {
		t.Error("1,200 of 1,000 are reserved")
	}
}
