package kubernetes

import (
	"slices"
	"testing"
	"time"

	"ambi/compare/price/nodes"
	"ambi/compare/simulate/hpa"
)

// TestFollowByHand follows a queue, whose depths another cluster's test shows KEDA's own operator.
func TestFollowByHand(t *testing.T) {
	c := Defaults(nodes.Pod{MilliCPU: 500, MemoryMiB: 256}, 1)
	c.Initial = 0
	c.Autoscaler = hpa.Spec{Min: 1, Max: 8, Behavior: hpa.DefaultBehavior(), Metrics: []hpa.Metric{{Kind: hpa.TotalPerPod, Target: 10_000}}}
	c.Autoscaler.Behavior.Down.Window = 4 * time.Second
	c.Flags.SyncPeriod = 2 * time.Second
	c.KEDA = &KEDA{Poll: 2 * time.Second, Cooldown: 10 * time.Second}
	got, err := Follow(c, []Depth{
		{5 * time.Second, 1},    // KEDA looks at 6 s
		{15 * time.Second, 30},  // the autoscaler at 16 s
		{25 * time.Second, 32},  // which is within its tolerance
		{35 * time.Second, 900}, // 4 pods more in 15 s; then up to 8
		{59 * time.Second, 20},  // at 62 s, when what was recommended at 58 s is 4 s old
		{79 * time.Second, 0},   // 1 by the autoscaler, and 0 at the first look 10 s after the last one that found messages
	}, 100*time.Second)
	if err != nil {
		t.Fatal(err)
	}
	want := []Replicas{
		{0, 0},
		{6 * time.Second, 1},
		{16 * time.Second, 3},
		{36 * time.Second, 7},
		{52 * time.Second, 8},
		{62 * time.Second, 2},
		{82 * time.Second, 1},
		{88 * time.Second, 0},
	}
	if !slices.Equal(got, want) {
		t.Errorf("got  %v\nwant %v", got, want)
	}
}
