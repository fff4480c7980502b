package kubernetes

import (
	"context"
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"ambi/compare/price/nodes"
	"ambi/compare/simulate/hpa"
	"ambi/compare/simulate/queue"
	"ambi/compare/simulate/replay"
)

// delivered is a delivery that gives one message at a time.
func delivered() Delivery {
	return Delivery{Queue: queue.Config{Visibility: time.Hour, Retention: 4 * 24 * time.Hour, Attempts: 5}, Receive: 1}
}

// kept is what holds in every run: no message is lost, and what is in the queue follows from
// arrivals and times in it (Little's law).
func kept(t *testing.T, r replay.Result) {
	t.Helper()
	if err := r.Check(); err != nil {
		t.Error(err)
	}
	m := r.Messages
	if m.Sent != r.Requests || m.Sent != m.Done+m.DeadLetters+m.Expired+m.Left {
		t.Errorf("%d messages were sent, %d done, %d dead letters, %d expired, %d left", m.Sent, m.Done, m.DeadLetters, m.Expired, m.Left)
	}
	times := float64(m.Times.Mean) * float64(m.Times.Count) / 1e9
	if m.Done == m.Sent && math.Abs(m.Seconds-times) > 1e-6*times+1e-6*float64(m.Sent) {
		t.Errorf("%v message-seconds in the queue, and messages were there for %v s", m.Seconds, times)
	}
}

// TestDeliveryAgainstClosedForms: a pod that works on c messages at once is an M/M/c queue, and
// an M/D/1 one with constant times (Pollaczek and Khinchine).
func TestDeliveryAgainstClosedForms(t *testing.T) {
	if raceDetector {
		t.Skip("a run is one thread, and takes long under the race detector")
	}
	const service, load, seeds = .1, .85, 12
	for _, q := range []struct {
		name   string
		places int
		work   replay.Distribution
		want   float64
	}{
		{"M/M/1", 1, replay.Exponential(service * 1e9), service * load / (1 - load)},
		{"M/D/1", 1, replay.Constant(service * 1e9), service * load / (1 - load) / 2},
		{"M/M/8", 8, replay.Exponential(service * 1e9), erlangC(8, 8*load) * service / (8 - 8*load)},
	} {
		var sum, squares float64
		for seed := range uint64(seeds) {
			rate := load * float64(q.places) / service
			r, err := RunMessages(context.Background(), alone(q.places, q.places), delivered(),
				replay.Poisson(rate, time.Duration(200_000/rate*float64(time.Second)), 50+seed), replay.Demand{Wait: q.work, Seed: seed}, replay.Options{})
			if err != nil {
				t.Fatal(err)
			}
			kept(t, r)
			x := r.Gauges[replay.Queued].Seconds / float64(r.Requests)
			sum, squares = sum+x, squares+x*x
		}
		mean := sum / seeds
		near(t, q.name, mean, math.Sqrt((squares/seeds-mean*mean)/(seeds-1)), q.want)
	}
}

// TestKEDAByHand: a hundred messages come to a service without pods. KEDA looks after 30 s and
// asks for one pod; the autoscaler, which decides at the same moment, then goes by the messages.
func TestKEDAByHand(t *testing.T) {
	c := Defaults(nodes.Pod{MilliCPU: 100, MemoryMiB: 1}, 10)
	c.Initial = 0
	c.Autoscaler = hpa.Spec{Min: 1, Max: 50, Metrics: []hpa.Metric{{Kind: hpa.TotalPerPod, Target: 10_000}}, Behavior: hpa.DefaultBehavior()}
	c.KEDA = &KEDA{Poll: 30 * time.Second, Cooldown: 5 * time.Minute}
	c.Start = Start{Probe: time.Second}
	c.Stop = Stop{Grace: time.Minute}
	from := delivered()
	from.Receive = 10
	arrivals := make([]int64, 100)
	for i := range arrivals {
		arrivals[i] = 1e9
	}
	until := func(at time.Duration) replay.Result {
		t.Helper()
		r, err := RunMessages(context.Background(), c, from, replay.Arrivals(arrivals), replay.Demand{Wait: replay.Constant(40e9)}, replay.Options{Until: int64(at)})
		if err != nil {
			t.Fatal(err)
		}
		kept(t, r)
		return r
	}
	wanted := func(at time.Duration) int64 {
		points := until(at).Series
		return points[len(points)-1].Gauges[replay.Wanted].Max
	}
	for _, x := range []struct {
		at   time.Duration
		want int64
	}{
		{29 * time.Second, 0},
		{31 * time.Second, 5}, // KEDA looks at 30 s, and the autoscaler right after it: 100 messages ask for 10; 4 pods more are allowed in 15 s
		{46 * time.Second, 10},
	} {
		if got := wanted(x.at); got != x.want {
			t.Errorf("after %s: %d replicas wanted, want %d", x.at, got, x.want)
		}
	}
	// The last messages end some 100 s after the first pod; KEDA's cooldown of five minutes then
	// takes the pods away.
	long := until(15 * time.Minute)
	if long.Messages.Done != 100 || long.Gauges[replay.Ready].Max != 10 {
		t.Errorf("%d done, with %d pods", long.Messages.Done, long.Gauges[replay.Ready].Max)
	}
	if last := long.Series[len(long.Series)-1]; last.Gauges[replay.Instances].Max != 0 {
		t.Errorf("%d pods at the end", last.Gauges[replay.Instances].Max)
	}
}

// TestTimeoutsComeBack: a message whose work takes too long comes back until it is a dead letter,
// and what waits in a pod has not begun.
func TestTimeoutsComeBack(t *testing.T) {
	c := alone(1, 1)
	c.Timeout = 2 * time.Second
	from := delivered()
	from.Queue.Visibility, from.Queue.Attempts, from.Receive = 12*time.Second, 3, 10
	r, err := RunMessages(context.Background(), c, from, replay.Arrivals([]int64{0}), replay.Demand{Wait: replay.Constant(5e9)}, replay.Options{})
	if err != nil {
		t.Fatal(err)
	}
	kept(t, r)
	if x := r.Messages; x.DeadLetters != 1 || x.Attempts != 3 || r.Span != 36e9 {
		t.Errorf("%+v until %s", x, time.Duration(r.Span))
	}
	r, err = RunMessages(context.Background(), c, from, replay.Arrivals(make([]int64, 5)), replay.Demand{Wait: replay.Constant(1e9)}, replay.Options{})
	if err != nil {
		t.Fatal(err)
	}
	kept(t, r)
	if r.Messages.Done != 5 || r.Messages.Redeliveries != 0 || r.Span != 5e9 {
		t.Errorf("%+v until %s", r.Messages, time.Duration(r.Span))
	}
}

// TestMessagesAreKept: whatever pods and nodes do, no message is lost, and Little's law holds.
func TestMessagesAreKept(t *testing.T) {
	runs := 300
	if testing.Short() {
		runs = 40
	}
	for i := range uint64(runs) {
		d := rand.New(rand.NewPCG(9, i))
		c := Defaults(nodes.Pod{MilliCPU: 100 + d.IntN(900), MemoryMiB: 128 + d.IntN(1000)}, 1+d.IntN(20))
		c.Timeout = time.Duration(1+d.IntN(60)) * time.Second
		c.Stop = Stop{Grace: time.Duration(d.IntN(60)) * time.Second}
		c.Start.App = time.Duration(d.IntN(5000)) * time.Millisecond
		c.Initial = Settled
		c.Autoscaler = hpa.Spec{Min: 1, Max: int32(2 + d.IntN(20)), Behavior: hpa.DefaultBehavior()}
		c.Autoscaler.Metrics = []hpa.Metric{{Kind: hpa.TotalPerPod, Target: int64(1+d.IntN(30)) * 1000}}
		if d.IntN(2) == 0 {
			c.KEDA = &KEDA{Poll: 30 * time.Second, Cooldown: time.Duration(10+d.IntN(300)) * time.Second}
		}
		if d.IntN(2) == 0 {
			c.Nodes, c.Burst = Karpenter(nodes.Room{MilliCPU: 2000, MemoryMiB: 4096, Pods: 20}, 1+d.IntN(2)), BurstNode
			c.Nodes.Unneeded = time.Duration(d.IntN(30)) * time.Second
		}
		from := Delivery{
			Queue: queue.Config{
				Visibility: 6 * c.Timeout, Retention: time.Duration(1+d.IntN(100)) * time.Minute, Attempts: 1 + d.IntN(5),
				Failures: float64(d.IntN(3)) * .1, Seed: i,
			},
			Receive: 1 + d.IntN(10),
		}
		options := replay.Options{Seed: i}
		if d.IntN(2) == 0 {
			options.Until = int64(d.IntN(900)+1) * 1e9
		}
		demand := replay.Demand{Wait: replay.Exponential(float64(1+d.IntN(3000)) * 1e6), CPU: replay.Exponential(float64(1+d.IntN(200)) * 1e6), Seed: i}
		source := replay.Poisson(float64(1+d.IntN(20)), 10*time.Minute, i)
		if d.IntN(3) == 0 { // bursts, with time to scale in between
			var at []int64
			for burst := range int64(3) {
				for range 200 {
					at = append(at, burst*400e9)
				}
			}
			source = replay.Arrivals(at)
		}
		r, err := RunMessages(context.Background(), c, from, source, demand, options)
		if err != nil {
			t.Fatalf("run %d: %v", i, err)
		}
		kept(t, r)
		if t.Failed() {
			t.Fatalf("run %d: %+v %+v", i, c, from)
		}
	}
}
