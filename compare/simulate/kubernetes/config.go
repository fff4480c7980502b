// Package kubernetes simulates a Deployment behind a load balancer, request by
// request, with its autoscaler and the nodes that it runs on.
//
//	config := kubernetes.Defaults(nodes.Pod{MilliCPU: 500, MemoryMiB: 512}, 10)
//	config.Autoscaler = hpa.Spec{Min: 1, Max: 50, Metrics: …, Behavior: hpa.DefaultBehavior()}
//	result, err := kubernetes.Run(ctx, config, source, demand, simulate.Options{Seed: 1})
//
// Requests go to the ready pods in turn. A pod works on a fixed number at once; the others wait
// in its queue, first come first served. A request first uses its CPU time and then waits, for
// example for a database. No pod has a CPU limit, so pods share all of their node: the requests
// that compute on a node share what it has to give evenly, and none gets more than a core
// (processor sharing). For identical pods that are about equally busy, that equals weights in
// proportion to CPU requests. See Burst for less.
//
// Every 15 seconds the autoscaler decides (package hpa) on metrics that are some
// seconds old. Pods are created, find a node, pull their image, start, are asked
// until they are ready, and then take requests. A pod that has to go stops taking
// new ones, sleeps for preStop, finishes what it has, and is killed at the end
// of its grace period. Nodes are added for pods that find no room, and drained
// and removed when they are not needed; see Karpenter and ClusterAutoscaler.
//
// What a request times out on is its whole time, queue included. The client is
// told then; a pod that works at it does not know, and goes on.
//
// Other Deployments, and the runs of CronJobs, share the nodes in RunTogether.
//
// Spot nodes are taken back at random, two minutes after notice: their pods are evicted like those
// of a node that is not needed, and what is still there then ends with the node.
//
// Left out: the cluster's own pods but for DNS and each node's agents, other failures of nodes and
// pods, liveness probes, rolling updates, the balancer's own time, and the CPU
// that a start takes.
package kubernetes

import (
	"errors"
	"fmt"
	"time"

	"ambi/compare/price/nodes"
	"ambi/compare/simulate/hpa"
	"ambi/target/kubernetes"
)

// Config is how a Deployment runs.
type Config struct {
	Pod         nodes.Pod // what one requests
	Concurrency int       // requests that a pod works at, at once
	Queue       int       // requests that may wait in a pod for their turn
	// Timeout is the app's, and EntryTimeout the load balancer's. The first of
	// them ends a request. 0 is never.
	Timeout, EntryTimeout time.Duration
	Balance               Balance
	Burst                 Burst
	// PodMilliCPU is what a pod may use with BurstNone; 0 is its request.
	PodMilliCPU int

	// Jobs are given a pod each, which starts for it and goes with it, as the runs of a CronJob
	// are; the replicas and what scales them do not matter then.
	Jobs *Jobs

	Initial    int      // replicas when the trace begins, ready; or Settled
	Autoscaler hpa.Spec // without metrics, replicas stay as they are
	Flags      hpa.Flags
	KEDA       *KEDA // scales between none and one
	Metrics    Metrics

	Start Start
	Stop  Stop
	Nodes Nodes
}

// Settled begins with as many replicas as the autoscaler would have at the rate of
// the trace's first minute: a trace is mostly cut out of traffic that was there
// before. Without an autoscaler it is one.
const Settled = -1

// Balance is how a pod is chosen.
type Balance int

// The policies.
const (
	RoundRobin       Balance = iota // an Application Load Balancer's default
	LeastOutstanding                // its other one: the pod with the fewest requests, in turn among equals
	Random                          // a Service, as kube-proxy with iptables does it
)

// Burst is what CPU a pod gets beyond its request.
type Burst int

// The ways.
const (
	BurstNode Burst = iota // what its node has left: no CPU limit
	BurstNone              // nothing: as in a full cluster, on Fargate, or with a limit
)

// Jobs is how a CronJob runs what comes.
type Jobs struct {
	OneByOne bool          // what comes while another is at work is left out, and not counted
	Least    time.Duration // that a pod is paid for
	Attempts int           // at a run whose node is taken back, the first included
}

// KEDA is what a ScaledObject does beside the HorizontalPodAutoscaler that it
// makes: from none to one replica when its query finds requests, and back after
// a time without.
type KEDA struct {
	Poll     time.Duration // between two looks while there is no pod
	Cooldown time.Duration // without a request before the last pods go
}

// Metrics are how old what the autoscaler sees is.
type Metrics struct {
	Resolution time.Duration // between two scrapes
	Window     time.Duration // that a value is the average of: some resolutions
	Phase      time.Duration // of the scrapes, after the autoscaler's syncs
	Fresh      time.Duration // a container younger than this has no value yet
}

// Start is how a pod starts, until it receives requests.
type Start struct {
	Schedule time.Duration // until the scheduler has looked at it
	Pull     time.Duration // of the image, on a node that does not have it
	App      time.Duration // from the container's start until the app listens
	Probe    time.Duration // between two startup probes
	Limit    time.Duration // that startup probes allow
	Endpoint time.Duration // from ready to the balancer, and from deleted to out of it
}

// Stop is how one goes.
type Stop struct {
	PreStop time.Duration // sleeping before it is told to stop, while it still takes requests
	Grace   time.Duration // preStop included, until it is killed
}

// Nodes is how nodes come and go. Without Room there are none: every pod has a
// place at once.
type Nodes struct {
	Room     nodes.Room // for pods, on each
	Min, Max int        // Max 0 is no bound
	// Ready is from the order of a node until pods can start on it.
	Ready time.Duration
	// Batch is how long pods that found no room are collected; 0 is until the next scan.
	Batch time.Duration
	Scan  time.Duration // between two looks at what is not needed
	// Unneeded is how long a node must not have been needed, and After how long
	// after the last new one, before it may go.
	Unneeded, After time.Duration
	// Below is the share of a node that its pods may request at most for it to
	// be not needed.
	Below float64
	// Spot are those that AWS may take back.
	Spot Spot
}

// What the cluster does. None of it was measured by ambi.
const (
	// MetricsResolution is metrics-server's --metric-resolution, and
	// metricsFresh its freshContainerMinMetricsResolution
	// (github.com/kubernetes-sigs/metrics-server).
	MetricsResolution = 15 * time.Second
	metricsFresh      = 10 * time.Second
	// MetricsWindow is about what its values are the average of.
	MetricsWindow = 30 * time.Second
	// metricsPhase makes them half a resolution older on average.
	metricsPhase = MetricsResolution / 2

	// Backlog is the kernel's bound on connections that wait to be accepted,
	// net.core.somaxconn, since Linux 5.4.
	Backlog = 4096

	// Round numbers of ambi's, since they depend on the cluster and the image.
	UsualSchedule = 100 * time.Millisecond
	UsualPull     = 5 * time.Second
	UsualEndpoint = time.Second
)

// Karpenter orders a node one second after a pod found no room, and takes nodes
// away as soon as their pods fit elsewhere. One of one type at a time: it would
// choose larger ones where many pods wait. That a node is ready after about 60 s
// is a figure from blogs; the batching and consolidation are its defaults
// (karpenter.sh/docs/reference/settings, karpenter.sh/docs/concepts/disruption).
func Karpenter(room nodes.Room, least int) Nodes {
	return Nodes{Room: room, Min: least, Ready: time.Minute, Batch: time.Second, Scan: 10 * time.Second, Below: 1}
}

// ClusterAutoscaler looks every ten seconds, and takes a node away that was used
// for less than half during ten minutes, and not within ten of a new one: its
// defaults (github.com/kubernetes/autoscaler, cluster-autoscaler/FAQ.md). That a
// node is ready after about 240 s is a figure from blogs.
func ClusterAutoscaler(room nodes.Room, least int) Nodes {
	return Nodes{
		Room: room, Min: least, Ready: 4 * time.Minute, Scan: 10 * time.Second,
		Unneeded: 10 * time.Minute, After: 10 * time.Minute, Below: .5,
	}
}

// Defaults is a Deployment of pods that start at once, on as much room as they
// need, without an autoscaler.
func Defaults(pod nodes.Pod, concurrency int) Config {
	return Config{
		Pod: pod, Concurrency: concurrency, Queue: Backlog, EntryTimeout: kubernetes.UsualALBSeconds * time.Second, Burst: BurstNone, Initial: 1,
		Flags:   hpa.DefaultFlags(),
		Metrics: Metrics{MetricsResolution, MetricsWindow, metricsPhase, metricsFresh},
		Start:   Start{Schedule: UsualSchedule, Pull: UsualPull, Probe: kubernetes.StartupProbe, Limit: kubernetes.StartupLimit, Endpoint: UsualEndpoint},
		Stop:    Stop{PreStop: kubernetes.Drain, Grace: 30 * time.Second},
	}
}

const (
	longest     = 30 * 24 * time.Hour
	maxReplicas = 10_000
	maxWindows  = 8 // resolutions in a window
)

// Check says everything that is wrong with a configuration.
func (c *Config) Check() error {
	var problems []error
	fail := func(ok bool, format string, args ...any) {
		if !ok {
			problems = append(problems, fmt.Errorf(format, args...))
		}
	}
	fail(c.Pod.MilliCPU >= 1 && c.Pod.MemoryMiB >= 1, "a pod must request CPU and memory, got %dm and %d MiB", c.Pod.MilliCPU, c.Pod.MemoryMiB)
	fail(c.Concurrency >= 1 && c.Concurrency <= 1_000_000, "concurrency must be 1 to 1000000, got %d", c.Concurrency)
	fail(c.Queue >= 0, "the queue must not be negative, got %d", c.Queue)
	fail(c.PodMilliCPU >= 0, "a pod's CPU must not be negative, got %d", c.PodMilliCPU)
	fail(c.Initial >= Settled && c.Initial <= maxReplicas, "initial replicas must be 0 to %d, got %d", maxReplicas, c.Initial)
	for _, d := range []struct {
		name         string
		value, least time.Duration
	}{
		{"the app's timeout", c.Timeout, 0},
		{"the load balancer's timeout", c.EntryTimeout, 0},
		{"scheduling", c.Start.Schedule, 0},
		{"pulling", c.Start.Pull, 0},
		{"the app's start", c.Start.App, 0},
		{"the startup probe's period", c.Start.Probe, time.Millisecond},
		{"the endpoint's delay", c.Start.Endpoint, 0},
		{"preStop", c.Stop.PreStop, 0},
		{"the grace period", c.Stop.Grace, 0},
		{"the metrics' resolution", c.Metrics.Resolution, time.Second},
		{"the metrics' phase", c.Metrics.Phase, 0},
	} {
		fail(d.value >= d.least && d.value <= longest, "%s must be %s to %s, got %s", d.name, d.least, longest, d.value)
	}
	fail(c.Start.Limit == 0 || c.Start.App <= c.Start.Limit, "the app takes %s to start, and the startup probe gives it %s: the pod would be restarted for ever", c.Start.App, c.Start.Limit)
	if m := c.Metrics; m.Resolution > 0 {
		fail(m.Window >= m.Resolution && m.Window%m.Resolution == 0 && m.Window/m.Resolution <= maxWindows,
			"the metrics' window must be 1 to %d resolutions of %s, got %s", maxWindows, m.Resolution, m.Window)
	}
	if a := c.Autoscaler; len(a.Metrics) > 0 {
		fail(a.Min >= 0 && a.Max >= max(1, a.Min) && a.Max <= maxReplicas, "replicas must be bounded by 0 to %d, got %d and %d", maxReplicas, a.Min, a.Max)
		fail(c.Flags.SyncPeriod >= time.Second, "the autoscaler's period must be 1s at least, got %s", c.Flags.SyncPeriod)
		for _, m := range a.Metrics {
			fail(m.Target > 0, "a metric's target must be more than 0, got %d", m.Target)
			fail(m.Kind != hpa.Utilization || m.CPU, "how much memory a pod takes under load is not known: only CPU and requests can be scaled by")
		}
	}
	if k := c.KEDA; k != nil {
		fail(len(c.Autoscaler.Metrics) > 0, "KEDA scales by requests, and the autoscaler that it makes has no metric")
		fail(k.Poll >= time.Second && k.Cooldown >= 0, "KEDA must look every 1s at most and wait 0s at least, got %s and %s", k.Poll, k.Cooldown)
	}
	if n := c.Nodes; n.Room != (nodes.Room{}) {
		fail(n.Room.Fits(c.Pod) > 0, "a pod of %dm CPU and %d MiB does not fit a node, which has %dm and %d MiB to give",
			c.Pod.MilliCPU, c.Pod.MemoryMiB, n.Room.MilliCPU, n.Room.MemoryMiB)
		fail(n.Min >= 0 && (n.Max == 0 || n.Max >= n.Min), "nodes must be bounded by 0 and more, got %d and %d", n.Min, n.Max)
		fail(n.Scan >= time.Second, "nodes must be looked at every 1s at most, got %s", n.Scan)
		fail(n.Spot.Share >= 0 && n.Spot.Share <= 1, "the share of spot nodes must be 0 to 1, got %v", n.Spot.Share)
		fail(n.Spot.Share == 0 || n.Spot.Rate > 0 && n.Spot.Rate <= MaxSpotRate, "a spot node's interruptions a month must be more than 0 and at most %d, got %v", MaxSpotRate, n.Spot.Rate)
		fail(n.Ready >= 0 && n.Batch >= 0 && n.Unneeded >= 0 && n.After >= 0, "times of nodes must not be negative")
	} else {
		fail(c.Burst == BurstNone, "pods that use what their node has left need nodes")
	}
	return errors.Join(problems...)
}
