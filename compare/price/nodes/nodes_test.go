package nodes_test

import (
	"math/rand/v2"
	"strings"
	"testing"

	"ambi/compare/price/nodes"
)

func catalog(t testing.TB) *nodes.Catalog {
	t.Helper()
	c, err := nodes.Embedded()
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func find(t testing.TB, name string) nodes.Instance {
	t.Helper()
	i, err := catalog(t).Find(name)
	if err != nil {
		t.Fatal(err)
	}
	return i
}

func TestAllocatable(t *testing.T) {
	for name, want := range map[string]nodes.Room{
		// 2 vCPU: 2000 - (60 + 10) - 125 = 1805. 29 pods: 3 x 9 + 2.
		// 8192 - 615 (7.5 %, rounded up) - (11 x 29 + 255) - 100 = 6903.
		"m7g.large": {1805, 6903, 27},
		// 4 vCPU: 4000 - (60 + 10 + 5 + 5) - 125 = 3795. 58 pods: 4 x 14 + 2.
		// 16384 - 1229 - (11 x 58 + 255) - 100 = 14162.
		"m7g.xlarge": {3795, 14162, 56},
		// 32 vCPU: 32000 - (80 + 28 x 2.5) - 125 = 31725. 234 pods: 8 x 29 + 2.
		// 131072 - 9831 - (11 x 234 + 255) - 100 = 118312.
		"m7g.8xlarge": {31725, 118312, 232},
		// 2 vCPU, 4 pods: 512 - 39 - (44 + 255) - 100 = 74.
		"t4g.nano": {1805, 74, 2},
	} {
		if got := find(t, name).Allocatable(); got != want {
			t.Errorf("%s: got %+v, want %+v", name, got, want)
		}
	}
	if _, err := catalog(t).Find("m9z.large"); err == nil || !strings.Contains(err.Error(), "hint:") {
		t.Errorf("got %v", err)
	}
	family := catalog(t).Family(find(t, "m7g.xlarge"))
	if len(family) != 6 || family[0].Type != "m7g.medium" || family[5].Type != "m7g.8xlarge" {
		t.Errorf("got %v", family)
	}
	if catalog(t).Source() == "" {
		t.Error("the shapes have no source")
	}
}

func packer(t testing.TB, room nodes.Room, pods ...nodes.Pod) *nodes.Packer {
	t.Helper()
	p, err := nodes.NewPacker(room, pods...)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestCountByHand(t *testing.T) {
	large := find(t, "m7g.large").Allocatable() // 1805m, 6903 MiB, 27 places
	for _, c := range []struct {
		name     string
		pods     []nodes.Pod
		replicas []int
		want     int
	}{
		{"nothing", nil, nil, 0},
		{"three half cores fit a node", []nodes.Pod{{500, 512}}, []int{3}, 1},
		{"four do not", []nodes.Pod{{500, 512}}, []int{4}, 2},
		{"memory decides", []nodes.Pod{{100, 3452}}, []int{2}, 2}, // 2 x 3452 = 6904 > 6903
		{"memory just fits", []nodes.Pod{{100, 3451}}, []int{2}, 1},
		{"places decide", []nodes.Pod{{1, 1}}, []int{28}, 2},
		{"small ones fill the gaps", []nodes.Pod{{300, 100}, {1500, 1000}}, []int{3, 3}, 3},
		// 26 pods of 68m leave 37m. First fit has both DNS pods on one node, with 23 more, and
		// 26 on the next. With one on each node, 25 fit beside it.
		{"room for DNS is made", []nodes.Pod{{68, 262}, nodes.DNS()}, []int{50, nodes.DNSReplicas}, 2},
		// Three half cores leave 305m: both DNS pods find room there.
		{"with DNS", []nodes.Pod{{500, 512}, nodes.DNS()}, []int{3, nodes.DNSReplicas}, 1},
	} {
		if got := packer(t, large, c.pods...).Count(c.replicas...); got != c.want {
			t.Errorf("%s: got %d, want %d", c.name, got, c.want)
		}
	}
	if _, err := nodes.NewPacker(large, nodes.Pod{MilliCPU: 1806, MemoryMiB: 1}); err == nil || !strings.Contains(err.Error(), "does not fit a node, which has 1805m") {
		t.Errorf("got %v", err)
	}
}

// fewest tries every way of placing pods; pods are few and alike enough.
func fewest(room nodes.Room, pods []nodes.Pod, open []nodes.Room, best int) int {
	if len(open) >= best {
		return best
	}
	if len(pods) == 0 {
		return len(open)
	}
	pod, rest := pods[0], pods[1:]
	for i, left := range open {
		if left.Fits(pod) == 0 {
			continue
		}
		open[i] = nodes.Room{MilliCPU: left.MilliCPU - pod.MilliCPU, MemoryMiB: left.MemoryMiB - pod.MemoryMiB, Pods: left.Pods - 1}
		best = fewest(room, rest, open, best)
		open[i] = left
	}
	return fewest(room, rest, append(open, nodes.Room{MilliCPU: room.MilliCPU - pod.MilliCPU, MemoryMiB: room.MemoryMiB - pod.MemoryMiB, Pods: room.Pods - 1}), best)
}

func TestCountAgainstEveryPlacement(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 1))
	room := nodes.Room{MilliCPU: 1000, MemoryMiB: 1000, Pods: 6}
	for range 1000 {
		var kinds, pods []nodes.Pod
		var replicas []int
		for range 1 + random.IntN(5) {
			pod := nodes.Pod{MilliCPU: 100 + random.IntN(600), MemoryMiB: 100 + random.IntN(600)}
			n := random.IntN(4)
			kinds, replicas = append(kinds, pod), append(replicas, n)
			for range n {
				pods = append(pods, pod)
			}
		}
		p := packer(t, room, kinds...)
		want := fewest(room, pods, nil, len(pods)+1)
		for range 2 { // the second time it is remembered
			if got := p.Count(replicas...); got != want {
				t.Fatalf("%v of %v: got %d, fewest %d", replicas, kinds, got, want)
			}
		}
	}
}

// Where a search would take too long, the count is still one that can be had:
// no less than the requests' sum, and no more than first fit's two thirds of a
// node filled.
func TestCountOfManyKinds(t *testing.T) {
	random := rand.New(rand.NewPCG(5, 5))
	room := find(t, "m7i.xlarge").Allocatable()
	for range 100 {
		var kinds []nodes.Pod
		var replicas []int
		cpu, memory := 0, 0
		for range 8 {
			pod := nodes.Pod{MilliCPU: 100 + random.IntN(1500), MemoryMiB: 200 + random.IntN(5000)}
			n := 1 + random.IntN(12)
			kinds, replicas = append(kinds, pod), append(replicas, n)
			cpu, memory = cpu+n*pod.MilliCPU, memory+n*pod.MemoryMiB
		}
		got := packer(t, room, kinds...).Count(replicas...)
		least := max((cpu+room.MilliCPU-1)/room.MilliCPU, (memory+room.MemoryMiB-1)/room.MemoryMiB)
		if got < least || got > least*3/2+1 {
			t.Errorf("%v of %v: %d nodes, the sum takes %d", replicas, kinds, got, least)
		}
	}
}

// For pods of one kind the count is the smallest number that holds them.
func TestCountOfOneKindIsTheSmallest(t *testing.T) {
	random := rand.New(rand.NewPCG(2, 2))
	room := find(t, "m7i.xlarge").Allocatable()
	for range 2000 {
		pod := nodes.Pod{MilliCPU: 1 + random.IntN(3795), MemoryMiB: 1 + random.IntN(14162)}
		replicas := 1 + random.IntN(500)
		each := room.Fits(pod)
		want := (replicas + each - 1) / each
		if got := packer(t, room, pod).Count(replicas); got != want {
			t.Fatalf("%d x %+v: got %d, want %d", replicas, pod, got, want)
		}
	}
}

func TestCountNeverFalls(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 3))
	room := find(t, "m7i.large").Allocatable()
	for range 200 {
		pod := nodes.Pod{MilliCPU: 1 + random.IntN(1805), MemoryMiB: 1 + random.IntN(6900)}
		p := packer(t, room, pod, nodes.DNS())
		last := 0
		for replicas := range 60 {
			n := p.Count(replicas, nodes.DNSReplicas)
			if n < last {
				t.Fatalf("%d x %+v: %d nodes after %d", replicas, pod, n, last)
			}
			last = n
		}
	}
}

func TestShare(t *testing.T) {
	room := nodes.Room{MilliCPU: 1000, MemoryMiB: 2000, Pods: 10}
	for pod, want := range map[nodes.Pod]float64{{500, 100}: .5, {100, 1500}: .75, {1, 1}: .1} {
		if got := room.Share(pod); got != want {
			t.Errorf("%+v: got %v, want %v", pod, got, want)
		}
	}
}

func TestFargate(t *testing.T) {
	for _, c := range []struct {
		pod  nodes.Pod
		want nodes.FargateSize
		ok   bool
	}{
		{nodes.Pod{100, 128}, nodes.FargateSize{250, 512}, true},  // 384 MiB
		{nodes.Pod{250, 512}, nodes.FargateSize{250, 1024}, true}, // 768 MiB
		{nodes.Pod{250, 1792}, nodes.FargateSize{250, 2048}, true},
		{nodes.Pod{250, 1793}, nodes.FargateSize{500, 3072}, true}, // .25 vCPU ends at 2 GB
		{nodes.Pod{500, 512}, nodes.FargateSize{500, 1024}, true},
		{nodes.Pod{1000, 8192}, nodes.FargateSize{2000, 9216}, true}, // the documentation's own example: 1 vCPU ends at 8 GB
		{nodes.Pod{5000, 16384}, nodes.FargateSize{8000, 20480}, true},
		{nodes.Pod{16000, 122624}, nodes.FargateSize{16000, 122880}, true},
		{nodes.Pod{16000, 122625}, nodes.FargateSize{}, false},
		{nodes.Pod{16001, 1}, nodes.FargateSize{}, false},
	} {
		if got, ok := nodes.Fargate(c.pod); got != c.want || ok != c.ok {
			t.Errorf("%+v: got %+v, %v, want %+v, %v", c.pod, got, ok, c.want, c.ok)
		}
	}
}

func BenchmarkCountThousandKinds(b *testing.B) {
	random := rand.New(rand.NewPCG(4, 4))
	var pods []nodes.Pod
	var replicas []int
	for range 1000 {
		pods = append(pods, nodes.Pod{MilliCPU: 50 + random.IntN(1000), MemoryMiB: 64 + random.IntN(4000)})
		replicas = append(replicas, 1+random.IntN(20))
	}
	p := packer(b, find(b, "m7g.2xlarge").Allocatable(), pods...)
	for b.Loop() {
		p.Count(replicas...)
	}
}

func BenchmarkCountOneKind(b *testing.B) {
	p := packer(b, find(b, "m7g.large").Allocatable(), nodes.Pod{MilliCPU: 500, MemoryMiB: 512}, nodes.DNS())
	for b.Loop() {
		p.Count(12, nodes.DNSReplicas)
	}
}
