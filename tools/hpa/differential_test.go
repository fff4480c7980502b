package hpa

import (
	"context"
	"flag"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"testing"
	"testing/synctest"
	"time"

	utilruntime "k8s.io/apimachinery/pkg/util/runtime"
	utilfeature "k8s.io/apiserver/pkg/util/feature"
	"k8s.io/klog/v2"

	ambi "tools/hpa/ambi"
)

var (
	series    = flag.Int("series", 1000, "metric series of an hour")
	decisions = flag.Int("decisions", 100_000, "single decisions")
	seed      = flag.Uint64("seed", 1, "of all that is drawn")
)

func TestMain(m *testing.M) {
	klog.LogToStderr(false)
	klog.SetOutput(io.Discard)
	utilruntime.ErrorHandlers = nil // they slow errors down, by a clock that bubbles turn back
	// Tolerances of an autoscaler's own are behind a gate in v1.34.
	if err := utilfeature.DefaultMutableFeatureGate.Set("HPAConfigurableTolerance=true"); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	os.Exit(m.Run())
}

// TestSeries lets an hour pass, 240 decisions, in worlds whose pods follow the
// decisions: they start, become ready, fail and are deleted, and the load
// drifts and jumps.
func TestSeries(t *testing.T) {
	for i := range *series {
		run(t, uint64(i), 240, func(w *world, r *rand.Rand, now time.Duration, a autoscaler, c *cluster) {
			w.follow(r, now, c.replicas)
			w.measure(r, now, a)
		})
	}
}

// TestDecisions draws a world anew for each decision, replicas included; what
// the controller remembers of earlier ones stays.
func TestDecisions(t *testing.T) {
	const each = 50
	for i := range (*decisions + each - 1) / each {
		run(t, uint64(1_000_000+i), each, func(w *world, r *rand.Rand, now time.Duration, a autoscaler, c *cluster) {
			w.scatter(r, now, a)
			switch r.IntN(3) {
			case 0:
				c.replicas = int32(r.IntN(70))
			case 1:
				c.replicas = int32(len(w.pods))
			}
		})
	}
}

// tally is what decisions were like, so that a run in which nothing ever
// happens does not pass for agreement.
type tally struct{ decisions, up, down, kept, refused int }

var total tally

// run drives one autoscaler through some syncs in both, and compares.
func run(t *testing.T, stream uint64, syncs int, step func(w *world, r *rand.Rand, now time.Duration, a autoscaler, c *cluster)) {
	if t.Failed() {
		return
	}
	synctest.Test(t, func(t *testing.T) {
		r := rand.New(rand.NewPCG(*seed, stream))
		a, flags := drawAutoscaler(r), drawFlags(r)
		c := newCluster(a.theirs)
		c.replicas = a.ours.Min + int32(r.IntN(int(a.ours.Max-a.ours.Min)+1))
		ours, w := ambi.New(a.ours, flags), newWorld(r, a, c.replicas)
		ctx, stop := context.WithCancel(t.Context())
		defer stop()
		c.run(ctx, flags)
		for sync := 1; sync <= syncs; sync++ {
			now := time.Duration(sync) * flags.SyncPeriod
			time.Sleep(time.Until(w.start.Add(now - time.Second)))
			synctest.Wait()
			step(w, r, now, a, c)
			before, updates := c.replicas, c.updates
			reading := w.show(r, now, a, c)
			time.Sleep(time.Second + time.Millisecond)
			synctest.Wait()
			d := ours.Sync(now, before, reading)
			total.count(before, d)
			if d.Replicas != c.replicas {
				t.Fatalf("series %d, sync %d: from %d replicas the controller goes to %d (%d updates), ours to %d\nours: %+v\nspec: %+v\nbehavior: %+v\nreading: %+v",
					stream, sync, before, c.replicas, c.updates-updates, d.Replicas, d, a.ours, a.ours.Behavior, reading)
			}
		}
	})
}

func (n *tally) count(before int32, d ambi.Decision) {
	n.decisions++
	switch {
	case d.Replicas > before:
		n.up++
	case d.Replicas < before:
		n.down++
	case d.Recommended < 0:
		n.refused++
	default:
		n.kept++
	}
}

// drawFlags are mostly the defaults.
func drawFlags(r *rand.Rand) ambi.Flags {
	flags := ambi.DefaultFlags()
	if r.IntN(4) == 0 {
		flags.Tolerance = float64(r.IntN(300)) / 1000
		flags.Stabilization = time.Duration(r.IntN(400)) * time.Second
		flags.Initialization = time.Duration(r.IntN(400)) * time.Second
		flags.ReadinessDelay = time.Duration(r.IntN(100)) * time.Second
	}
	return flags
}

// TestTally runs last: all of what a controller does must have happened often.
func TestTally(t *testing.T) {
	t.Logf("%d decisions: %d up, %d down, %d kept, %d without an answer", total.decisions, total.up, total.down, total.kept, total.refused)
	for what, n := range map[string]int{"up": total.up, "down": total.down, "kept": total.kept, "refused": total.refused} {
		if n < total.decisions/100 {
			t.Errorf("%s: %d of %d decisions are too few to say anything", what, n, total.decisions)
		}
	}
}
