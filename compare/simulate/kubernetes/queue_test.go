package kubernetes

import (
	"context"
	"math"
	"testing"
	"time"

	"ambi/compare/price/nodes"
	"ambi/compare/simulate/replay"
)

const testSeeds = 20

// alone is one pod with so many cores, without an autoscaler, nodes or timeouts.
func alone(cores, concurrency int) Config {
	c := Defaults(nodes.Pod{MilliCPU: 1000 * cores, MemoryMiB: 1}, concurrency)
	c.Queue, c.EntryTimeout = math.MaxInt32, 0
	return c
}

// over runs a configuration with several seeds and returns the mean of a figure
// and its standard error.
func over(t *testing.T, c Config, rate float64, length time.Duration, demand replay.Demand, figure func(replay.Result) float64) (mean, sigma float64) {
	t.Helper()
	if raceDetector {
		t.Skip("a run is one thread, and takes long under the race detector")
	}
	var sum, squares float64
	for n := range uint64(testSeeds) {
		seed := 1000 + n
		demand.Seed = seed
		r, err := Run(context.Background(), c, replay.Poisson(rate, length, seed), demand, replay.Options{Seed: seed})
		if err != nil {
			t.Fatal(err)
		}
		checkRun(t, r)
		x := figure(r)
		sum += x
		squares += x * x
	}
	mean = sum / testSeeds
	return mean, math.Sqrt((squares/testSeeds - mean*mean) / (testSeeds - 1))
}

// checkRun is what holds in every run: requests are not lost, and what is in the
// system follows from arrivals and times in it (Little's law).
func checkRun(t *testing.T, r replay.Result) {
	t.Helper()
	if err := r.Check(); err != nil {
		t.Error(err)
	}
	if r.InFlight > 0 || r.Outcomes[replay.Served] != r.Requests {
		return // then times in the system are not all known
	}
	there := r.Gauges[replay.InUse].Seconds + r.Gauges[replay.Queued].Seconds
	times := float64(r.Meters[replay.LatencyNanoseconds]) / 1e9
	if math.Abs(there-times) > 1e-9*times+1e-9 {
		t.Errorf("%v request-seconds in the system, and requests were there for %v s", there, times)
	}
	waiting, waits := r.Gauges[replay.Queued].Seconds, float64(r.Meters[replay.QueuedNanoseconds])/1e9
	if math.Abs(waiting-waits) > 1e-9*waits+1e-9 {
		t.Errorf("%v request-seconds in queues, and requests waited for %v s", waiting, waits)
	}
}

func near(t *testing.T, what string, mean, sigma, want float64) {
	t.Helper()
	t.Logf("%s: %.6g ± %.2g, closed form %.6g (%+.2f sigma, %+.3f %%)", what, mean, sigma, want, (mean-want)/sigma, 100*(mean/want-1))
	if math.Abs(mean-want) > 3.5*sigma+1e-4*want {
		t.Errorf("%s: %.6g ± %.2g, want %.6g", what, mean, sigma, want)
	}
	if sigma > .02*want {
		t.Errorf("%s: the standard error %.2g is too large to say anything", what, sigma)
	}
}

// TestMMc: a pod with as many cores as it works at requests is c servers with
// one queue. Erlang's C formula has the mean time in it.
func TestMMc(t *testing.T) {
	for _, q := range []struct {
		servers int
		load    float64
	}{{1, .5}, {1, .9}, {2, .7}, {8, .85}, {50, .95}} {
		const service = .02
		rate := q.load * float64(q.servers) / service
		mean, sigma := over(t, alone(q.servers, q.servers), rate, time.Duration(400_000/rate*float64(time.Second)),
			replay.Demand{CPU: replay.Exponential(service * 1e9)},
			func(r replay.Result) float64 {
				return float64(r.Meters[replay.LatencyNanoseconds]) / 1e9 / float64(r.Requests)
			})
		waiting := erlangC(q.servers, rate*service)
		near(t, "M/M/c", mean, sigma, service+waiting*service/(float64(q.servers)*(1-q.load)))
	}
}

// erlangC is the probability of waiting with so many servers and so much offered
// load, from Erlang's B by its recurrence.
func erlangC(servers int, offered float64) float64 {
	b := 1.0
	for n := 1; n <= servers; n++ {
		b = offered * b / (float64(n) + offered*b)
	}
	load := offered / float64(servers)
	return b / (1 - load*(1-b))
}

// TestMG1PS: a pod of one core that works at all requests at once shares it
// among them. The mean time does not depend on the distribution of CPU times but
// by its mean: service / (1 - load).
func TestMG1PS(t *testing.T) {
	const service = .01
	for name, d := range map[string]replay.Distribution{
		"M/D/1-PS":           replay.Constant(service * 1e9),
		"M/M/1-PS":           replay.Exponential(service * 1e9),
		"M/lognormal/1-PS":   replay.Lognormal(service*1e9, 2),
		"M/lognormal/1-PS 3": replay.Lognormal(service*1e9, 3),
	} {
		for _, load := range []float64{.3, .8} {
			rate := load / service
			mean, sigma := over(t, alone(1, 1_000_000), rate, time.Duration(300_000/rate*float64(time.Second)), replay.Demand{CPU: d},
				func(r replay.Result) float64 {
					return float64(r.Meters[replay.LatencyNanoseconds]) / 1e9 / float64(r.Requests)
				})
			near(t, name, mean, sigma, d.Mean()/1e9/(1-load))
		}
	}
}

// TestPollaczekKhinchine: a pod that works at one request at a time is a queue with one server,
// M/G/1, whose requests wait for lambda E[S^2] / (2 (1 - load)), whatever their times, which are
// those of a median and a 99th percentile here.
func TestPollaczekKhinchine(t *testing.T) {
	for _, q := range []struct{ p50, p99 float64 }{{20, 40}, {20, 100}, {20, 200}} {
		d := replay.LognormalThrough(q.p50*1e6, q.p99*1e6)
		sigma := math.Log(q.p99/q.p50) / 2.3263478740408408
		service := q.p50 / 1e3 * math.Exp(sigma*sigma/2)
		square := service * service * math.Exp(sigma*sigma)
		for _, load := range []float64{.3, .7} {
			rate := load / service
			mean, deviation := over(t, alone(1, 1), rate, time.Duration(400_000/rate*float64(time.Second)), replay.Demand{Wait: d},
				func(r replay.Result) float64 {
					return float64(r.Meters[replay.LatencyNanoseconds]) / 1e9 / float64(r.Requests)
				})
			near(t, "M/lognormal/1", mean, deviation, service+rate*square/(2*(1-load)))
		}
	}
}

// TestWaitDoesNotCompute: what requests wait for adds to their time and to
// nothing else (an M/G/∞ behind the M/G/1-PS).
func TestWaitDoesNotCompute(t *testing.T) {
	const service, pause, rate = .01, .05, 60.
	mean, sigma := over(t, alone(1, 1_000_000), rate, 5000*time.Second,
		replay.Demand{CPU: replay.Exponential(service * 1e9), Wait: replay.Exponential(pause * 1e9)},
		func(r replay.Result) float64 { return r.Gauges[replay.InUse].Mean })
	near(t, "requests in the pod", mean, sigma, rate*service/(1-rate*service)+rate*pause)
}

// TestEqualShares: two requests on a core each take twice as long while both
// compute. By hand.
func TestEqualShares(t *testing.T) {
	ms := int64(time.Millisecond)
	for _, q := range []struct {
		name        string
		cores, slot int
		arrivals    []int64
		cpu         int64
		mean        int64
	}{
		{"alone", 1, 10, []int64{0}, 10 * ms, 10 * ms},
		{"together", 1, 10, []int64{0, 0}, 10 * ms, 20 * ms},
		// The first has 5 ms left when the second comes, which then take 10; the
		// second has 5 left then: 15 each.
		{"overlapping", 1, 10, []int64{0, 5 * ms}, 10 * ms, 15 * ms},
		{"no more than a core each", 4, 10, []int64{0, 0}, 10 * ms, 10 * ms},
		{"three on two cores", 2, 10, []int64{0, 0, 0}, 10 * ms, 15 * ms},
		// One at a time: 10 and 20.
		{"in turn", 1, 1, []int64{0, 0}, 10 * ms, 15 * ms},
	} {
		t.Run(q.name, func(t *testing.T) {
			r, err := Run(context.Background(), alone(q.cores, q.slot), replay.Arrivals(q.arrivals), replay.Demand{CPU: replay.Constant(q.cpu)}, replay.Options{})
			if err != nil {
				t.Fatal(err)
			}
			checkRun(t, r)
			if off := r.Latency.Mean - q.mean; off < -1 || off > 1 {
				t.Errorf("mean latency %d ns, want %d", r.Latency.Mean, q.mean)
			}
			if used := r.Meters[replay.CPUNanoseconds]; used != q.cpu*int64(len(q.arrivals)) {
				t.Errorf("%d ns of CPU time", used)
			}
		})
	}
}
