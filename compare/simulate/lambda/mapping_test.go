package lambda

import (
	"context"
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"ambi/compare/simulate/queue"
	"ambi/compare/simulate/replay"
)

// servers is a function that takes messages at so many places from the start, each with an
// environment that is there.
func servers(n int) (Config, Mapping) {
	c := Defaults(1769)
	c.KeepAlive, c.Warm = 24*time.Hour, n
	return c, Mapping{
		Queue: queue.Config{Visibility: time.Hour, Retention: 4 * 24 * time.Hour, Attempts: 5},
		Batch: 1, MaximumConcurrency: n, Start: n, PerSecond: 5,
	}
}

// waited is the mean time in which messages waited, in seconds, and its standard error, over
// seeds.
func waited(t *testing.T, n int, rate float64, length time.Duration, work replay.Distribution) (mean, sigma float64) {
	t.Helper()
	const seeds = 12
	var sum, squares float64
	for seed := range uint64(seeds) {
		c, m := servers(n)
		demand := replay.Demand{Wait: work, Seed: 100 + seed}
		r, err := RunMessages(context.Background(), c, m, replay.Poisson(rate, length, 200+seed), demand, replay.Options{})
		if err != nil {
			t.Fatal(err)
		}
		kept(t, r)
		x := r.Gauges[replay.Queued].Seconds / float64(r.Requests)
		sum, squares = sum+x, squares+x*x
	}
	mean = sum / seeds
	return mean, math.Sqrt((squares/seeds - mean*mean) / (seeds - 1))
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
	if m.Attempts < m.Done+m.Redeliveries || m.Redeliveries > m.Attempts {
		t.Errorf("%d attempts, %d of them redeliveries, for %d that were done", m.Attempts, m.Redeliveries, m.Done)
	}
	times := float64(m.Times.Mean) * float64(m.Times.Count) / 1e9
	if m.Done == m.Sent && math.Abs(m.Seconds-times) > 1e-6*times+1e-6*float64(m.Sent) {
		t.Errorf("%v message-seconds in the queue, and messages were there for %v s", m.Seconds, times)
	}
}

// erlangC is the mean wait in an M/M/n queue of unit service at an offered load.
func erlangC(n int, load float64) float64 {
	term, sum := 1.0, 0.0
	for k := range n {
		sum += term
		term *= load / float64(k+1)
	}
	last := term * float64(n) / (float64(n) - load)
	return last / (sum + last) / (float64(n) - load)
}

// crommelin is the mean wait in an M/D/n queue of unit service at an offered load: of the number
// of messages there, from one moment to that a service time later, all that were at work leave,
// and a Poisson number comes (Crommelin, 1932). Its stationary distribution is found by repeating.
func crommelin(n int, load float64) float64 {
	const most = 600
	come := make([]float64, most)
	come[0] = math.Exp(-load)
	for k := 1; k < most; k++ {
		come[k] = come[k-1] * load / float64(k)
	}
	there := make([]float64, most)
	there[0] = 1
	for range 3000 {
		next := make([]float64, most)
		for k, p := range there {
			if p < 1e-16 {
				continue
			}
			stay := max(0, k-n)
			for j := 0; stay+j < most && (come[j] > 1e-18 || float64(j) < load); j++ {
				next[stay+j] += p * come[j]
			}
		}
		there = next
	}
	waiting := 0.0
	for k, p := range there {
		waiting += p * float64(max(0, k-n))
	}
	return waiting / load
}

// TestMappingAgainstClosedForms: with fixed consumers, a mapping is an M/M/c or an M/D/c queue.
func TestMappingAgainstClosedForms(t *testing.T) {
	if raceDetector {
		t.Skip("a run is one thread, and takes long under the race detector")
	}
	const service = .1
	for _, q := range []struct {
		name string
		work replay.Distribution
		form func(int, float64) float64
	}{
		{"M/M/c", replay.Exponential(service * 1e9), erlangC}, {"M/D/c", replay.Constant(service * 1e9), crommelin},
	} {
		for _, n := range []int{1, 3, 20} {
			const load = .85
			rate := load * float64(n) / service
			mean, sigma := waited(t, n, rate, time.Duration(150_000/rate*float64(time.Second)), q.work)
			want := q.form(n, load*float64(n)) * service
			t.Logf("%s, %d: %.5g ± %.2g, closed form %.5g", q.name, n, mean, sigma, want)
			if math.Abs(mean-want) > 3.5*sigma {
				t.Errorf("%s, %d places: %.5g s, want %.5g ± %.2g", q.name, n, mean, want, sigma)
			}
		}
	}
}

// TestMappingGrows: a burst meets five batches at once, and 300 more a minute. By hand: with
// messages that take an hour, places are taken as they come.
func TestMappingGrows(t *testing.T) {
	c, m := servers(1000)
	c.Timeout, c.Warm = 15*time.Minute, 1000-c.Provisioned
	m.Start = 5
	arrivals := make([]int64, 2000)
	for _, q := range []struct {
		most, places int
		until        time.Duration
		want         int64
	}{
		{1000, 1000, 0, 5},
		{1000, 1000, 10 * time.Second, 55},
		{1000, 1000, time.Minute, 305},
		{100, 1000, time.Minute, 100},
		{1000, 40, time.Minute, 40},
	} {
		m.MaximumConcurrency, c.Reserved, c.Warm = q.most, q.places, 0
		r, err := RunMessages(context.Background(), c, m, replay.Arrivals(arrivals), replay.Demand{Wait: replay.Constant(14 * 60e9)}, replay.Options{Until: int64(q.until) + 1e6})
		if err != nil {
			t.Fatal(err)
		}
		kept(t, r)
		if got := r.Gauges[replay.InUse].Max; got != q.want {
			t.Errorf("after %s, with at most %d and %d: %d batches at once, want %d", q.until, q.most, q.places, got, q.want)
		}
	}
}

// TestBatches: a batch is handled when it is full, or when its window ends.
func TestBatches(t *testing.T) {
	c, m := servers(10)
	m.Batch, m.Window = 4, 10*time.Second
	second := int64(time.Second)
	arrivals := []int64{0, second, 2 * second, 3 * second, 4 * second}
	r, err := RunMessages(context.Background(), c, m, replay.Arrivals(arrivals), replay.Demand{Wait: replay.Constant(1e9)}, replay.Options{})
	if err != nil {
		t.Fatal(err)
	}
	kept(t, r)
	// Four are full at 3 s and take 4 s together; the fifth waits from 4 s to 14 s.
	if r.Messages.Invocations != 2 || r.Messages.BatchSize() != 2.5 || r.Span != 15*second {
		t.Errorf("%d invocations of %v messages until %s", r.Messages.Invocations, r.Messages.BatchSize(), time.Duration(r.Span))
	}
	if r.Meters[replay.BilledMS] != 5000 {
		t.Errorf("%d ms billed, want 5000", r.Meters[replay.BilledMS])
	}
}

// TestAttempts: a message that is never handled in time comes back after the visibility timeout,
// and is a dead letter after its last attempt.
func TestAttempts(t *testing.T) {
	c, m := servers(1)
	c.Timeout = 2 * time.Second
	m.Queue.Visibility, m.Queue.Attempts = 12*time.Second, 3
	r, err := RunMessages(context.Background(), c, m, replay.Arrivals([]int64{0}), replay.Demand{Wait: replay.Constant(5e9)}, replay.Options{})
	if err != nil {
		t.Fatal(err)
	}
	kept(t, r)
	if x := r.Messages; x.DeadLetters != 1 || x.Redeliveries != 2 || x.Attempts != 3 || r.Outcomes[replay.FailedAttempts] != 1 || r.Span != 36e9 {
		t.Errorf("%+v until %s", x, time.Duration(r.Span))
	}
	if x := r.Messages.Oldest; x.Max < 35e9 || x.Max > 36e9 {
		t.Errorf("the oldest message was %s old", time.Duration(x.Max))
	}
}

// TestFailuresAreThoseOfTheMessage: the part that fails does, at each attempt.
func TestFailuresAreThoseOfTheMessage(t *testing.T) {
	c, m := servers(100)
	m.Queue = queue.Config{Visibility: 30 * time.Second, Retention: time.Hour, Attempts: 2, Failures: .2, Seed: 7}
	r, err := RunMessages(context.Background(), c, m, replay.Poisson(100, 10*time.Minute, 3), replay.Demand{Wait: replay.Constant(50e6)}, replay.Options{})
	if err != nil {
		t.Fatal(err)
	}
	kept(t, r)
	sent := float64(r.Messages.Sent)
	again, dead := float64(r.Messages.Redeliveries)/sent, float64(r.Messages.DeadLetters)/sent
	if math.Abs(again-.2) > .01 || math.Abs(dead-.04) > .005 {
		t.Errorf("%v were tried again, and %v are dead letters", again, dead)
	}
}

// TestMessagesAreKept: whatever the mapping, no message is lost, and Little's law holds.
func TestMessagesAreKept(t *testing.T) {
	runs := 300
	if testing.Short() {
		runs = 40
	}
	for i := range uint64(runs) {
		d := rand.New(rand.NewPCG(5, i))
		c := Defaults(128 << d.IntN(5))
		c.Timeout = time.Duration(1+d.IntN(60)) * time.Second
		c.KeepAlive = time.Duration(d.IntN(600)) * time.Second
		c.Warm = Settled
		c.Init, c.Placement = replay.Lognormal(3e8, .5), replay.Exponential(1e8)
		if d.IntN(5) == 0 {
			c.Provisioned = 1 + d.IntN(3)
		}
		m := Mapping{
			Queue: queue.Config{
				Visibility: 6 * c.Timeout, Retention: time.Duration(1+d.IntN(100)) * time.Minute, Attempts: 1 + d.IntN(5),
				Failures: float64(d.IntN(3)) * .1, Seed: i,
			},
			Batch: 1 + d.IntN(10), MaximumConcurrency: 2 + d.IntN(40), Start: 5, PerSecond: 5,
		}
		if d.IntN(2) == 0 {
			m.Window = time.Duration(1+d.IntN(20)) * time.Second
			m.Batch = 1 + d.IntN(100)
		}
		options := replay.Options{Seed: i}
		if d.IntN(2) == 0 {
			options.Until = int64(d.IntN(300)+1) * 1e9
		}
		demand := replay.Demand{Wait: replay.Exponential(float64(1+d.IntN(2000)) * 1e6), CPU: replay.Exponential(float64(1+d.IntN(500)) * 1e6), Seed: i}
		r, err := RunMessages(context.Background(), c, m, replay.Poisson(float64(1+d.IntN(50)), 4*time.Minute, i), demand, options)
		if err != nil {
			t.Fatalf("run %d: %v", i, err)
		}
		kept(t, r)
		if t.Failed() {
			t.Fatalf("run %d: %+v %+v", i, c, m)
		}
	}
}

// TestRefusedMappings: each thing that is wrong is named.
func TestRefusedMappings(t *testing.T) {
	for _, change := range []func(*Mapping){
		func(m *Mapping) { m.Batch = 0 },
		func(m *Mapping) { m.MaximumConcurrency = 0 },
		func(m *Mapping) { m.Window = time.Hour },
		func(m *Mapping) { m.PerSecond = 0 },
		func(m *Mapping) { m.Queue.Visibility = 0 },
		func(m *Mapping) { m.Queue.Attempts = 0 },
		func(m *Mapping) { m.Queue.Failures = 1 },
		func(m *Mapping) { m.Queue.Retention = time.Second },
	} {
		c, m := servers(1)
		change(&m)
		if _, err := RunMessages(context.Background(), c, m, replay.Arrivals(nil), replay.Demand{}, replay.Options{}); err == nil {
			t.Errorf("%+v was taken", m)
		}
	}
}
