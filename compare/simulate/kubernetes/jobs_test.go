package kubernetes

import (
	"context"
	"math"
	"testing"
	"time"

	"ambi/compare/price/nodes"
	"ambi/compare/simulate/replay"
)

// nightly is Deployments of one cluster: one that is always there, and jobs of some time.
func nightly(t *testing.T, oneByOne bool, jobs []int64, work time.Duration) (each []replay.Result, whole replay.Result) {
	t.Helper()
	always := Defaults(nodes.Pod{MilliCPU: 1000, MemoryMiB: 512}, 10)
	always.Nodes, always.Burst = Karpenter(nodes.Room{MilliCPU: 1800, MemoryMiB: 6900, Pods: 27}, 1), BurstNode
	job := always
	job.Jobs, job.Initial, job.Start.App, job.Timeout = &Jobs{OneByOne: oneByOne}, 0, 2*time.Second, time.Hour
	each, whole, err := RunTogether(context.Background(), []Deployment{
		{Config: always, Source: replay.Poisson(5, time.Hour, 1), Demand: replay.Demand{Wait: replay.Constant(1e7)}, Seed: 1},
		{Config: job, Source: replay.Arrivals(jobs), Demand: replay.Demand{Wait: replay.Constant(int64(work))}, Seed: 2},
	}, replay.Options{Until: int64(time.Hour)})
	if err != nil {
		t.Fatal(err)
	}
	for _, x := range each {
		if err := x.Check(); err != nil {
			t.Error(err)
		}
	}
	return each, whole
}

// TestJobs: each job has a pod from its start to its end, on a node that comes and goes for it
// where there is no room.
func TestJobs(t *testing.T) {
	minute := int64(time.Minute)
	each, whole := nightly(t, false, []int64{5 * minute, 30 * minute}, 4*time.Minute)
	jobs := each[1]
	if jobs.Requests != 2 || jobs.Of(replay.Answered) != 2 || jobs.Meters[replay.Started] != 2 || jobs.Meters[replay.Stopped] != 2 {
		t.Errorf("%d jobs, %d done, %d pods started and %d stopped", jobs.Requests, jobs.Of(replay.Answered), jobs.Meters[replay.Started], jobs.Meters[replay.Stopped])
	}
	// A second until the node is ordered, a minute for it, the pull, the start, the work.
	want := 100*time.Millisecond + time.Second + time.Minute + 5*time.Second + 2*time.Second + 4*time.Minute
	for _, got := range []int64{jobs.Latency.P50, jobs.Latency.Max} {
		if math.Abs(float64(got)/float64(want)-1) > .01 {
			t.Errorf("a job takes %s, want %s", time.Duration(got), want)
		}
	}
	pod := 2 * (want - 61*time.Second).Seconds() // from when it has its node
	if got := jobs.Gauges[replay.Instances].Seconds; math.Abs(got/pod-1) > .01 {
		t.Errorf("%v pod-seconds, want %v", got, pod)
	}
	n := whole.Gauges[replay.Nodes]
	if more := n.Seconds - 3600; n.Max != 2 || more < 2*(want-2*time.Second).Seconds() || more > 2*(want+15*time.Second).Seconds() {
		t.Errorf("nodes: %+v", n)
	}
}

// TestJobsOneByOne: what comes while another is at work is left out.
func TestJobsOneByOne(t *testing.T) {
	minute := int64(time.Minute)
	at := []int64{5 * minute, 6 * minute, 7 * minute, 20 * minute}
	each, _ := nightly(t, true, at, 4*time.Minute)
	if each[1].Requests != 2 || each[1].Of(replay.Answered) != 2 {
		t.Errorf("%d jobs ran, %d were done", each[1].Requests, each[1].Of(replay.Answered))
	}
	if each, _ := nightly(t, false, at, 4*time.Minute); each[1].Requests != 4 || each[1].Gauges[replay.InUse].Max != 3 {
		t.Errorf("%d jobs ran, %d at once", each[1].Requests, each[1].Gauges[replay.InUse].Max)
	}
}

// TestJobsTimeOut: one that works for longer than it may is told so, and not one that waits for
// its pod.
func TestJobsTimeOut(t *testing.T) {
	each, _ := nightly(t, false, []int64{int64(time.Minute)}, time.Hour-2*time.Minute)
	if each[1].InFlight != 1 {
		t.Errorf("%d jobs are at work at the end", each[1].InFlight)
	}
	c := Defaults(nodes.Pod{MilliCPU: 1000, MemoryMiB: 512}, 10)
	c.Jobs, c.Initial, c.Start.App, c.Timeout = &Jobs{Least: time.Minute}, 0, 30*time.Second, 10*time.Second
	run := func(work time.Duration) replay.Result {
		each, _, err := RunTogether(context.Background(), []Deployment{{Config: c, Source: replay.Arrivals([]int64{0}), Demand: replay.Demand{CPU: replay.Constant(int64(work))}}}, replay.Options{Until: 300e9})
		if err != nil {
			t.Fatal(err)
		}
		return each[0]
	}
	quick, slow := run(9*time.Second), run(11*time.Second)
	if quick.Of(replay.Answered) != 1 || slow.Outcomes[replay.TimedOutApp] != 1 || slow.Latency.Max < 45e9 || slow.Latency.Max > 46e9 || slow.Meters[replay.Stopped] != 1 {
		t.Errorf("%d were served; %d timed out, after %s", quick.Of(replay.Answered), slow.Outcomes[replay.TimedOutApp], time.Duration(slow.Latency.Max))
	}
	if got := quick.Gauges[replay.Instances].Seconds; math.Abs(got-60) > .5 {
		t.Errorf("a pod that is paid for a minute was there for %v s", got)
	}
}
