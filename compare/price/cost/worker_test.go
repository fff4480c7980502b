package cost

import (
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
