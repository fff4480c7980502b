//go:build cluster

package cluster_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"sync"
	"syscall"
	"testing"
	"time"

	"ambi/compare/price/nodes"
	"ambi/compare/simulate/hpa"
	pods "ambi/compare/simulate/kubernetes"
	"ambi/internal/cluster"
)

// TestKEDA shows KEDA's own operator, and the real autoscaler behind it, a queue whose depth follows
// a series, and holds the replicas that they ask for against those of the simulation's model:
// the same numbers in the same order, at the same times up to a tolerance.
//
//	make test-cluster
//
// KEDA and the autoscaler each look every two seconds, at moments of their own, which explains four
// seconds of the tolerance; the rest is for a machine that has other work.
func TestKEDA(t *testing.T) {
	ctx, stop := signal.NotifyContext(t.Context(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	const most = 5 * time.Minute
	ctx, stop = context.WithTimeoutCause(ctx, most, fmt.Errorf("the whole test took more than %s", most))
	defer stop()
	c := start(t, ctx)
	p := &proof{Client: c.Client(), ctx: c.Context(), kubeconfig: c.Kubeconfig()}
	p.installKinds(t)
	text, err := os.ReadFile("testdata/keda.yaml")
	if err != nil {
		t.Fatal(err)
	}
	objects, err := cluster.Read(text)
	if err != nil {
		t.Fatal(err)
	}
	queue := scaledByKEDA(t, &project{name: "keda.yaml", objects: objects})
	if err := c.StartKEDA(p.ctx, queue.serveAWS(t)); err != nil {
		t.Fatal(err)
	}
	queue.fill(0)
	for _, o := range objects {
		p.apply(t, o)
	}
	p.wait(t, "KEDA to take the ScaledObject", func(ctx context.Context) error {
		have, err := p.Get(ctx, queue.scaler)
		if err == nil && !have.Condition("Ready") {
			err = errors.New("it is not ready: " + have.Reason("Ready"))
		}
		return err
	})
	p.settles(t, queue.deployment, 0)

	aim := queue.messagesPerPod(t)
	steps := []struct {
		what     string
		messages int // from then on, in the queue and in flight
		stays    time.Duration
	}{
		{"one message", 1, 8 * time.Second},
		{"more", 3 * aim, 8 * time.Second},
		{"held, but for less than the autoscaler's tolerance", 3*aim + aim/5, 6 * time.Second},
		{"a burst, which the autoscaler's policies take in two steps", 100 * aim, 24 * time.Second},
		{"fewer", 2 * aim, 12 * time.Second},
		{"empty", 0, 18 * time.Second},
		{"a burst without pods", 4 * aim, 10 * time.Second},
	}
	began := time.Now()
	watched := p.watchReplicas(t, queue.deployment, began)
	var depths []pods.Depth
	for _, step := range steps {
		queue.fill(step.messages)
		depths = append(depths, pods.Depth{At: time.Since(began), Messages: step.messages})
		t.Logf("from %.1f s on %s: %d messages", time.Since(began).Seconds(), step.what, step.messages)
		select {
		case <-time.After(step.stays):
		case <-p.ctx.Done():
			t.Fatal(context.Cause(p.ctx))
		}
	}
	ended := time.Since(began)
	seen := watched()
	model, err := pods.Follow(modelOf(queue.scaler, aim), depths, ended)
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("KEDA and the autoscaler: %v", seen)
	t.Logf("the model:               %v", model)
	if len(seen) != len(model) {
		t.Fatalf("KEDA and the autoscaler made %d changes, and the model %d", len(seen), len(model))
	}
	const tolerance = 7 * time.Second
	for i, r := range seen {
		if m := model[i]; r.Count != m.Count {
			t.Errorf("change %d is to %d replicas, and the model's to %d", i, r.Count, m.Count)
		} else if apart := (r.At - m.At).Abs(); apart > tolerance {
			t.Errorf("%d replicas are asked for at %s, and by the model at %s", r.Count, r.At, m.At)
		}
	}
}

// watchReplicas notes each change of a Deployment's count, until it is asked for them.
func (p *proof) watchReplicas(t *testing.T, deployment cluster.Object, began time.Time) func() []pods.Replicas {
	ctx, stop := context.WithCancel(p.ctx)
	var changes []pods.Replicas
	var done sync.WaitGroup
	done.Go(func() {
		for ctx.Err() == nil {
			have, err := p.Get(ctx, deployment)
			if count := have.Number("spec", "replicas"); err == nil && (len(changes) == 0 || changes[len(changes)-1].Count != count) {
				changes = append(changes, pods.Replicas{At: time.Since(began), Count: count})
			}
			time.Sleep(100 * time.Millisecond)
		}
	})
	return func() []pods.Replicas {
		stop()
		done.Wait()
		return changes
	}
}

// modelOf is the model of what a ScaledObject says, with the autoscaler's own rhythm in this cluster.
func modelOf(scaler cluster.Object, aim int) pods.Config {
	config := pods.Defaults(nodes.Pod{MilliCPU: 100, MemoryMiB: 128}, 1)
	config.Initial = 0
	config.Autoscaler = hpa.Spec{
		Min: 1, Max: int32(scaler.Number("spec", "maxReplicaCount")),
		Metrics: []hpa.Metric{{Kind: hpa.TotalPerPod, Target: int64(aim) * 1000}}, Behavior: hpa.DefaultBehavior(),
	}
	seconds := func(path ...string) time.Duration { return time.Duration(scaler.Number(path...)) * time.Second }
	config.Autoscaler.Behavior.Down.Window = seconds("spec", "advanced", "horizontalPodAutoscalerConfig", "behavior", "scaleDown", "stabilizationWindowSeconds")
	config.Flags.SyncPeriod = 2 * time.Second // see parts.go
	config.KEDA = &pods.KEDA{Poll: seconds("spec", "pollingInterval"), Cooldown: seconds("spec", "cooldownPeriod")}
	return config
}
