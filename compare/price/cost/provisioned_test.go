package cost_test

import (
	"context"
	"math"
	"testing"
	"time"

	"ambi/compare/demand"
	"ambi/compare/demand/trace"
	"ambi/compare/price"
	"ambi/compare/price/cost"
	"ambi/compare/simulate/lambda"
	"ambi/compare/simulate/replay"
	"ambi/spec"
)

// quantityOf is a component's quantity by its name.
func quantityOf(t *testing.T, bill cost.Bill, name string) float64 {
	t.Helper()
	for _, c := range bill.Components {
		if c.Name == name {
			return *c.Quantity
		}
	}
	t.Fatalf("no component %s", name)
	return 0
}

// TestProvisionedAgainstSimulation holds the closed form of what provisioned
// concurrency serves, and of how much of it is in use, against the simulator:
// both within half a percent of the whole. By the mean load alone 5 provisioned
// would serve a load of 5 whole; more than a quarter of it spills.
func TestProvisionedAgainstSimulation(t *testing.T) {
	book, err := price.Embedded()
	if err != nil {
		t.Fatal(err)
	}
	sheet, err := book.In("us-east-1")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		shape       spec.Shape
		rate        float64 // a second
		busy        time.Duration
		provisioned int
		length      time.Duration
	}{
		{spec.Steady, 1, 200 * time.Millisecond, 1, 48 * time.Hour},
		{spec.Steady, 25, 200 * time.Millisecond, 5, 4 * time.Hour},
		{spec.Steady, 25, 200 * time.Millisecond, 8, 4 * time.Hour},
		{spec.Steady, 100, 200 * time.Millisecond, 12, 2 * time.Hour},
		{spec.Steady, .5, 10 * time.Second, 7, 48 * time.Hour},
		{spec.Diurnal, 5, 500 * time.Millisecond, 3, 72 * time.Hour},
		{spec.Diurnal, 5, 500 * time.Millisecond, 6, 72 * time.Hour},
	} {
		u := demand.Usage{
			Requests: demand.Known(c.rate * demand.SecondsPerMonth), Shape: c.shape, Duration: demand.Known(c.busy), CPUTime: demand.Known(time.Duration(0)),
			Request: demand.Known[int64](0), Response: demand.Known[int64](0), Log: demand.Known[int64](0), Outbound: demand.Known[int64](0), Start: demand.Known(time.Duration(0)),
		}
		resolved, err := u.Resolve()
		if err != nil {
			t.Fatal(err)
		}
		w := cost.Workload{Name: "api", Traffic: resolved, LogDays: 30, Function: cost.Function{MemoryMB: 1024, Architecture: "arm64", Provisioned: c.provisioned}}
		model, err := cost.Lambda(sheet, cost.App{Workloads: []cost.Workload{w}}, cost.Defaults())
		if err != nil {
			t.Fatal(err)
		}
		bill := model.Bill(1)
		served := quantityOf(t, bill, "Lambda duration on provisioned concurrency, arm64") / (c.rate * demand.SecondsPerMonth * c.busy.Seconds())
		onDemand := quantityOf(t, bill, "Lambda duration, arm64") / (c.rate * demand.SecondsPerMonth * c.busy.Seconds())
		if math.Abs(served+onDemand-1) > 1e-9 {
			t.Errorf("%v: %v of the requests are served by one or the other", c, served+onDemand)
		}
		inUse := quantityOf(t, bill, "Lambda provisioned concurrency in use, arm64") / demand.SecondsPerMonth

		source, err := trace.Synthesize(resolved, c.length, 1)
		if err != nil {
			t.Fatal(err)
		}
		config := lambda.Defaults(1024)
		config.Provisioned = c.provisioned
		demand := replay.Demand{Wait: replay.Exponential(float64(c.busy)), Seed: 1}
		result, err := lambda.Run(context.Background(), config, source, demand, replay.Options{Seed: 1, Until: int64(c.length)})
		if err != nil {
			t.Fatal(err)
		}
		gotServed := float64(result.Meters[replay.ProvisionedServed]) / float64(result.Requests)
		gotInUse := result.Gauges[replay.Provisioned].Mean
		t.Logf("%s, load %v, %d provisioned: serves %.4f, simulated %.4f; %.4f in use, simulated %.4f",
			c.shape, c.rate*c.busy.Seconds(), c.provisioned, served, gotServed, inUse, gotInUse)
		if math.Abs(served-gotServed) > .005 || math.Abs(inUse-gotInUse) > .005*float64(c.provisioned) {
			t.Errorf("%s, load %v, %d provisioned: serves %.4f, simulated %.4f; %.4f in use, simulated %.4f",
				c.shape, c.rate*c.busy.Seconds(), c.provisioned, served, gotServed, inUse, gotInUse)
		}
	}
}
