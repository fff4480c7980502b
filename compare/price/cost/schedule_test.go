package cost

import (
	"math"
	"strings"
	"testing"
	"time"

	"ambi/compare/demand"
	"ambi/compare/price"
	"ambi/internal/cron"
	"ambi/spec"
)

// nightly is a service that runs at some times: 5 minutes at half a core, started in 2 s.
func nightly(t testing.TB, times string) Workload {
	schedule, err := cron.Parse(times)
	if err != nil {
		t.Fatal(err)
	}
	u := usage()
	w := Workload{Schedule: &Schedule{Pauses: schedule.Pauses()}}
	u.Requests, u.Shape = demand.Known(w.Schedule.Runs()), spec.Steady
	u.Duration, u.CPUTime, u.Start = demand.Known(5*time.Minute), demand.Known(150*time.Second), demand.Known(2*time.Second)
	whole := workload(t, u)
	whole.Name, whole.Routes, whole.Schedule = "nightly", 0, w.Schedule
	whole.Pod = Pod{MilliCPU: 510, MemoryMiB: 544, Concurrency: 1}
	return whole
}

// Once a day in a month of 730 hours is 30.4167 runs, each of which starts an environment.
// 885 MB give .50028 of a core: 150 s + 150 s / .50028 = 449.832 s; x 30.4167 x .864258 GB =
// 11,825 GB-s x .0000133334 = .16. On Fargate a pod of 1 vCPU runs 302 s: 30.4167 x 302 / 3,600
// = 2.5516 vCPU hours. As requests grow tenfold, the runs stay.
func TestScheduleByHand(t *testing.T) {
	app := App{Workloads: []Workload{nightly(t, "0 6 * * *")}}
	m := lambdaOf(t, app, Defaults())
	for _, scale := range []float64{1, 10} {
		wantLines(t, m.Bill(scale), map[string]string{"Lambda duration, arm64": "0.16", "HTTP API requests": "0.00"})
	}
	choices := Defaults()
	choices.Kubernetes.OnFargate()
	choices.Kubernetes.Shared = .5 // without CoreDNS
	for _, scale := range []float64{1, 10} {
		var cpu float64
		for _, c := range kubernetesOf(t, app, choices).Bill(scale).Components {
			if strings.HasPrefix(c.Name, "Fargate CPU") {
				cpu += *c.Quantity
			}
		}
		if want := 730. / 24 * 302 / 3600; math.Abs(cpu-want) > 1e-6 {
			t.Errorf("%v vCPU hours at %v times the requests, want %v", cpu, scale, want)
		}
	}
}

// What starts the runs has a price only where the user gives one: 30.4167 runs x $.10 = 3.04.
func TestSchedulerPriceIsGiven(t *testing.T) {
	app := App{Workloads: []Workload{nightly(t, "0 6 * * *")}}
	wantLines(t, lambdaOf(t, app, Defaults()).Bill(1), map[string]string{"Schedule invocations": "0.00"})
	book, err := price.Embedded()
	if err != nil {
		t.Fatal(err)
	}
	given, err := book.In("us-east-1", price.Change{Key: SchedulerPrice, Price: 1e11})
	if err != nil {
		t.Fatal(err)
	}
	m, err := Lambda(given, app, Defaults())
	if err != nil {
		t.Fatal(err)
	}
	wantLines(t, m.Bill(1), map[string]string{"Schedule invocations": "3.04"})
	wantLines(t, kubernetesOf(t, app, Defaults()).Bill(1), map[string]string{"Schedule invocations": "0.00"})
}

// A pod in a shared cluster gets the half core that it requests: 150 s of waiting and 150 s of
// CPU time take 150 + 150 / .51 = 444.1 s, and 2 s to start. Every 5 minutes that is 446.1 / 300 =
// 1.487 pods on average; one by one it is one.
func TestRunsWithLessThanACore(t *testing.T) {
	w := nightly(t, "*/5 * * * *")
	choices := Defaults()
	choices.Kubernetes.Shared = .1
	for oneByOne, want := range map[bool]float64{false: (152 + 150/.51) / 300, true: 1} {
		w.Schedule.OneByOne = oneByOne
		c, err := newCluster(catalog(t), App{Workloads: []Workload{w}}, choices)
		if err != nil {
			t.Fatal(err)
		}
		s := &c.services[0]
		if got := s.replicas(1, 1) * s.running(1, 1); math.Abs(got-want) > 1e-9 {
			t.Errorf("one by one %v: %v pods, want %v", oneByOne, got, want)
		}
	}
}
