package lambda

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"ambi/compare/simulate/replay"
)

// naive is the same function, written to be read: environments are a list,
// time goes from event to event, and nothing is clever. It keeps what happened
// to each request.
type naive struct {
	Config
	demand       replay.Demand
	seed         uint64
	environments []*environment
	events       []*event
	tokens       map[string]*tokens
	draws        map[string]uint64
	fates        []fate
	cold         int
	retried      int
	busySeconds  float64 // in nanoseconds, all of them
}

type environment struct {
	provisioned, busy bool
	since             int64 // when it began to be idle
}

type event struct {
	at    int64
	order int // at the same time: ends, expiries, retries
	do    func()
}

type fate struct {
	outcome replay.Outcome
	latency int64
	ended   bool
}

// tokens is a bucket that is refilled by counting, in billionths of a token.
type tokens struct {
	level, full int64
	each        int64 // nanoseconds a token
	last        int64
}

func (n *naive) take(name string, b Bucket, at int64) bool {
	if b.Burst == 0 {
		return true
	}
	t := n.tokens[name]
	if t == nil {
		each := int64(1e9 / b.PerSecond)
		t = &tokens{level: each * int64(b.Burst), full: each * int64(b.Burst), each: each}
		n.tokens[name] = t
	}
	// Levels are in nanoseconds of refilling.
	t.level = min(t.full, t.level+at-t.last)
	t.last = at
	if t.level < t.each {
		return false
	}
	t.level -= t.each
	return true
}

func (n *naive) draw(stream string, key uint64) uint64 {
	k := n.draws[stream]
	n.draws[stream]++
	return replay.Mix(n.seed^key, k)
}

func (n *naive) run(arrivals []int64) {
	n.tokens, n.draws = map[string]*tokens{}, map[string]uint64{}
	for range n.Provisioned {
		n.environments = append(n.environments, &environment{provisioned: true})
	}
	n.fates = make([]fate, len(arrivals))
	next := 0
	for next < len(arrivals) || len(n.events) > 0 {
		// What was scheduled comes before an arrival at the same time.
		slices.SortStableFunc(n.events, func(a, b *event) int {
			if a.at != b.at {
				return int(min(1, max(-1, a.at-b.at)))
			}
			return a.order - b.order
		})
		if len(n.events) > 0 && (next == len(arrivals) || n.events[0].at <= arrivals[next]) {
			e := n.events[0]
			n.events = n.events[1:]
			e.do()
			continue
		}
		n.arrive(arrivals[next], arrivals[next], next, 1)
		next++
	}
}

func (n *naive) arrive(at, first int64, i, attempt int) {
	n.environments = slices.DeleteFunc(n.environments, func(e *environment) bool {
		return !e.provisioned && !e.busy && e.since+int64(n.KeepAlive) <= at
	})
	limit, over := n.Account, replay.ThrottledConcurrency
	if n.Reserved > 0 {
		limit, over = n.Reserved, replay.ThrottledReserved
	}
	refuse := func(cause replay.Outcome) {
		if attempt >= n.Retry.Attempts {
			n.fates[i] = fate{cause, 0, true}
			return
		}
		wait := n.Retry.Base
		for range attempt - 1 {
			wait *= 2
		}
		wait = min(wait, n.Retry.Max)
		part := float64(n.draw("jitter", jitterStream)>>11) / (1 << 53)
		later := at + int64(part*float64(wait))
		n.events = append(n.events, &event{later, 2, func() { n.retried++; n.arrive(later, first, i, attempt+1) }})
	}
	if !n.take("api", n.API, at) {
		refuse(replay.ThrottledAPI)
		return
	}
	ceiling := n.RatePerConcurrency * limit
	if !n.take("rate", Bucket{ceiling, float64(ceiling)}, at) {
		refuse(replay.ThrottledRate)
		return
	}
	// The provisioned first, and then the one that was used last.
	var best *environment
	onDemand := 0
	for _, e := range n.environments {
		if e.busy && !e.provisioned {
			onDemand++
		}
		if !e.busy && (best == nil || e.provisioned && !best.provisioned || e.provisioned == best.provisioned && e.since >= best.since) {
			best = e
		}
	}
	if best == nil || !best.provisioned {
		if onDemand >= limit-n.Provisioned {
			refuse(over)
			return
		}
	}
	start := int64(0)
	wait, cpu := n.demand.Of(int64(i))
	if n.MemoryMB < 1769 {
		cpu = cpu * 1769 / int64(n.MemoryMB)
	}
	work := wait + cpu
	if best == nil {
		if !n.take("scaling", n.Scaling, at) {
			refuse(replay.ThrottledScaling)
			return
		}
		n.cold++
		own := int64(n.Start)
		if n.MemoryMB < 1769 {
			own = own * 1769 / int64(n.MemoryMB)
		}
		start = n.Placement.At(n.draw("start", startStream)) + n.Init.At(n.draw("start", startStream)) + own
		best = &environment{}
		n.environments = append(n.environments, best)
	}
	outcome := replay.Served
	if work > int64(n.Timeout) {
		work, outcome = int64(n.Timeout), replay.TimedOutApp
	}
	end := at + start + work
	told := end
	best.busy = true
	n.busySeconds += float64(end - at)
	kills := outcome == replay.TimedOutApp && !best.provisioned
	n.events = append(n.events, &event{end, 0, func() {
		best.busy, best.since = false, end
		if kills {
			n.environments = slices.DeleteFunc(n.environments, func(e *environment) bool { return e == best })
		}
	}})
	if n.APITimeout > 0 && end-at > int64(n.APITimeout) {
		told, outcome = at+int64(n.APITimeout), replay.TimedOutEntry
	}
	n.fates[i] = fate{outcome, told - first, true}
}

// randomConfig is any function; small limits, so that all of them are met.
func randomConfig(random *rand.Rand) (Config, replay.Demand) {
	pick := func(n int) int { return random.IntN(n) }
	c := Config{
		MemoryMB: []int{128, 512, 1769, 3000}[pick(4)], Timeout: time.Duration(1+pick(400)) * time.Millisecond * 5,
		KeepAlive: time.Duration(pick(20)) * 50 * time.Millisecond, Account: 1 + pick(30),
		Placement: replay.Constant(int64(pick(3)) * 10e6),
		Init:      replay.Lognormal(float64(1+pick(100))*1e6, .4),
		Start:     time.Duration(pick(3)) * 20 * time.Millisecond,
	}
	if pick(2) == 0 {
		c.Reserved = 1 + pick(20)
	}
	if pick(2) == 0 {
		c.Provisioned = pick(min(4, c.limit()) + 1)
	}
	if pick(2) == 0 {
		c.RatePerConcurrency = 1 + pick(20)
	}
	if pick(2) == 0 {
		// Rates whose tokens take a whole number of nanoseconds.
		c.API = Bucket{1 + pick(20), []float64{10, 50, 100, 200}[pick(4)]}
	}
	if pick(2) == 0 {
		c.Scaling = Bucket{1 + pick(10), []float64{1, 5, 10}[pick(3)]}
	}
	if pick(2) == 0 {
		c.APITimeout = time.Duration(1+pick(100)) * 10 * time.Millisecond
	}
	if pick(2) == 0 {
		c.Retry = Retry{1 + pick(5), time.Duration(1+pick(100)) * time.Millisecond, 300 * time.Millisecond}
	}
	d := replay.Demand{Wait: replay.Exponential(float64(1+pick(80)) * 1e6), CPU: replay.Lognormal(float64(1+pick(40))*1e6, .7), Seed: random.Uint64()}
	if pick(4) == 0 {
		d = replay.Demand{Wait: replay.Constant(50e6), CPU: replay.Constant(10e6)} // many things at once
	}
	return c, d
}

func randomArrivals(random *rand.Rand, n int) []int64 {
	at, gap := int64(0), float64(1+random.IntN(30))*1e6
	list := make([]int64, n)
	for i := range list {
		switch random.IntN(40) {
		case 0:
			at += int64(gap * 100 * random.Float64())
		case 1, 2, 3, 4, 5, 6, 7, 8, 9, 10: // at the same time
		default:
			at += int64(random.ExpFloat64() * gap)
		}
		list[i] = at / 1000 * 1000 // so that ends and arrivals meet
	}
	return list
}

// TestAgainstTheNaive compares every count with the naive simulator's, for any
// configuration.
func TestAgainstTheNaive(t *testing.T) {
	random := rand.New(rand.NewPCG(5, 6))
	met := map[replay.Outcome]int{}
	rounds := 600
	if testing.Short() || raceDetector {
		rounds = 100
	}
	for round := range rounds {
		config, demand := randomConfig(random)
		arrivals := randomArrivals(random, 1+random.IntN(300))
		if c := config.RatePerConcurrency * config.limit(); c > 0 && 1_000_000_000%c != 0 {
			config.RatePerConcurrency = 0 // tokens that are no whole nanoseconds differ by rounding
		}
		n := naive{Config: config, demand: demand, seed: uint64(round)}
		n.run(arrivals)
		got := run(t, config, replay.Arrivals(arrivals), demand, replay.Options{Seed: uint64(round)})
		var want replay.OutcomeCounts
		latency := int64(0)
		for i, f := range n.fates {
			if !f.ended {
				t.Fatalf("round %d: the naive simulator lost request %d", round, i)
			}
			want[f.outcome]++
			met[f.outcome]++
			latency += f.latency
		}
		describe := fmt.Sprintf("round %d: %+v", round, config)
		if got.Outcomes != want {
			t.Fatalf("outcomes %v, want %v\n%s", got.Outcomes, want, describe)
		}
		// Products are rounded in another way here: a nanosecond a request.
		near := func(a, b int64) bool { return max(a-b, b-a) <= int64(3*len(arrivals)) }
		if !near(got.Meters[replay.LatencyNanoseconds], latency) {
			t.Fatalf("latencies sum up to %d, want %d\n%s", got.Meters[replay.LatencyNanoseconds], latency, describe)
		}
		if got.Meters[replay.ColdStarts] != int64(n.cold) || got.Meters[replay.Retries] != int64(n.retried) {
			t.Fatalf("%d cold starts and %d retries, want %d and %d\n%s", got.Meters[replay.ColdStarts], got.Meters[replay.Retries], n.cold, n.retried, describe)
		}
		if busy := got.Gauges[replay.InUse].Seconds * 1e9; !near(int64(busy), int64(n.busySeconds)) {
			t.Fatalf("busy for %v ns, want %v\n%s", busy, n.busySeconds, describe)
		}
	}
	for o := replay.Served; o <= replay.TimedOutEntry; o++ {
		if met[o] == 0 {
			t.Errorf("no request was %s: the test tries too little", o)
		}
	}
	t.Log(met)
}
