package nodes_test

import (
	"math/rand/v2"
	"strings"
	"testing"

	"ambi/compare/nodes"
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

func TestCountByHand(t *testing.T) {
	large := find(t, "m7g.large").Allocatable() // 1805m, 6903 MiB, 27 places
	var p nodes.Packer
	for _, c := range []struct {
		name   string
		groups []nodes.Group
		want   int
		ok     bool
	}{
		{"nothing", nil, 0, true},
		{"three half cores fit a node", []nodes.Group{{nodes.Pod{500, 512}, 3}}, 1, true},
		{"four do not", []nodes.Group{{nodes.Pod{500, 512}, 4}}, 2, true},
		{"memory decides", []nodes.Group{{nodes.Pod{100, 3452}, 2}}, 2, true}, // 2 x 3452 = 6904 > 6903
		{"memory just fits", []nodes.Group{{nodes.Pod{100, 3451}, 2}}, 1, true},
		{"places decide", []nodes.Group{{nodes.Pod{1, 1}, 28}}, 2, true},
		{"small ones fill the gaps", []nodes.Group{{nodes.Pod{300, 100}, 3}, {nodes.Pod{1500, 1000}, 3}}, 3, true},
		{"too large", []nodes.Group{{nodes.Pod{1806, 1}, 1}}, 0, false},
		{"too large, but none of them", []nodes.Group{{nodes.Pod{1806, 1}, 0}}, 0, true},
	} {
		got, ok := p.Count(large, c.groups)
		if got != c.want || ok != c.ok {
			t.Errorf("%s: got %d, %v, want %d, %v", c.name, got, ok, c.want, c.ok)
		}
	}
	// Three half cores leave 305m: both DNS pods find room there.
	if n, _ := p.Count(large, []nodes.Group{{nodes.Pod{500, 512}, 3}}, nodes.DNS()); n != 1 {
		t.Errorf("with DNS: got %d", n)
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
	var p nodes.Packer
	exact := 0
	const tries = 400
	for range tries {
		var groups []nodes.Group
		var pods []nodes.Pod
		for range 1 + random.IntN(4) {
			pod := nodes.Pod{MilliCPU: 100 + random.IntN(700), MemoryMiB: 100 + random.IntN(700)}
			n := random.IntN(3)
			groups = append(groups, nodes.Group{Pod: pod, Replicas: n})
			for range n {
				pods = append(pods, pod)
			}
		}
		got, ok := p.Count(room, groups)
		if !ok {
			t.Fatal("a pod of 800 does not fit 1000")
		}
		want := fewest(room, pods, nil, len(pods)+1)
		if got < want || got > want+1 {
			t.Fatalf("%v: got %d, fewest %d", groups, got, want)
		}
		if got == want {
			exact++
		}
	}
	if exact < tries*9/10 {
		t.Errorf("only %d of %d counts are the fewest possible", exact, tries)
	}
}

// For pods of one kind the count is the smallest number that holds them.
func TestCountOfOneKindIsTheSmallest(t *testing.T) {
	random := rand.New(rand.NewPCG(2, 2))
	var p nodes.Packer
	room := find(t, "m7i.xlarge").Allocatable()
	for range 2000 {
		pod := nodes.Pod{MilliCPU: 1 + random.IntN(3795), MemoryMiB: 1 + random.IntN(14162)}
		replicas := 1 + random.IntN(500)
		each := room.Fits(pod)
		want := (replicas + each - 1) / each
		if got, ok := p.Count(room, []nodes.Group{{Pod: pod, Replicas: replicas}}); !ok || got != want {
			t.Fatalf("%d x %+v: got %d, want %d", replicas, pod, got, want)
		}
	}
}

func TestCountNeverFalls(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 3))
	var p nodes.Packer
	room := find(t, "m7i.large").Allocatable()
	for range 200 {
		pod := nodes.Pod{MilliCPU: 1 + random.IntN(1805), MemoryMiB: 1 + random.IntN(6900)}
		last := 0
		for replicas := range 60 {
			n, _ := p.Count(room, []nodes.Group{{Pod: pod, Replicas: replicas}}, nodes.DNS())
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
	var groups []nodes.Group
	for range 1000 {
		groups = append(groups, nodes.Group{Pod: nodes.Pod{MilliCPU: 50 + random.IntN(1000), MemoryMiB: 64 + random.IntN(4000)}, Replicas: 1 + random.IntN(20)})
	}
	room := find(b, "m7g.2xlarge").Allocatable()
	var p nodes.Packer
	for b.Loop() {
		p.Count(room, groups)
	}
}

func BenchmarkCountOneKind(b *testing.B) {
	room := find(b, "m7g.large").Allocatable()
	var p nodes.Packer
	groups := []nodes.Group{{Pod: nodes.Pod{MilliCPU: 500, MemoryMiB: 512}, Replicas: 12}, nodes.DNS()}
	for b.Loop() {
		p.Count(room, groups)
	}
}
