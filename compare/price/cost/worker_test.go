package cost

import (
	"math/rand/v2"
	"testing"
)

// A worker and a StatefulSet: nodes as ever, and 2 pods x 20.5 GB and 1 x 5 GB of claims x .08 = 3.68. Neither
// changes with the requests, and a function cannot be a worker.
func TestWorkersAndClaimsByHand(t *testing.T) {
	worker := Workload{
		Name: "sync", Worker: true, Traffic: WorkerTraffic(), Function: Function{MemoryMB: 512, Architecture: "arm64"},
		Pod: Pod{MilliCPU: 1500, MemoryMiB: 512, Min: 3, Concurrency: 1, TargetPercent: 70},
	}
	search := worker
	search.Name, search.Pod.Min, search.Pod.MilliCPU, search.ClaimGB = "search", 2, 100, 20.5
	crawl := search
	crawl.Name, crawl.Pod.Min, crawl.ClaimGB = "crawl", 1, 5
	app := App{Workloads: []Workload{worker, search, crawl}}
	if !app.Fixed() {
		t.Error("it would grow with requests")
	}
	if missing := worker.Missing(); missing != nil {
		t.Errorf("missing: %v", missing)
	}
	m := kubernetesOf(t, app, Defaults())
	// One pod of 1,500 m a node of m7g.large, which has 1,930 m less its own pods': 3 nodes x 730 h x .0816 = 178.70.
	for _, scale := range []float64{1, 1000} {
		wantLines(t, m.Bill(scale), map[string]string{
			"Disks of claims": "3.68", "Nodes m7g.large, idle": "178.70", "Nodes m7g.large, in use": "0.00", "Disks": "4.80", "EKS control plane": "73.00",
		})
	}
	if _, err := Lambda(sheet(t), app, Defaults()); err == nil {
		t.Error("a function runs for ever")
	}
}

// Random workers and StatefulSets against the second arithmetic: nodes for the pods that are always there, and
// disks.
func TestWorkersAgainstNaiveArithmetic(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 3))
	sheet, catalog, raw := sheet(t), catalog(t), rawPrices(t, "us-east-1")
	claims := 0
	for range 300 {
		w := randomWorkload(t, random)
		w.Worker, w.Traffic, w.Routes, w.Pod.TargetRate = true, WorkerTraffic(), 0, 0
		if w.Pod.Min > 0 && random.IntN(2) == 0 {
			w.ClaimGB = float64(1+random.IntN(2000)) / 8
			claims += w.Pod.Min
		}
		choices := Defaults()
		k := &choices.Kubernetes
		k.Extended, k.AutoMode = random.IntN(4) == 0, random.IntN(4) == 0
		if random.IntN(3) == 0 {
			k.Shared = 1 - random.Float64()
		}
		if random.IntN(3) == 0 {
			k.OnFargate()
			k.AutoMode, k.PublicNodes = false, false
		}
		w.Balancer.Internal = true // it has none, and no addresses for one
		n := naive{t, raw, w, choices, random.IntN(3), 0, false}
		m, err := Kubernetes(sheet, catalog, App{Workloads: []Workload{w}, Alarms: n.shared}, choices)
		if err != nil {
			t.Fatal(err)
		}
		instance, err := catalog.Find(map[string]string{"x86_64": "m7i.large", "arm64": "m7g.large"}[w.Function.Architecture])
		if err != nil {
			t.Fatal(err)
		}
		want := n.kubernetes(instance)
		delete(want, "Application Load Balancer")
		delete(want, "Load balancer capacity")
		compareBill(t, w, m.Bill(1), want)
		if t.Failed() {
			return
		}
	}
	if claims < 100 {
		t.Errorf("pods have only %d claims", claims)
	}
}
