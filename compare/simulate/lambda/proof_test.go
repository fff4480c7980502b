package lambda

import (
	"context"
	"encoding/csv"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"ambi/compare/simulate/replay"
)

// plain is a function without any bound but a concurrency, as SimFaaS has it:
// exponential times, cold ones with the start in them.
func plain(warm, cold, keepAlive float64, concurrency int) (Config, replay.Demand) {
	config := Config{
		MemoryMB: 1769, Timeout: longest, KeepAlive: time.Duration(keepAlive * 1e9), Account: concurrency,
	}
	whole := replay.Exponential(cold * 1e9)
	config.Cold = &whole
	return config, replay.Demand{Wait: replay.Exponential(warm * 1e9)}
}

// long says that a test is, where it would be ten times as long: a simulator has
// one thread, and the race detector nothing to find there.
func long(t *testing.T) {
	t.Helper()
	if raceDetector {
		t.Skip("long, and of one thread")
	}
}

func run(t testing.TB, config Config, source replay.Source, demand replay.Demand, options replay.Options) replay.Result {
	t.Helper()
	result, err := Run(context.Background(), config, source, demand, options)
	if err != nil {
		t.Fatal(err)
	}
	if err := result.Check(); err != nil {
		t.Fatal(err)
	}
	return result
}

// figure is one number of several runs.
type figure struct {
	name string
	of   func(replay.Result) float64
	sums [2]float64
	n    float64
}

func (f *figure) add(r replay.Result) {
	x := f.of(r)
	f.sums[0] += x
	f.sums[1] += x * x
	f.n++
}

// mean returns the mean of the runs, and the deviation of one.
func (f *figure) mean() (mean, deviation float64) {
	mean = f.sums[0] / f.n
	return mean, math.Sqrt(max(0, f.sums[1]-f.n*mean*mean) / (f.n - 1))
}

func pCold(r replay.Result) float64 {
	return float64(r.Meters[replay.ColdStarts]) / float64(r.Requests)
}
func instances(r replay.Result) float64 { return r.Gauges[replay.Instances].Mean }
func running(r replay.Result) float64   { return r.Gauges[replay.InUse].Mean }
func idling(r replay.Result) float64    { return instances(r) - running(r) }
func rejected(r replay.Result) float64 {
	return float64(r.Of(replay.Throttled)) / float64(r.Requests)
}

// TestSimFaaS holds runs against the output that SimFaaS publishes in its
// README and in its example on the maximum concurrency level (pacslab/simfaas):
// one run each, which therefore has to be within three standard deviations of
// one run.
func TestSimFaaS(t *testing.T) {
	long(t)
	type published struct {
		figure
		value float64
	}
	for _, test := range []struct {
		name                              string
		rate, warm, cold, expiry, horizon float64
		concurrency                       int
		figures                           []published
	}{
		{"usage", .9, 1.991, 2.244, 600, 1e6, 1000, []published{
			{figure{name: "p(cold)", of: pCold}, 1213.0 / 898469},
			{figure{name: "instances", of: instances}, 7.6612},
			{figure{name: "running", of: running}, 1.7879},
			{figure{name: "idle", of: idling}, 5.8733},
			{figure{name: "lifespan", of: func(r replay.Result) float64 {
				return r.Gauges[replay.Instances].Seconds / float64(r.Meters[replay.Started])
			}}, 6335.1337},
		}},
		{"maximum concurrency", 1000, 2.016, 2.163, 600, 1e3, 1000, []published{
			{figure{name: "rejected", of: rejected}, .5039},
			{figure{name: "instances", of: instances}, 999.40},
			{figure{name: "running", of: running}, 998.43},
			{figure{name: "cold", of: func(r replay.Result) float64 { return float64(r.Meters[replay.ColdStarts]) }}, 1000},
		}},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			config, demand := plain(test.warm, test.cold, test.expiry, test.concurrency)
			length := time.Duration(test.horizon * 1e9)
			for seed := range uint64(20) {
				demand.Seed = seed
				result := run(t, config, replay.Poisson(test.rate, length, seed), demand, replay.Options{Seed: seed, Until: int64(length)})
				for i := range test.figures {
					test.figures[i].add(result)
				}
			}
			for _, f := range test.figures {
				mean, deviation := f.mean()
				t.Logf("%s: published %.6g, 20 seeds %.6g, one run deviates by %.2g: %.1f deviations apart", f.name, f.value, mean, deviation, (f.value-mean)/deviation)
				if off := math.Abs(f.value - mean); off > 3*deviation*math.Sqrt(1+1.0/20) {
					t.Errorf("%s is %v, published %v", f.name, mean, f.value)
				}
			}
		})
	}
}

// TestMeasured holds converged runs against what was measured on AWS about
// 2021 (examples/exp.csv of pacslab/simfaas). SimFaaS reports mean errors of
// 12.2 % on the probability of a cold start and 3.1 % on instances, from single
// runs.
func TestMeasured(t *testing.T) {
	long(t)
	dir := os.Getenv("AMBI_DATA")
	if dir == "" {
		t.Skip("set AMBI_DATA to a folder with lambda-measured.csv (examples/exp.csv of github.com/pacslab/simfaas)")
	}
	text, err := os.ReadFile(filepath.Join(dir, "lambda-measured.csv"))
	if err != nil {
		t.Fatal(err)
	}
	rows, err := csv.NewReader(strings.NewReader(string(text))).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	columns := map[string]int{}
	for i, name := range rows[0] {
		columns[name] = i
	}
	var table strings.Builder
	errCold, errInstances := 0.0, 0.0
	for _, row := range rows[1:] {
		value := func(column string) float64 {
			x, err := strconv.ParseFloat(row[columns[column]], 64)
			if err != nil {
				t.Fatal(err)
			}
			return x
		}
		rate := value("ArrivalRate")
		config, demand := plain(value("ServiceTimeWarm")/1e3, value("ServiceTimeCold")/1e3, value("IdleMinutesBeforeKill")*60, 1000)
		// Long enough for some 5,000 cold starts.
		length := time.Duration(5e5 / rate / (1 + 10*rate) * 1e9)
		if rate < .02 {
			length = time.Duration(2e4 / rate * 1e9)
		}
		length = max(length, 5e5*time.Second)
		cold, count := figure{of: pCold}, figure{of: instances}
		const seeds = 10
		for seed := range uint64(seeds) {
			demand.Seed = seed
			result := run(t, config, replay.Poisson(rate, length, seed), demand, replay.Options{Seed: seed, Until: int64(length)})
			cold.add(result)
			count.add(result)
		}
		p, deviation := cold.mean()
		n, deviations := count.mean()
		// Student's t for nine degrees of freedom.
		const t95 = 2.262
		measuredCold, measuredCount := value("ColdStartProbability"), value("AverageInstanceCount")
		fmt.Fprintf(&table, "%8.4f/s: p(cold) measured %.5f, simulated %.5f ± %.5f (%+.1f %%); instances %.3f, %.3f ± %.3f (%+.1f %%)\n", rate,
			measuredCold, p, t95*deviation/math.Sqrt(seeds), 100*(p/measuredCold-1),
			measuredCount, n, t95*deviations/math.Sqrt(seeds), 100*(n/measuredCount-1))
		errCold += math.Abs(p/measuredCold-1) / float64(len(rows)-1)
		errInstances += math.Abs(n/measuredCount-1) / float64(len(rows)-1)
	}
	t.Logf("95 %% intervals of the simulation's means:\n%smean errors: p(cold) %.1f %%, instances %.1f %%", &table, 100*errCold, 100*errInstances)
	if errCold > .16 || errInstances > .04 {
		t.Errorf("mean errors are %.1f %% on p(cold), want at most 16, and %.1f %% on instances, want at most 4", 100*errCold, 100*errInstances)
	}
}

// erlangB is the probability that all of some servers are busy.
func erlangB(load float64, servers int) float64 {
	blocking := 1.0
	for k := range servers {
		blocking = load * blocking / (float64(k+1) + load*blocking)
	}
	return blocking
}

func TestErlangB(t *testing.T) {
	long(t)
	if got := erlangB(2016, 1000); math.Abs(got-.50445) > 5e-6 {
		t.Fatalf("Erlang-B(2016, 1000) = %v, want .50445", got)
	}
	for _, test := range []struct {
		rate, service float64
		concurrency   int
	}{
		{1000, 2.016, 1000}, {90, 1, 100}, {5, 1, 5}, {3, .5, 1},
	} {
		// Cold and warm alike: a loss system, which forgets its service times'
		// distribution.
		config, demand := plain(test.service, test.service, 1e6, test.concurrency)
		lost := figure{of: func(r replay.Result) float64 {
			requests, throttled := int64(0), int64(0)
			for _, p := range r.Series {
				if p.At > int64(20*test.service*1e9) { // filled
					requests += p.Requests
					throttled += p.Throttled
				}
			}
			return float64(throttled) / float64(requests)
		}}
		const seeds = 10
		for seed := range uint64(seeds) {
			demand.Seed = seed + 100
			length := time.Duration(2e5 / test.rate * 1e9)
			lost.add(run(t, config, replay.Poisson(test.rate, length, seed+50), demand, replay.Options{Seed: seed}))
		}
		mean, deviation := lost.mean()
		want := erlangB(test.rate*test.service, test.concurrency)
		t.Logf("%v/s of %v s on %d: lost %.5f ± %.5f, Erlang-B %.5f", test.rate, test.service, test.concurrency, mean, deviation/math.Sqrt(seeds), want)
		if math.Abs(mean-want) > 3.5*deviation/math.Sqrt(seeds) {
			t.Errorf("lost %v, want %v", mean, want)
		}
	}
}

func TestRunningIsArrivalsTimesService(t *testing.T) {
	for _, rate := range []float64{.05, 2, 400} {
		config, demand := plain(.25, .25, 600, 10000)
		length := time.Duration(3e5 / rate * 1e9)
		result := run(t, config, replay.Poisson(rate, length, 3), demand, replay.Options{Until: int64(length)})
		if got, want := running(result), rate*.25; math.Abs(got-want) > .015*want {
			t.Errorf("%v/s of .25 s keep %v environments running, want %v", rate, got, want)
		}
	}
}

// TestColdStartsAtLowRates is the closed form for an environment that has no
// second beside it but when two requests meet.
func TestColdStartsAtLowRates(t *testing.T) {
	for _, rate := range []float64{.0003, .001, .003, .006} {
		config, demand := plain(2, 2, 600, 1000)
		length := time.Duration(4e5 / rate * 1e9)
		result := run(t, config, replay.Poisson(rate, length, 4), demand, replay.Options{Until: int64(length)})
		want := math.Exp(-rate*600) + rate*2
		if got := pCold(result); math.Abs(got-want) > .02*want+.0005 {
			t.Errorf("at %v/s p(cold) is %v, want %v", rate, got, want)
		}
	}
}
