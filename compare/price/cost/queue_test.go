package cost

import (
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"ambi/compare/demand"
	"ambi/spec"
)

// resizing is a service that resizes what is uploaded: 600,000 messages a month.
func resizing(t testing.TB) Workload {
	u := usage()
	u.Requests, u.Duration, u.CPUTime, u.Shape = demand.Known(600e3), demand.Known(400*time.Millisecond), demand.Known(150*time.Millisecond), spec.Steady
	w := workload(t, u)
	w.Name, w.Routes, w.Alarms = "resize", 0, 3
	w.Events = &Events{Uploads: true, Batch: 1, Pollers: 5, Receive: 10}
	w.Pod = Pod{MilliCPU: 550, MemoryMiB: 640, Min: 0, Concurrency: 10, Backlog: 10}
	return w
}

func photos() Data {
	return Data{Queues: 1, Buckets: []Bucket{
		{"originals", demand.Bucket{Stored: demand.Known[int64](56 << 30), Writes: demand.Known(600e3), Reads: demand.Known(600e3)}},
		{"thumbnails", demand.Bucket{Stored: demand.Known[int64](35 << 30), Writes: demand.Known(600e3), Reads: demand.Known(6e6)}},
	}}
}

// wantLines holds lines of a bill to what was computed by hand.
func wantLines(t *testing.T, bill Bill, want map[string]string) {
	t.Helper()
	got := lines(t, bill)
	for name, cost := range want {
		if got[name] != cost {
			t.Errorf("%s: %s costs %s, by hand it is %s", bill.Target, name, got[name], cost)
		}
	}
}

// What both targets share is on both bills, to the cent:
// 91 GB x .023 = 2.093; 1.2 M writes x 5 / M = 6.00; 6.6 M reads x .4 / M = 2.64;
// 600,000 sends x .4 / M = .24; 2 alarms x .10 = .20.
func TestSharedDataByHand(t *testing.T) {
	app := App{Workloads: []Workload{resizing(t)}, Data: photos()}
	for _, m := range []*Model{lambdaOf(t, app, Defaults()), kubernetesOf(t, app, Defaults())} {
		wantLines(t, m.Bill(1), map[string]string{
			"Bucket storage": "2.09", "Bucket requests, writes": "6.00", "Bucket requests, reads": "2.64",
			"Queue requests, sends": "0.24", "Alarms of queues": "0.20",
		})
		wantLines(t, m.Bill(2), map[string]string{
			"Bucket storage": "4.19", "Bucket requests, writes": "12.00", "Queue requests, sends": "0.48", "Alarms of queues": "0.20",
		})
		if n := len(m.Bill(1).Shared()); n != 5 {
			t.Errorf("%s: %d lines are shared", m.Target, n)
		}
	}
}

// 600,000 invocations x .2 / M = .12. 885 MB give .50028 of a core: 250 ms + 150 ms /
// .50028 = 549.8, billed as 550 ms; x 600,000 x .864258 GB = 285,205 GB-s x .0000133334 = 3.80.
// Receives and deletes: 600,000 each, .24. Five pollers share .228311 receives a second, and
// a poll of 20 s ends empty: .228311 / (e^(20 x .228311 / 5) - 1) = .152983 a second, 402,040
// a month: .16. Nothing answers requests: no API, no access log, and no egress.
func TestMessagesOnLambdaByHand(t *testing.T) {
	app := App{Workloads: []Workload{resizing(t)}, Data: photos()}
	wantLines(t, lambdaOf(t, app, Defaults()).Bill(1), map[string]string{
		"Lambda requests": "0.12", "Lambda duration, arm64": "3.80",
		"Queue requests, receives": "0.24", "Queue requests, deletes": "0.24", "Queue requests, empty receives": "0.16", "Queue requests, counts": "0.00",
		"HTTP API requests": "0.00", "Access log of the API, ingestion": "0.00", "Alarms": "0.30",
	})
	// In batches of 4: 150,000 invocations x .2 / M = .03, of 1,000 ms + 600 ms / .50028 =
	// 2,199.3, billed as 2,200 ms: the same GB-s; 150,000 receives and deletes: .06.
	app.Workloads[0].Events.Batch, app.Workloads[0].Traffic.Batch = 10, demand.Known(4.0)
	wantLines(t, lambdaOf(t, app, Defaults()).Bill(1), map[string]string{
		"Lambda requests": "0.03", "Lambda duration, arm64": "3.80", "Queue requests, receives": "0.06", "Queue requests, deletes": "0.06", "Queue requests, sends": "0.24",
	})
	// A queue's messages of 100,000 bytes: 2 units to send; 4 of them 7 units to receive:
	// 600,000 x 2 = 1.2 M, .48; 150,000 x 7 = 1.05 M, .42.
	app.Workloads[0].Events.Uploads, app.Workloads[0].Traffic.Request = false, demand.Known[int64](100_000)
	wantLines(t, lambdaOf(t, app, Defaults()).Bill(1), map[string]string{
		"Queue requests, sends": "0.48", "Queue requests, receives": "0.42", "Queue requests, deletes": "0.06",
	})
}

// A front door is for requests: without any, a load balancer costs nothing.
func TestMessagesNeedNoFrontDoor(t *testing.T) {
	choices := Defaults()
	choices.Lambda.Through(ALB)
	wantLines(t, lambdaOf(t, App{Workloads: []Workload{resizing(t)}}, choices).Bill(1), map[string]string{
		"Application Load Balancer": "0.00", "Public IPv4 addresses, load balancer": "0.00", "Load balancer capacity": "0.00",
	})
}

// A queue that is as good as never used: five pollers x 730 h x 3,600 / 20 s = 657,000
// receives, .26; KEDA's 87,600 counts, .04; no pod, and so nothing else on Kubernetes.
func TestIdleQueueByHand(t *testing.T) {
	w := resizing(t)
	w.Traffic.Requests = demand.Known(0.0)
	app := App{Workloads: []Workload{w}, Data: Data{Queues: 1}}
	wantLines(t, lambdaOf(t, app, Defaults()).Bill(1), map[string]string{"Queue requests, empty receives": "0.26", "Queue requests, receives": "0.00"})
	wantLines(t, kubernetesOf(t, app, Defaults()).Bill(1), map[string]string{
		"Queue requests, counts": "0.04", "Queue requests, empty receives": "0.00", "Application Load Balancer": "0.00", "Load balancer capacity": "0.00",
	})
}

// .228311 messages a second x .4 s = .09 at work: one pod, which stays 300 s after the last
// message, and so is always there: e^(-.228 x 300.4) is nothing. It polls for itself: .228311 /
// (e^(20 x .228311) - 1) = .0023989 empty receives a second, 6,304 a month. It deletes once a second:
// 1 - e^-.228311 = .204123 a second, 536,435 a month: .21. Counts: 87,600 + 175,200 = 262,800: .11.
func TestMessagesOnKubernetesByHand(t *testing.T) {
	app := App{Workloads: []Workload{resizing(t)}, Data: photos()}
	bill := kubernetesOf(t, app, Defaults()).Bill(1)
	wantLines(t, bill, map[string]string{
		"Queue requests, receives": "0.24", "Queue requests, deletes": "0.21", "Queue requests, empty receives": "0.00", "Queue requests, counts": "0.11",
		"Application Load Balancer": "0.00", "Public IPv4 addresses": "7.30", // of two nodes
	})
	for _, c := range bill.Components {
		want := map[string]float64{"Queue requests, empty receives": 6304, "Queue requests, deletes": 536_435, "Queue requests, counts": 262_800}[c.Name]
		if want > 0 && math.Abs(*c.Quantity-want) > 1 {
			t.Errorf("%s: %v, by hand %v", c.Name, *c.Quantity, want)
		}
	}
}

// With a message in ten minutes, the pod of .5 core runs 1 - e^(-300.4 x
// rate) of the time, and Fargate bills it by that: 1 vCPU and 2 GB, as a pod of 550m with
// 640 MiB is.
func TestPodsThatComeAndGo(t *testing.T) {
	w := resizing(t)
	w.Traffic.Requests = demand.Known(4380.0) // one in ten minutes
	choices := Defaults()
	choices.Kubernetes.OnFargate()
	choices.Kubernetes.Shared = .5 // without CoreDNS
	app := App{Workloads: []Workload{w}}
	running := 1 - math.Exp(-300.4/600)
	var cpu float64
	for _, c := range kubernetesOf(t, app, choices).Bill(1).Components {
		if strings.HasPrefix(c.Name, "Fargate CPU") {
			cpu += *c.Quantity
		}
	}
	if want := 730 * running; math.Abs(cpu-want) > 1e-5 {
		t.Errorf("%v vCPU hours, want %v", cpu, want)
	}
	// With scale.min 1 it is always there; at a hundred times the traffic it is as good as that.
	app.Workloads[0].Pod.Min = 1
	always := kubernetesOf(t, app, choices)
	app.Workloads[0].Pod.Min = 0
	for scale, m := range map[float64]*Model{1: always, 100: kubernetesOf(t, app, choices)} {
		cpu = 0
		for _, c := range m.Bill(scale).Components {
			if strings.HasPrefix(c.Name, "Fargate CPU") {
				cpu += *c.Quantity
			}
		}
		if math.Abs(cpu-730) > 1e-3 {
			t.Errorf("%v vCPU hours at %v times the messages, want 730", cpu, scale)
		}
	}
}

// Services whose pods come and go share the moments: of two that have pods .2 and .5 of
// the time, both are for .2, one for .3, and none for .5.
func TestAveraged(t *testing.T) {
	c := &cluster{replicas: []int{7, 3, 1}, intermittent: []intermittent{{0, .5}, {1, .2}}}
	count := func() float64 { return float64(c.replicas[0] + c.replicas[1] + c.replicas[2]) }
	if got, want := c.averaged(11, count), .2*11+.3*8+.5*1; math.Abs(got-want) > 1e-12 {
		t.Errorf("got %v, want %v", got, want)
	}
}

func TestReplicasByBacklog(t *testing.T) {
	for _, c := range []struct {
		name                 string
		backlog, concurrency int
		rate                 float64
		want                 float64
		by                   string
	}{
		{"what is worked on", 10, 10, 100, 4, ByBacklog},            // 100 x .4 / 10
		{"more waits than one takes", 20, 5, 100, 8, ByConcurrency}, // 100 x .4 / 5
		{"few for each", 2, 10, 100, 20, ByBacklog},
		{"none", 10, 10, 0, 0, ByMinimum},
		{"one", 10, 10, .001, 1, ByBacklog},
	} {
		s := Pod{MilliCPU: 64_000, Backlog: c.backlog, Concurrency: c.concurrency}.sizing()
		if got, by := s.replicas(c.rate, .15, .4); got != c.want || by != c.by {
			t.Errorf("%s: %v by %s, want %v by %s", c.name, got, by, c.want, c.by)
		}
	}
}

// A figure that is missing is asked for where something depends on it, and nowhere else.
func TestMissingOfMessages(t *testing.T) {
	w := resizing(t)
	w.Traffic.Usage = demand.Usage{}
	w.Traffic.Profile = demand.Profile{}
	if got := w.Missing(); slices.Contains(got, demand.Request) || slices.Contains(got, demand.Response) || slices.Contains(got, demand.Batch) || !slices.Contains(got, demand.Requests) {
		t.Errorf("uploads need %v", got)
	}
	w.Events.Uploads, w.Events.Batch = false, 2
	if got := w.Missing(); !slices.Contains(got, demand.Request) || !slices.Contains(got, demand.Batch) {
		t.Errorf("a queue needs %v", got)
	}
	app := App{Workloads: []Workload{w}}
	for _, m := range []*Model{lambdaOf(t, app, Defaults()), kubernetesOf(t, app, Defaults())} {
		for _, c := range m.Bill(1).Components {
			if strings.HasPrefix(c.Name, "Queue requests") && c.Key != "" && (c.Cost != nil || len(c.Missing) == 0) {
				t.Errorf("%s: %s costs %v without any figure, and asks for %v", m.Target, c.Name, c.Cost, c.Missing)
			}
		}
	}
}

// What is not given of a bucket is on neither bill, and reported as unknown.
func TestUnknownUseOfBuckets(t *testing.T) {
	app := App{Workloads: []Workload{resizing(t)}, Data: Data{Buckets: []Bucket{{"originals", demand.Bucket{Writes: demand.Known(1e6)}}}}}
	if got := app.Data.Buckets[0].Unknown(); !slices.Equal(got, []string{"stored", "reads"}) {
		t.Errorf("unknown: %v", got)
	}
	wantLines(t, lambdaOf(t, app, Defaults()).Bill(1), map[string]string{"Bucket requests, writes": "5.00", "Bucket storage": "0.00"})
}
