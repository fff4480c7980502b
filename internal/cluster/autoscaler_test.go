//go:build cluster

package cluster_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"ambi/internal/cluster"
)

// autoscaler lets the real HorizontalPodAutoscaler scale a project that scales by
// CPU, up and down once. Its pods use nothing, since they do not run: annotations
// say what kwok and then metrics-server report of each.
func (p *proof) autoscaler(c *cluster.Cluster, example *project) func(*testing.T) {
	return func(t *testing.T) {
		example.begin(t, p.ctx)
		all := deployments(t, example.objects)
		scaled := slices.IndexFunc(all, func(o cluster.Object) bool { return autoscalerOf(example.objects, o) != nil })
		if scaled < 0 {
			t.Fatalf("%s has no autoscaler", example.name)
		}
		deployment, scaler := all[scaled], autoscalerOf(example.objects, all[scaled])
		if err := c.StartMetricsServer(p.ctx); err != nil {
			t.Fatal(err)
		}
		// What the autoscaler remembers from before must not decide: it starts with what
		// an idle app has, one pod.
		least := scaler.Number("spec", "minReplicas")
		if _, err := p.Merge(p.ctx, "kube-controller-manager", deployment, "scale", cluster.Object{"spec": map[string]any{"replicas": least}}); err != nil {
			t.Fatal(err)
		}
		p.settles(t, deployment, least)
		const count, image = 3, "ghcr.io/example/thumbs:2.0.0"

		steps := []struct {
			what string
			run  func(*testing.T)
		}{
			{"scales up with its load", func(t *testing.T) {
				p.autoscalerKnows(t, scaler)
				// The aim is 70 % of the 500m that a pod requests: 875m are the work of two and a
				// half, so that no error of measurement below a fifth changes the answer.
				p.load(t, deployment, "875m")
				p.settles(t, deployment, count)
			}},
			{"keeps its count when the same is applied again", func(t *testing.T) {
				for _, o := range example.objects {
					p.apply(t, o)
				}
				p.settles(t, deployment, count)
			}},
			{"keeps its count when a new image rolls out", func(t *testing.T) {
				example.render(t, p.ctx, map[string]string{"api.image": image})
				for _, o := range example.objects {
					if applied := p.apply(t, o); o.String() == deployment.String() && applied.Number("spec", "replicas") != count {
						t.Errorf("the count is %d, want %d", applied.Number("spec", "replicas"), count)
					}
				}
				p.rollsOut(t, deployment, count, image)
			}},
			{"does not shrink within its window", func(t *testing.T) {
				// The new pods do nothing, so one would do. The window of five minutes, which
				// ambi writes out, holds the others back.
				p.wait(t, "the autoscaler to hold back", func(ctx context.Context) error {
					have, err := p.Get(ctx, scaler)
					if err == nil && have.Reason("AbleToScale") != "ScaleDownStabilized" {
						err = errors.New("its state is " + have.Reason("AbleToScale"))
					}
					return err
				})
				p.settles(t, deployment, count)
			}},
			{"scales down once its window is over", func(t *testing.T) {
				// The test does not wait for five minutes; nothing but the window's length changes.
				short := clone(t, scaler)
				short.Field("spec", "behavior", "scaleDown").(map[string]any)["stabilizationWindowSeconds"] = 1
				p.apply(t, short)
				p.settles(t, deployment, least)
			}},
		}
		for _, step := range steps {
			began := time.Now()
			if !t.Run(step.what, step.run) {
				t.Fatal("the steps build on one another")
			}
			t.Logf("%s: %.1f s", step.what, time.Since(began).Seconds())
		}
	}
}

// autoscalerKnows waits until the autoscaler can compute a count from usage.
func (p *proof) autoscalerKnows(t *testing.T, scaler cluster.Object) {
	t.Helper()
	p.wait(t, "the autoscaler to know the usage", func(ctx context.Context) error {
		have, err := p.Get(ctx, scaler)
		if err == nil && !have.Condition("ScalingActive") {
			err = errors.New("it is not active: " + have.Reason("ScalingActive"))
		}
		return err
	})
}

// load sets what the first of a Deployment's pods uses.
func (p *proof) load(t *testing.T, deployment cluster.Object, cpu string) {
	t.Helper()
	pods, err := p.pods(p.ctx, deployment)
	if err != nil || len(pods) == 0 {
		t.Fatalf("%s has no pods: %v", deployment, err)
	}
	pod := pods[0]
	pod["apiVersion"], pod["kind"] = "v1", "Pod" // a list leaves that out
	usage := map[string]any{"kwok.x-k8s.io/usage-cpu": cpu}
	if _, err := p.Merge(p.ctx, manager, pod, "", cluster.Object{"metadata": map[string]any{"annotations": usage}}); err != nil {
		t.Fatal(err)
	}
}

// rollsOut waits until all of a Deployment's pods have an image, and holds meanwhile
// that as many are available as were before: an old pod goes when a new one is there.
func (p *proof) rollsOut(t *testing.T, deployment cluster.Object, count int, image string) {
	t.Helper()
	p.wait(t, "the rollout of "+image, func(ctx context.Context) error {
		have, err := p.Get(ctx, deployment)
		if err != nil {
			return err
		}
		if available := have.Number("status", "availableReplicas"); available < count {
			t.Errorf("%d pods are available during the rollout, want at least %d", available, count)
		}
		if wanted := have.Number("spec", "replicas"); wanted != count {
			t.Errorf("the count is %d during the rollout, want %d", wanted, count)
		}
		pods, err := p.pods(ctx, deployment)
		if err != nil {
			return err
		}
		for _, pod := range pods {
			if got := pod.List("spec", "containers")[0].Text("image"); got != image {
				return fmt.Errorf("pod %s has %s: %s", pod.Name(), got, podsSay(pods))
			}
		}
		return nil
	})
	p.settles(t, deployment, count)
}

// podsSay is the state of pods that a rollout waits for, in a line each.
func podsSay(pods []cluster.Object) string {
	var text strings.Builder
	for _, pod := range pods {
		fmt.Fprintf(&text, "\n%s on node %q, phase %s", pod.Name(), pod.Text("spec", "nodeName"), pod.Text("status", "phase"))
		if at := pod.Text("metadata", "deletionTimestamp"); at != "" {
			fmt.Fprintf(&text, ", deleted at %s", at)
		}
		for _, c := range pod.List("status", "conditions") {
			fmt.Fprintf(&text, ", %s %s %s %s", c.Text("type"), c.Text("status"), c.Text("reason"), c.Text("message"))
		}
	}
	return text.String()
}

func (p *proof) pods(ctx context.Context, deployment cluster.Object) ([]cluster.Object, error) {
	labels := deployment.Field("spec", "selector", "matchLabels").(map[string]any)
	return p.List(ctx, "v1", "Pod", deployment.Namespace(), labels)
}
