package kubernetes

import (
	"cmp"
	"context"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"ambi/compare/price/nodes"
	"ambi/compare/simulate/replay"
)

// naive is processor sharing written down as it is defined: a list of requests,
// each with the CPU time that it still needs, and steps from one change to the
// next in floating-point seconds. It knows pods that stay, in turn, on nodes.
func naive(c Config, hosts, pods int, at []int64, demand replay.Demand) []float64 {
	type work struct {
		number, pod           int
		arrived, cpu, waiting float64 // waiting is until when, once cpu is 0
	}
	node := func(pod int) int { return pod % hosts } // spread as evenly as can be
	cores := float64(c.Nodes.Room.MilliCPU) / 1000
	working := []*work{}
	queues := make([][]*work, pods)
	latencies := make([]float64, len(at))
	now, turn, next := 0.0, 0, 0
	inPod := func(pod int) (n int) {
		for _, w := range working {
			if w.pod == pod {
				n++
			}
		}
		return n
	}
	for next < len(at) || len(working) > 0 {
		computing := make([]int, hosts)
		for _, w := range working {
			if w.cpu > 0 {
				computing[node(w.pod)]++
			}
		}
		speed := func(w *work) float64 { return min(1, cores/float64(computing[node(w.pod)])) }
		soonest := math.Inf(1)
		if next < len(at) {
			soonest = float64(at[next]) / 1e9
		}
		for _, w := range working {
			if w.cpu > 0 {
				soonest = min(soonest, now+w.cpu/speed(w))
			} else {
				soonest = min(soonest, w.waiting)
			}
		}
		passed := soonest - now
		for _, w := range working {
			if w.cpu > 0 {
				w.cpu -= passed * speed(w)
				if w.cpu < 1e-12 {
					wait, _ := demand.Of(int64(w.number))
					w.cpu, w.waiting = 0, soonest+float64(wait)/1e9
				}
			}
		}
		now = soonest
		freed := map[int]bool{}
		working = slices.DeleteFunc(working, func(w *work) bool {
			if w.cpu > 0 || w.waiting > now+1e-12 {
				return false
			}
			latencies[w.number] = now - w.arrived
			freed[w.pod] = true
			return true
		})
		start := func(w *work) { working = append(working, w) }
		for pod := range pods {
			for freed[pod] && len(queues[pod]) > 0 && inPod(pod) < c.Concurrency {
				start(queues[pod][0])
				queues[pod] = queues[pod][1:]
			}
		}
		for next < len(at) && float64(at[next])/1e9 <= now {
			turn = (turn + 1) % pods
			_, cpu := demand.Of(int64(next))
			w := &work{number: next, pod: turn, arrived: float64(at[next]) / 1e9, cpu: float64(cpu) / 1e9}
			if inPod(turn) < c.Concurrency {
				start(w)
			} else {
				queues[turn] = append(queues[turn], w)
			}
			next++
		}
	}
	return latencies
}

// TestNaive holds the simulator to the naive one: to some nanoseconds on
// average, and in the tail.
func TestNaive(t *testing.T) {
	for seed := range uint64(12) {
		r := rand.New(rand.NewPCG(seed, 1))
		hosts := 1 + r.IntN(4)
		pods := 2 * hosts
		c := alone(1, 1+r.IntN(6))
		c.Pod = nodes.Pod{MilliCPU: 1000, MemoryMiB: 1}
		c.Nodes = Karpenter(nodes.Room{MilliCPU: 2100 + r.IntN(800), MemoryMiB: 1000, Pods: 10}, hosts)
		c.Burst, c.Initial = BurstNode, pods
		demand := replay.Demand{CPU: replay.Exponential(10e6), Wait: replay.Lognormal(20e6, 1), Seed: seed}
		if r.IntN(2) == 0 {
			demand.Wait = replay.Constant(15e6)
		}
		load := .5 + .45*r.Float64()
		rate := load * min(float64(pods*c.Concurrency)/.04, float64(hosts*c.Nodes.Room.MilliCPU)/1000/.01)
		var at []int64
		for source := replay.Poisson(rate, time.Duration(8000/rate*1e9), seed); ; {
			next, ok := source.Next()
			if !ok {
				break
			}
			at = append(at, next)
		}
		want := naive(c, hosts, pods, at, demand)
		slices.SortFunc(want, func(a, b float64) int { return cmp.Compare(a, b) })
		mean := 0.0
		for _, l := range want {
			mean += l / float64(len(want))
		}
		got, err := Run(context.Background(), c, replay.Arrivals(at), demand, replay.Options{})
		if err != nil {
			t.Fatal(err)
		}
		checkRun(t, got)
		if off := float64(got.Latency.Mean)/1e9 - mean; math.Abs(off) > 1e-8 {
			t.Errorf("seed %d: mean latency %.9f s, want %.9f s", seed, float64(got.Latency.Mean)/1e9, mean)
		}
		for _, q := range []struct {
			p    float64
			have int64
		}{{.5, got.Latency.P50}, {.99, got.Latency.P99}, {.999, got.Latency.P999}} {
			// The histogram has three digits, and may take a neighbour.
			k, x := int(math.Ceil(q.p*float64(len(want))))-1, float64(q.have)/1e9
			if x < want[k-1]*.998 || x > want[k+1]*1.002 {
				t.Errorf("seed %d: quantile %g is %.6f s, want %.6f s", seed, q.p, x, want[k])
			}
		}
	}
}
