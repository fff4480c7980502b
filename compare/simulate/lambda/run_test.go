package lambda

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"math"
	"math/rand/v2"
	"os"
	"strings"
	"testing"
	"time"

	"ambi/compare/simulate/replay"
)

var update = flag.Bool("update", false, "write golden files anew")

// always is a function whose requests take a constant time and whose
// environments are there at once.
func always(work time.Duration) (Config, replay.Demand) {
	c := Defaults(1769)
	return c, replay.Demand{Wait: replay.Constant(int64(work))}
}

// every is n arrivals, one each gap.
func every(gap time.Duration, n int) []int64 {
	list := make([]int64, n)
	for i := range list {
		list[i] = int64(gap) * int64(i)
	}
	return list
}

func TestEachThrottleIsCountedApart(t *testing.T) {
	type counts map[replay.Outcome]int64
	for name, test := range map[string]struct {
		change   func(*Config)
		work     time.Duration
		arrivals []int64
		want     counts
	}{
		"the API lets a burst of 5,000 through, and a token comes each .1 ms": {
			func(c *Config) { c.Account, c.Scaling = 100000, Bucket{} },
			time.Second, append(make([]int64, 6000), 100_000, 100_000, 199_999, 200_000),
			counts{replay.Served: 5002, replay.ThrottledAPI: 1002},
		},
		"the account has 1,000": {
			func(*Config) {}, time.Second, make([]int64, 1500),
			counts{replay.Served: 1000, replay.ThrottledConcurrency: 500},
		},
		"the function reserves 20": {
			func(c *Config) { c.Reserved = 20 }, time.Second, make([]int64, 25),
			counts{replay.Served: 20, replay.ThrottledReserved: 5},
		},
		"provisioned concurrency counts against the account though it is not in use": {
			func(c *Config) { c.Account, c.Provisioned = 10, 4 }, time.Second, make([]int64, 12),
			counts{replay.Served: 10, replay.ThrottledConcurrency: 2},
		},
		"1,000 environments at once, and one each 10 ms": {
			func(c *Config) { c.Account, c.RatePerConcurrency = 5000, 0 }, time.Minute, append(make([]int64, 1100), every(time.Millisecond, 101)[1:]...),
			counts{replay.Served: 1010, replay.ThrottledScaling: 190, replay.TimedOutEntry: 0},
		},
		"10 requests a second for each of 3": {
			func(c *Config) { c.Account = 3 }, 0, make([]int64, 40),
			counts{replay.Served: 30, replay.ThrottledRate: 10},
		},
		"the function times out": {
			func(c *Config) { c.Timeout = 999 * time.Millisecond }, time.Second, make([]int64, 3),
			counts{replay.TimedOutApp: 3},
		},
		"the API times out": {
			func(*Config) {}, 30*time.Second + 1, make([]int64, 3),
			counts{replay.TimedOutEntry: 3},
		},
		"30 seconds are in time": {
			func(*Config) {}, 30 * time.Second, make([]int64, 3),
			counts{replay.Served: 3},
		},
		"a function URL waits": {
			func(c *Config) { c.API, c.APITimeout = Bucket{}, 0 }, 40 * time.Second, make([]int64, 3),
			counts{replay.Served: 3},
		},
	} {
		t.Run(name, func(t *testing.T) {
			config, demand := always(test.work)
			if test.work > 30*time.Second && test.want[replay.Served] > 500 {
				config.APITimeout = 0
			}
			test.change(&config)
			result := run(t, config, replay.Arrivals(test.arrivals), demand, replay.Options{})
			for o, n := range result.Outcomes {
				if want := test.want[replay.Outcome(o)]; n != want {
					t.Errorf("%s: %d, want %d", replay.Outcome(o), n, want)
				}
			}
		})
	}
}

func TestAnEnvironmentStaysForTheKeepAlive(t *testing.T) {
	config, demand := always(100 * time.Millisecond)
	config.KeepAlive = time.Minute
	config.Placement, config.Init = replay.Constant(50e6), replay.Constant(200e6)
	second := int64(1e9)
	// The first ends at .35 s; 60.35 s is too late and a moment earlier is not.
	for _, test := range []struct {
		second int64
		cold   int64
	}{{60*second + 350e6 - 1, 1}, {60*second + 350e6, 2}} {
		result := run(t, config, replay.Arrivals([]int64{0, test.second}), demand, replay.Options{})
		if got := result.Meters[replay.ColdStarts]; got != test.cold {
			t.Errorf("a second request at %d: %d cold starts, want %d", test.second, got, test.cold)
		}
	}
	result := run(t, config, replay.Arrivals([]int64{0}), demand, replay.Options{Until: 120 * second})
	if got := result.Gauges[replay.Instances].Seconds; got != 60.35 {
		t.Errorf("the environment lived for %v s, want 60.35", got)
	}
	if got := result.Latency.P50; math.Abs(float64(got)-350e6) > 3e5 {
		t.Errorf("the first request took %d ns, want 350 ms", got)
	}
	if b, i := result.Meters[replay.BilledMS], result.Meters[replay.InitMS]; b != 100 || i != 200 {
		t.Errorf("billed %d ms and %d ms of initialization, want 100 and 200: placement is not billed", b, i)
	}
}

func TestTheNewestIdleEnvironmentIsTaken(t *testing.T) {
	config, demand := always(time.Second)
	config.KeepAlive = 10 * time.Second
	// Three at once, and then one every two seconds: the two that are not used
	// expire, and the third never does.
	arrivals := append([]int64{0, 0, 0}, every(2*time.Second, 30)[1:]...)
	result := run(t, config, replay.Arrivals(arrivals), demand, replay.Options{Until: 60e9})
	if cold, stopped := result.Meters[replay.ColdStarts], result.Meters[replay.Stopped]; cold != 3 || stopped != 2 {
		t.Errorf("%d started and %d stopped, want 3 and 2", cold, stopped)
	}
	if got := result.Gauges[replay.Instances].Seconds; got != 60+2*11 {
		t.Errorf("%v environment-seconds, want 82", got)
	}
}

func TestProvisionedComesFirstAndSpillsOver(t *testing.T) {
	config, demand := always(time.Second)
	config.Provisioned = 3
	config.Init = replay.Constant(500e6)
	result := run(t, config, replay.Arrivals(append(make([]int64, 5), 2e9, 2e9)), demand, replay.Options{Until: 10e9})
	if result.Meters[replay.ProvisionedServed] != 5 || result.Meters[replay.ColdStarts] != 2 {
		t.Errorf("provisioned served %d with %d cold starts, want 5 and 2", result.Meters[replay.ProvisionedServed], result.Meters[replay.ColdStarts])
	}
	if result.Meters[replay.ProvisionedMS] != 5000 || result.Meters[replay.BilledMS] != 2000 || result.Meters[replay.InitMS] != 1000 {
		t.Errorf("billed %v", result.Meters)
	}
	if got := result.Gauges[replay.Provisioned].Seconds; got != 5 {
		t.Errorf("provisioned environments were in use for %v s, want 5", got)
	}
	if got := result.Gauges[replay.Instances]; got.Max != 5 || got.Seconds != 3*10+2*10 {
		t.Errorf("environments: %+v", got)
	}
}

func TestCPUTimeStretchesWithLittleMemory(t *testing.T) {
	for _, test := range []struct {
		memory int
		want   int64 // milliseconds
	}{{128, 30 + 139}, {512, 30 + 35}, {1769, 40}, {10240, 40}} {
		config := Defaults(test.memory)
		demand := replay.Demand{Wait: replay.Constant(30e6), CPU: replay.Constant(10e6)}
		config.Start = time.Second
		result := run(t, config, replay.Arrivals([]int64{0}), demand, replay.Options{})
		if got := result.Meters[replay.BilledMS]; got != test.want {
			t.Errorf("%d MB: billed %d ms, want %d", test.memory, got, test.want)
		}
		start := 1000 * max(1, 1769/float64(test.memory))
		if got := result.Meters[replay.InitMS]; math.Abs(float64(got)-start) > 1 {
			t.Errorf("%d MB: billed %d ms of start, want %v", test.memory, got, start)
		}
	}
}

func TestATimeoutCostsTheEnvironment(t *testing.T) {
	config, demand := always(2 * time.Second)
	config.Timeout = time.Second
	result := run(t, config, replay.Arrivals(every(5*time.Second, 4)), demand, replay.Options{})
	if result.Meters[replay.ColdStarts] != 4 || result.Meters[replay.BilledMS] != 4000 || result.Of(replay.TimedOut) != 4 {
		t.Errorf("%v %v", result.Meters, result.Outcomes)
	}
}

func TestRetriesComeAgain(t *testing.T) {
	config, demand := always(time.Second)
	config.Reserved = 1
	config.Retry = Retry{Attempts: 10, Base: 500 * time.Millisecond, Max: 4 * time.Second}
	served, throttled, spread := int64(0), int64(0), map[int64]bool{}
	for seed := range uint64(50) {
		result := run(t, config, replay.Arrivals([]int64{0, 0}), demand, replay.Options{Seed: seed})
		served += result.Of(replay.Answered)
		throttled += result.Of(replay.Throttled)
		if result.Meters[replay.Retries] < 1 || result.Meters[replay.Refusals] < 1 {
			t.Errorf("seed %d: %v", seed, result.Meters)
		}
		spread[result.Latency.Max] = true
	}
	if served != 100 || throttled != 0 {
		t.Errorf("%d served and %d throttled, want 100 and 0", served, throttled)
	}
	if len(spread) < 40 {
		t.Errorf("50 seeds give %d latencies: where is the jitter?", len(spread))
	}
	// No retries unless asked for.
	config.Retry = Retry{}
	if result := run(t, config, replay.Arrivals([]int64{0, 0}), demand, replay.Options{}); result.Of(replay.Throttled) != 1 || result.Meters[replay.Retries] != 0 {
		t.Errorf("%v %v", result.Outcomes, result.Meters)
	}
}

func TestWhatEndsWithTheRunIsInFlight(t *testing.T) {
	config, demand := always(time.Second)
	for until, want := range map[int64]int64{1e9: 1, 1e9 + 1: 0} {
		result := run(t, config, replay.Arrivals([]int64{0, 2e9}), demand, replay.Options{Until: until})
		if result.Requests != 1 || result.InFlight != want || result.Of(replay.Answered) != 1-want {
			t.Errorf("until %d: %d requests, %d in flight, %d served", until, result.Requests, result.InFlight, result.Of(replay.Answered))
		}
	}
}

// TestNothingIsLost: whatever the configuration, every request that came is
// accounted for, and Little's law holds: the time that requests spend is the
// time that the gauge integrates.
func TestNothingIsLost(t *testing.T) {
	random := rand.New(rand.NewPCG(11, 12))
	inFlight, exact := 0, 0
	rounds := 600
	if raceDetector {
		rounds = 200
	}
	for range rounds {
		config, demand := randomConfig(random)
		arrivals := randomArrivals(random, 1+random.IntN(200))
		options := replay.Options{Seed: random.Uint64()}
		if random.IntN(2) == 0 {
			options.Until = 1 + random.Int64N(arrivals[len(arrivals)-1]+1e8)
		}
		result := run(t, config, replay.Arrivals(arrivals), demand, options) // checks conservation
		if result.InFlight > 0 {
			inFlight++
		}
		came := int64(0)
		for _, at := range arrivals {
			if options.Until == 0 || at < options.Until {
				came++
			}
		}
		if result.Requests != came {
			t.Fatalf("%d requests came, want %d", result.Requests, came)
		}
		sum := int64(0)
		for _, p := range result.Series {
			sum += p.Requests
		}
		if sum != came {
			t.Fatalf("%d requests in the series, want %d", sum, came)
		}
		for g, level := range result.Gauges {
			if level.Mean < 0 || level.Mean > float64(level.Max)+1e-9 {
				t.Fatalf("%s: mean %v, maximum %d", replay.Gauge(g).Name(), level.Mean, level.Max)
			}
		}
		if u := result.Gauges; u[replay.InUse].Seconds > u[replay.Capacity].Seconds+1e-9 {
			t.Fatalf("%v busy of %v", u[replay.InUse].Seconds, u[replay.Capacity].Seconds)
		}
		if int(result.Gauges[replay.InUse].Max) > config.limit() {
			t.Fatalf("%d at once, with a limit of %d", result.Gauges[replay.InUse].Max, config.limit())
		}
		// Where a request's time is an environment's: no retries, no API that
		// gives up, everything answered.
		if options.Until == 0 && config.Retry.Attempts <= 1 && result.Outcomes[replay.TimedOutEntry] == 0 {
			exact++
			if l, lw := result.Gauges[replay.InUse].Seconds, float64(result.Meters[replay.LatencyNanoseconds])/1e9; math.Abs(l-lw) > 1e-9*max(1, l) {
				t.Fatalf("Little's law: L = %v s, lambda W = %v s", l, lw)
			}
		}
	}
	if inFlight < 20 || exact < 20 {
		t.Errorf("only %d runs with requests in flight and %d with an exact law", inFlight, exact)
	}
}

// TestMoreIsNeverWorse: what must hold on every path, and not only on average,
// where starts take no time.
func TestMoreIsNeverWorse(t *testing.T) {
	random := rand.New(rand.NewPCG(13, 14))
	rounds := 400
	if raceDetector {
		rounds = 50
	}
	for range rounds {
		config, demand := randomConfig(random)
		config.Placement, config.Init, config.Start = replay.Distribution{}, replay.Distribution{}, 0
		config.Timeout = longest // a timeout costs an environment
		config.Retry, config.API, config.RatePerConcurrency, config.Scaling = Retry{}, Bucket{}, 0, Bucket{}
		arrivals := randomArrivals(random, 300)
		result := func(c Config) replay.Result {
			return run(t, c, replay.Arrivals(arrivals), demand, replay.Options{Until: arrivals[299] + 60e9})
		}
		before := result(config)
		longer := config
		longer.KeepAlive += time.Duration(1 + random.Int64N(2e9))
		if after := result(longer); after.Meters[replay.ColdStarts] > before.Meters[replay.ColdStarts] ||
			after.Gauges[replay.Instances].Seconds < before.Gauges[replay.Instances].Seconds || after.Outcomes != before.Outcomes {
			t.Fatalf("a longer keep-alive: %v after %v", after.Meters, before.Meters)
		}
		if config.Provisioned < config.limit() {
			more := config
			more.Provisioned++
			if after := result(more); after.Meters[replay.ColdStarts] > before.Meters[replay.ColdStarts] {
				t.Fatalf("more provisioned concurrency: %v after %v", after.Meters, before.Meters)
			}
		}
		wider := config
		wider.Account++
		if wider.Reserved > 0 {
			wider.Reserved++
		}
		same := demand
		demand = replay.Demand{Wait: replay.Constant(30e6)} // with varying times a long request may keep out two short ones
		if before, after := result(config), result(wider); after.Of(replay.Answered) < before.Of(replay.Answered) {
			t.Fatalf("more concurrency: %v after %v", after.Outcomes, before.Outcomes)
		}
		demand = same
	}
}

// TestSameSeedSameBytes compares with bytes that are checked in, which any
// machine has to come to; try GOARCH=386 and GOAMD64=v3, which fuses products
// and sums.
func TestSameSeedSameBytes(t *testing.T) {
	config := Defaults(512)
	config.Provisioned, config.Reserved = 3, 40
	config.Placement, config.Init, config.Start = replay.Exponential(30e6), replay.Lognormal(250e6, .3), 100*time.Millisecond
	config.Retry = UsualRetry()
	demand := replay.Demand{Wait: replay.Exponential(60e6), CPU: replay.Lognormal(20e6, .8), Seed: 42}
	bytes := func(seed uint64) []byte {
		result := run(t, config, replay.Poisson(300, 2*time.Minute, seed), demand, replay.Options{Seed: seed, Width: time.Minute})
		text, err := json.MarshalIndent(result, "", "\t")
		if err != nil {
			t.Fatal(err)
		}
		return append(text, '\n')
	}
	got := bytes(1)
	if string(got) != string(bytes(1)) {
		t.Error("twice the same seed gives other bytes")
	}
	if string(got) == string(bytes(2)) {
		t.Error("another seed gives the same bytes")
	}
	const golden = "testdata/result.json"
	if *update {
		if err := os.WriteFile(golden, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if string(got) != string(want) {
		t.Errorf("the bytes differ from %s:\n%s", golden, got)
	}
}

func TestStopsWhenToldTo(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	config, demand := always(50 * time.Millisecond)
	last, calls := int64(0), 0
	options := replay.Options{Until: 3600e9, Progress: func(at int64) {
		if at < last {
			t.Errorf("progress goes back from %d to %d", last, at)
		}
		last = at
		if calls++; calls == 5 {
			cancel()
		}
	}}
	result, err := Run(ctx, config, replay.Poisson(1000, time.Hour, 1), demand, options)
	if err != nil {
		t.Fatal(err)
	}
	if !result.Partial || result.Span != last || result.Requests != 4<<16+1 {
		t.Errorf("partial %v, %d requests to %d, of which %d were reported", result.Partial, result.Requests, result.Span, last)
	}
	if err := result.Check(); err != nil {
		t.Error(err)
	}
}

type broken struct{ replay.Source }

func (broken) Err() error { return errors.New("line 7: no number") }

func TestErrors(t *testing.T) {
	config, demand := always(time.Second)
	for want, source := range map[string]replay.Source{
		"line 7: no number":                         broken{replay.Arrivals([]int64{1})},
		"arrival 2 at 4 ns comes after one at 5 ns": replay.Arrivals([]int64{5, 4}),
	} {
		if _, err := Run(context.Background(), config, source, demand, replay.Options{}); err == nil || err.Error() != want {
			t.Errorf("%v, want %s", err, want)
		}
	}
	bad := Config{MemoryMB: 64, Timeout: 0, KeepAlive: -1, Reserved: -1, Provisioned: 5, RatePerConcurrency: -1, Scaling: Bucket{1, 0}, API: Bucket{-1, 3}, Retry: Retry{Attempts: 99}}
	_, err := Run(context.Background(), bad, replay.Arrivals(nil), demand, replay.Options{})
	if err == nil {
		t.Fatal("no error")
	}
	for _, want := range []string{"memory must", "timeout must", "keep-alive must", "account's concurrency", "reserved", "provisioned", "unit of concurrency", "scaling needs", "API's bucket needs", "attempts must"} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("%q is not in\n%v", want, err)
		}
	}
	good := Defaults(512)
	if err := good.Check(); err != nil {
		t.Error(err)
	}
	if result := run(t, good, replay.Arrivals(nil), demand, replay.Options{}); result.Requests != 0 || result.Span != 0 {
		t.Errorf("an empty trace: %+v", result)
	}
}
