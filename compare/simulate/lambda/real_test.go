package lambda

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"ambi/compare/demand"
	"ambi/compare/demand/trace"
	"ambi/compare/price/cost"
	"ambi/compare/simulate/replay"
	"ambi/spec"
)

// TestAzureTrace serves real arrivals, and compares with the naive simulator:
// Azure's trace of language model inference of 2023, whose durations are not
// those of a web service and are not used.
func TestAzureTrace(t *testing.T) {
	dir := os.Getenv("AMBI_DATA")
	if dir == "" {
		t.Skip("set AMBI_DATA to a folder with trace-azure-code.csv (AzureLLMInferenceTrace_code.csv of github.com/Azure/AzurePublicDataset)")
	}
	file, err := os.Open(filepath.Join(dir, "trace-azure-code.csv"))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	reader, err := trace.Open(file, trace.Options{})
	if err != nil {
		t.Fatal(err)
	}
	var arrivals []int64
	for at, ok := reader.Next(); ok; at, ok = reader.Next() {
		arrivals = append(arrivals, at)
	}
	if err := reader.Err(); err != nil || len(arrivals) != 8819 {
		t.Fatalf("%d arrivals, %v", len(arrivals), err)
	}
	for _, memory := range []int{128, 1024} {
		config := Defaults(memory)
		config.Placement, config.Init, config.Start = replay.Exponential(100e6), replay.Lognormal(200e6, .3), 200*time.Millisecond
		config.Account = 20
		demand := replay.Demand{Wait: replay.Lognormal(100e6, 1), CPU: replay.Lognormal(30e6, 1), Seed: 1}
		result := run(t, config, replay.Arrivals(arrivals), demand, replay.Options{Seed: 2})
		n := naive{Config: config, demand: demand, seed: 2}
		n.run(arrivals)
		var want replay.OutcomeCounts
		for _, f := range n.fates {
			want[f.outcome]++
		}
		if result.Outcomes != want || result.Meters[replay.ColdStarts] != int64(n.cold) {
			t.Errorf("%v with %d cold starts, want %v with %d", result.Outcomes, result.Meters[replay.ColdStarts], want, n.cold)
		}
		t.Logf("%d MB: %v, %d cold starts, p50 %s, p99 %s", memory, result.Outcomes, n.cold, time.Duration(result.Latency.P50), time.Duration(result.Latency.P99))
	}
}

// TestTheEstimateOfColdStarts holds compare's closed form, which needs no
// simulation, against one.
func TestTheEstimateOfColdStarts(t *testing.T) {
	long(t)
	for _, test := range []struct {
		rate        float64
		provisioned int
	}{{.002, 0}, {.02, 0}, {.5, 0}, {5, 0}, {100, 0}, {.5, 1}, {5, 1}, {5, 3}, {5, 6}, {5, 8}, {100, 30}, {100, 40}} {
		rate := test.rate
		usage, err := demand.Usage{
			Requests: demand.Known(rate * demand.SecondsPerMonth), Shape: spec.Steady,
			Duration: demand.Known(200 * time.Millisecond), CPUTime: demand.Known(time.Duration(0)),
		}.Resolve()
		if err != nil {
			t.Fatal(err)
		}
		keepAlive := 6 * time.Minute
		w := cost.Workload{Name: "api", Traffic: usage, Function: cost.Function{MemoryMB: 1769, Architecture: "arm64", Provisioned: test.provisioned}, Pod: cost.Pod{MilliCPU: 100, MemoryMiB: 100, Min: 1, Concurrency: 1, TargetPercent: 70}}
		want := cost.ColdStarts(w, keepAlive) / demand.SecondsPerMonth

		config := Defaults(1769)
		config.KeepAlive, config.Provisioned = keepAlive, test.provisioned
		length := time.Duration(min(max(3e6/rate, 1e5), 3e8) * 1e9)
		result := run(t, config, replay.Poisson(rate, length, 1), replay.Demand{Wait: replay.Exponential(200e6)}, replay.Options{Until: int64(length)})
		cold, seconds := 0.0, 0.0
		for _, p := range result.Series {
			if p.At > 2*int64(keepAlive) { // the first ones start because nothing was there
				cold += float64(p.Meters[replay.ColdStarts])
				seconds += float64(p.Length) / 1e9
			}
		}
		got := cold / seconds
		t.Logf("%v/s, %d provisioned: %.3g cold starts an hour, estimated %.3g", rate, test.provisioned, got*3600, want*3600)
		// What spills over a large load comes in clusters, which start fewer than Poisson arrivals would.
		most := 1.15
		if test.provisioned > 30 {
			most = 2
		}
		if want/got < .85 || want/got > most {
			t.Errorf("at %v/s with %d provisioned %v environments start a second, estimated %v", rate, test.provisioned, got, want)
		}
	}
}
