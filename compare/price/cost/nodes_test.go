package cost

import (
	"math"
	"math/rand/v2"
	"testing"

	"ambi/compare/price/nodes"
)

// fewestNodes is the smallest number of nodes on which a service's replicas and
// CoreDNS's two find room, wherever CoreDNS's are: tried from one node on.
func fewestNodes(room nodes.Room, pod nodes.Pod, replicas int) int {
	beside := func(dns int) int { // replicas on a node with so many of CoreDNS's
		left := room
		for range dns {
			if left.Fits(nodes.DNS()) == 0 {
				return -1
			}
			left = nodes.Room{MilliCPU: left.MilliCPU - nodes.DNS().MilliCPU, MemoryMiB: left.MemoryMiB - nodes.DNS().MemoryMiB, Pods: left.Pods - 1}
		}
		return left.Fits(pod)
	}
	alone, one, two := room.Fits(pod), beside(1), beside(2)
	for n := 1; ; n++ {
		if two >= 0 && (n-1)*alone+two >= replicas {
			return n
		}
		if n >= 2 && one >= 0 && (n-2)*alone+2*one >= replicas {
			return n
		}
	}
}

// At every moment of a service's traffic there are exactly as many nodes as its
// pods need, and never fewer than are always there.
func TestNodesAreTheFewestAtEveryMoment(t *testing.T) {
	random := rand.New(rand.NewPCG(5, 5))
	catalog := catalog(t)
	moments, above := 0, 0
	for range 1000 {
		w := randomWorkload(t, random)
		choices := Defaults()
		choices.Kubernetes.MinNodes = random.IntN(4)
		c, err := newCluster(catalog, App{Workloads: []Workload{w}}, choices)
		if err != nil {
			t.Fatal(err)
		}
		pod := nodes.Pod{MilliCPU: w.Pod.MilliCPU, MemoryMiB: w.Pod.MemoryMiB}
		shares := 0.0
		for level, share := range c.shares {
			shares += share
			replicas := c.services[0].replicas(1, c.factors[level][0])
			want := max(fewestNodes(c.instance.Allocatable(), pod, int(replicas)), choices.Kubernetes.MinNodes)
			// Their CPU must do, whatever pods request of it.
			cores := c.services[0].rate(1, c.factors[level][0]) * c.services[0].cpu
			want = max(want, int(math.Ceil(cores*1000/float64(c.room.MilliCPU)-1e-6)))
			if got, _ := c.nodesAt(1, level); got != float64(want) {
				t.Fatalf("%v replicas of %+v on %s: %v nodes, and %d hold them", replicas, pod, c.instance.Type, got, want)
			}
			moments++
			if want > choices.Kubernetes.MinNodes {
				above++
			}
		}
		if math.Abs(shares-1) > 1e-9 {
			t.Fatalf("the moments are %v of the time", shares)
		}
	}
	if above < moments/10 {
		t.Errorf("only %d of %d moments need more nodes than are always there", above, moments)
	}
}
