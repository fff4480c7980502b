package kubernetes

import (
	"strings"
	"testing"
	"time"

	"ambi/compare/demand"
	"ambi/compare/price/cost"
	"ambi/compare/price/nodes"
	"ambi/compare/simulate/hpa"
	"ambi/spec"
	"ambi/target/kubernetes"
)

// resolved is a service as the target resolves it, and its workload.
func resolved(t *testing.T, more string) (kubernetes.Service, cost.Workload) {
	t.Helper()
	app, err := spec.Parse("app.yaml", []byte(`apiVersion: ambi/v1
name: thumbs
services:
  api:
    image: ghcr.io/example/thumbs:1
    cpu: 500m
    memory: 512Mi
    timeout: 8s
    concurrency: 10
    lambda: {image: 123456789012.dkr.ecr.us-east-1.amazonaws.com/thumbs:1}
    http: {routes: [GET /]}
`+more))
	if err != nil {
		t.Fatal(err)
	}
	model, findings := kubernetes.Resolve(app)
	if refused := findings.Refused(); len(refused) > 0 {
		t.Fatal(refused)
	}
	w := cost.Workload{Name: "api", Pod: cost.Pod{MilliCPU: 500, MemoryMiB: 512, Min: 1, Concurrency: 10, TargetPercent: 70}}
	w.Function.Architecture = string(spec.ARM64)
	w.Traffic.Start = demand.Known(3 * time.Second)
	return model.Services[0], w
}

func TestFor(t *testing.T) {
	catalog, err := nodes.Embedded()
	if err != nil {
		t.Fatal(err)
	}
	choices := cost.Defaults().Kubernetes
	service, w := resolved(t, "    scale: {min: 2, max: 50, cpu: 70}\n")
	c, err := For(service, w, choices, catalog, Parameters{})
	if err != nil {
		t.Fatal(err)
	}
	instance, _ := catalog.Find("m7g.large")
	if c.Nodes != Karpenter(instance.Allocatable(), 2) || c.Burst != BurstNode {
		t.Errorf("nodes: %+v, burst %d", c.Nodes, c.Burst)
	}
	a := c.Autoscaler
	if a.Min != 2 || a.Max != 50 || len(a.Metrics) != 1 || a.Metrics[0] != (hpa.Metric{Kind: hpa.Utilization, CPU: true, Target: 70}) || a.Behavior == nil || c.KEDA != nil {
		t.Errorf("autoscaler: %+v", a)
	}
	// The grace period is what the stack says: the drain and one request.
	if c.Initial != Settled || c.Timeout != 8*time.Second || c.Stop != (Stop{10 * time.Second, 18 * time.Second}) || c.Start.App != 3*time.Second || c.Concurrency != 10 {
		t.Errorf("%+v", c)
	}

	p := Parameters{Preset: PresetClusterAutoscaler, Initial: demand.Known(7), Pull: demand.Known(time.Minute), Start: demand.Known(time.Second), MaxNodes: 9, Full: true}
	if c, err = For(service, w, choices, catalog, p); err != nil {
		t.Fatal(err)
	}
	if c.Nodes.Ready != 4*time.Minute || c.Nodes.Max != 9 || c.Burst != BurstNone || c.Initial != 7 || c.Start.Pull != time.Minute || c.Start.App != time.Second {
		t.Errorf("%+v", c)
	}

	fargate := choices
	fargate.OnFargate()
	if c, err = For(service, w, fargate, catalog, Parameters{}); err != nil {
		t.Fatal(err)
	}
	if c.Nodes.Room != (nodes.Room{}) || c.PodMilliCPU != 500 || c.Start.Schedule != UsualFargate {
		t.Errorf("on Fargate: %+v", c)
	}
}

func TestForScaleToZero(t *testing.T) {
	catalog, err := nodes.Embedded()
	if err != nil {
		t.Fatal(err)
	}
	service, w := resolved(t, `    scale: {min: 0, max: 10, requests: 20/s}
    kubernetes:
      scaleToZero:
        keda: {prometheus: "http://prometheus:9090", query: "sum(rate(requests[1m]))"}
`)
	w.Pod.TargetRate = 20
	c, err := For(service, w, cost.Defaults().Kubernetes, catalog, Parameters{})
	if err != nil {
		t.Fatal(err)
	}
	if c.Initial != Settled || c.KEDA == nil || c.Autoscaler.Min != 1 || c.Autoscaler.Metrics[0] != (hpa.Metric{Kind: hpa.TotalPerPod, Target: 20_000}) {
		t.Errorf("%+v %+v", c.KEDA, c.Autoscaler)
	}
}

func TestForErrors(t *testing.T) {
	catalog, err := nodes.Embedded()
	if err != nil {
		t.Fatal(err)
	}
	for _, q := range []struct {
		name, scale string
		change      func(*cost.Workload, *cost.KubernetesChoices, *Parameters)
		want        string
	}{
		{"memory", "{min: 1, max: 5, memory: 70}", nil, "how much of it a pod takes under load is not known"},
		{"start", "{min: 1, max: 5}", func(w *cost.Workload, _ *cost.KubernetesChoices, _ *Parameters) {
			w.Traffic.Start = demand.Maybe[time.Duration]{}
		}, "give startTime in the usage"},
		{"a start that the probe does not allow", "{min: 1, max: 5}", func(_ *cost.Workload, _ *cost.KubernetesChoices, p *Parameters) {
			p.Start = demand.Known(2 * time.Minute)
		}, "restarted for ever"},
		{"preset", "{min: 1, max: 5}", func(_ *cost.Workload, _ *cost.KubernetesChoices, p *Parameters) { p.Preset = "magic" }, "no such way of nodes"},
		{"instance", "{min: 1, max: 5}", func(_ *cost.Workload, k *cost.KubernetesChoices, _ *Parameters) { k.Instance = "m7i.large" }, "is x86_64, and the app is built for arm64"},
	} {
		service, w := resolved(t, "    scale: "+q.scale+"\n")
		choices, p := cost.Defaults().Kubernetes, Parameters{}
		if q.change != nil {
			q.change(&w, &choices, &p)
		}
		if _, err := For(service, w, choices, catalog, p); err == nil || !strings.Contains(err.Error(), q.want) || !strings.HasPrefix(err.Error(), "api: ") {
			t.Errorf("%s: %v", q.name, err)
		}
	}
}

// TestCheck: all that is wrong is said at once.
func TestCheck(t *testing.T) {
	c := Config{Queue: -1, Initial: -2, Autoscaler: hpa.Spec{Min: 5, Max: 2, Metrics: []hpa.Metric{{}}}, KEDA: &KEDA{}, Nodes: Nodes{Room: nodes.Room{MilliCPU: 1, MemoryMiB: 1, Pods: 1}, Min: -1}}
	c.Pod = nodes.Pod{MilliCPU: 2, MemoryMiB: 0}
	err := c.Check()
	if err == nil {
		t.Fatal("nothing is wrong")
	}
	for _, want := range []string{
		"a pod must request CPU and memory", "concurrency must be", "the queue must not", "initial replicas", "replicas must be bounded", "target must be more",
		"memory a pod takes", "KEDA must look", "does not fit a node", "nodes must be bounded", "nodes must be looked at",
	} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("%q is not said:\n%v", want, err)
		}
	}
}
