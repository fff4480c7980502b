package cost

import (
	"fmt"
	"math"

	"ambi/compare/demand"
	"ambi/compare/price"
	"ambi/compare/price/nodes"
	"ambi/spec"
	"ambi/target"
)

// Measured is the quantities that a simulation of an app's traffic found, for a month. Zero
// quantities were not simulated; averages apply.
type Measured struct {
	Invocations          float64 `json:"invocations"`          // requests that Lambda let in
	GBSeconds            float64 `json:"gbSeconds"`            // duration on demand
	StartGBSeconds       float64 `json:"startGBSeconds"`       // initialization
	ProvisionedGBSeconds float64 `json:"provisionedGBSeconds"` // duration on provisioned concurrency
	ProvisionedInUse     float64 `json:"provisionedInUse"`     // of provisioned concurrency, on average
	Starts               float64 `json:"starts"`               // environments that started
	NodeHours            float64 `json:"nodeHours"`            // of the cluster
	ReplicaHours         float64 `json:"replicaHours"`         // of the pods
	// Receives are those of a queue that gave messages, on Lambda and on Kubernetes: messages
	// that come back are received again.
	Receives target.Pair[float64] `json:"receives"`
	// Services are the quantities of each service, by name, of an app that has several: then
	// only the cluster's hours count of the app's own.
	Services map[string]Measured `json:"services,omitempty"`
}

// of is the quantities of a workload of an app.
func (m Measured) of(name string) Measured {
	if m.Services == nil {
		return m
	}
	return m.Services[name]
}

// Corrections replace the quantities of a model with measured ones.
type Corrections struct {
	lambda          []correction
	kubernetes      []correction // beside what nodes and replicas decide
	nodes, replicas float64      // factors; 1 for none
	cluster         bool         // whether the cluster was simulated at all
}

// correction is of one line.
type correction struct {
	line   int
	factor float64
	extra  float64 // where averages have nothing: what to add for each scale
	rest   int     // the line that takes what this one leaves of a fixed sum; -1 for none
}

// Corrected is the app with what a simulation of it found in place of what
// averages say. At other numbers of requests, and with other choices, each
// quantity is taken to be off its average by the same factor: so a curve goes
// through the measured point without a jump. Errors are choices that make no
// sense, and services that were not simulated.
func (a App) Corrected(sheet *price.Sheet, catalog *nodes.Catalog, choices Choices, m Measured) (App, error) {
	invocations := 0.0
	for _, w := range a.Workloads {
		if _, simulated := m.Services[w.Name]; !simulated && len(a.Workloads) > 1 {
			return a, fmt.Errorf("%s was not simulated, and other services of the app were", w.Name)
		}
		invocations += m.of(w.Name).Invocations
	}
	a.Corrections = nil
	c := &Corrections{nodes: 1, replicas: 1, cluster: m.NodeHours > 0 || m.ReplicaHours > 0}
	// A target that was not simulated may not take the app at all.
	if invocations > 0 {
		if err := c.fromLambda(sheet, a, choices, m); err != nil {
			return a, err
		}
	}
	if !c.cluster {
		a.Corrections = c
		return a, nil
	}
	cluster, err := newCluster(catalog, a, choices)
	if err != nil {
		return a, err
	}
	if choices.Kubernetes.Compute == EC2 && choices.Kubernetes.Shared == 0 {
		c.nodes = factor(m.NodeHours, cluster.nodeHours(1))
	}
	c.replicas = factor(m.ReplicaHours, cluster.replicaHours(1))
	a.Corrections = c // which the receives are beside
	model, lines, err := prepareKubernetes(sheet, catalog, a, choices)
	if err != nil {
		return a, err
	}
	c.kubernetes = receives(model, lines, a, m, spec.Kubernetes)
	return a, nil
}

// receives corrects what queues are asked for messages.
func receives(model *Model, lines []queueLines, a App, m Measured, t spec.Target) []correction {
	average := make([]float64, len(model.lines))
	model.quantify(1, average)
	var list []correction
	for i, kind := range queueKinds(a) {
		measured := 0.0
		for _, w := range a.Workloads {
			if n := m.of(w.Name).Receives.Of(t); kind.reaches(w) {
				measured += float64(n * w.units(min(w.Batch(), sqsMessages)))
			}
		}
		if known := average[lines[i].receives]; measured > 0 && known > 0 {
			list = append(list, correction{lines[i].receives, measured / known, 0, -1})
		}
	}
	return list
}

func factor(measured, average float64) float64 {
	if measured > 0 && average > 0 {
		return measured / average
	}
	return 1
}

func (c *Corrections) fromLambda(sheet *price.Sheet, a App, choices Choices, m Measured) error {
	model, l, err := prepareLambda(sheet, a, choices)
	if err != nil {
		return err
	}
	average := make([]float64, len(model.lines))
	model.quantify(1, average)
	sums, rests := make([]float64, len(model.lines)), make([]int, len(model.lines))
	add := func(line int, measured float64, rest int) {
		sums[line] += measured
		rests[line] = rest
	}
	for _, w := range a.Workloads {
		f, m := w.Function, m.of(w.Name)
		if m.Invocations == 0 { // nothing came, as of a nightly job in an hour
			if m, err = averageOf(w, choices); err != nil {
				return err
			}
		}
		gb := float64(f.MemoryMB) / 1024
		arch := architectureOf(f)
		add(l.requests, m.Invocations, -1)
		add(l.duration[arch], m.GBSeconds, -1)
		add(l.start[arch], m.StartGBSeconds, -1)
		add(l.secretCalls, m.Starts*float64(f.Secrets), -1)
		add(l.readyDuration[arch], m.ProvisionedGBSeconds, -1)
		add(l.ready[arch], float64(m.ProvisionedInUse*gb)*demand.SecondsPerMonth, l.readyIdle[arch])
	}
	for line, measured := range sums {
		switch known := average[line]; {
		case !(measured > 0):
		case known > 0:
			c.lambda = append(c.lambda, correction{line, measured / known, 0, rests[line]})
		default:
			c.lambda = append(c.lambda, correction{line, 1, measured, rests[line]})
		}
	}
	c.lambda = append(c.lambda, receives(model, l.queues, a, m, spec.Lambda)...)
	return nil
}

// averageOf is the quantities of a workload on Lambda by averages.
func averageOf(w Workload, choices Choices) (Measured, error) {
	f, err := newFunction(w, choices)
	if err != nil {
		return Measured{}, err
	}
	invocations := f.requests / f.batch
	starts := f.starts(invocations / demand.SecondsPerMonth)
	return Measured{
		Invocations: invocations, GBSeconds: float64(invocations*f.seconds) * f.gb,
		Starts: starts, StartGBSeconds: float64(starts*f.startSeconds) * f.gb,
	}, nil
}

// apply corrects a model.
func apply(list []correction, m *Model) {
	if len(list) == 0 {
		return
	}
	for _, x := range list {
		m.lines[x.line].simulated = true
		if x.rest >= 0 {
			m.lines[x.rest].simulated = true
		}
	}
	averages := m.quantify
	m.quantify = func(scale float64, q []float64) {
		averages(scale, q)
		for _, x := range list {
			before := q[x.line]
			if math.IsNaN(before) {
				before = 0 // an average that lacks a figure; the simulation did not
			}
			q[x.line] = float64(before*x.factor) + float64(x.extra*scale)
			if x.rest >= 0 && !math.IsNaN(q[x.rest]) {
				sum := before + q[x.rest]
				q[x.line] = min(q[x.line], sum)
				q[x.rest] = sum - q[x.line]
			}
		}
	}
}

// ofCluster is the factor for what a cluster pays for, nodes or replicas, and
// whether it comes from a simulation.
func (c *Corrections) ofCluster(k KubernetesChoices) (factor float64, simulated bool) {
	switch {
	case c == nil || !c.cluster:
		return 1, false
	case k.Compute == Fargate || k.Shared > 0:
		return c.replicas, true
	default:
		return c.nodes, true
	}
}

// replicaHours is how many hours of replicas a month takes.
func (c *cluster) replicaHours(scale float64) float64 {
	if !c.known {
		return math.NaN()
	}
	hours := 0.0
	for level, share := range c.shares {
		for i := range c.services {
			s := &c.services[i]
			hours += float64(s.replicas(scale, c.factors[level][i])*s.running(scale, c.factors[level][i])*share) * price.HoursPerMonth
		}
	}
	return hours
}
