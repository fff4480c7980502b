package kubernetes

import (
	"time"

	"ambi/compare/demand"
	"ambi/compare/price/cost"
	"ambi/compare/price/nodes"
	"ambi/compare/simulate/hpa"
	"ambi/internal/problem"
	"ambi/spec"
	"ambi/target/kubernetes"
)

// Parameters are what neither an app's model nor its usage says.
type Parameters struct {
	Preset Preset // how nodes come and go; empty is karpenter
	// MaxNodes bounds them; 0 is no bound.
	MaxNodes int
	Spot     Spot // nodes that AWS may take back
	// Initial is how many replicas are ready when the trace begins; unknown is
	// Settled.
	Initial demand.Maybe[int]
	// Start is what the app takes to start, runtime included. It is not needed
	// where the usage has a start.
	Start demand.Maybe[time.Duration]
	// Pull is what the image takes on a node that does not have it. Unknown is
	// UsualPull.
	Pull    demand.Maybe[time.Duration]
	Balance Balance
	// Cluster is all workloads of the cluster, whose pods the nodes must hold; none is the
	// service's alone.
	Cluster []cost.Workload
	// Full says that nodes have no CPU to give beyond what pods request.
	Full bool
}

// Preset names a way in which nodes come and go.
type Preset string

// The presets.
const (
	PresetKarpenter         Preset = "karpenter"
	PresetClusterAutoscaler Preset = "cluster-autoscaler"
)

// UsualFargate is what Fargate takes to have a place for a pod: a figure from
// blogs, of which there are many between half a minute and a whole one.
const UsualFargate = 45 * time.Second

// For is how a service's Deployment runs: what ambi writes into its stack, on
// the nodes that its costs are reckoned with. A workload has the service's pod,
// the architecture that its image is built for, and its usage.
func For(service kubernetes.Service, workload cost.Workload, choices cost.KubernetesChoices, catalog *nodes.Catalog, p Parameters) (Config, error) {
	config, err := build(service, workload, choices, catalog, p)
	if err == nil {
		err = config.Check()
	}
	if err != nil {
		return Config{}, problem.As(problem.Misuse, problem.In(service.Name, err))
	}
	return config, nil
}

func build(service kubernetes.Service, w cost.Workload, choices cost.KubernetesChoices, catalog *nodes.Catalog, p Parameters) (Config, error) {
	pod := nodes.Pod{MilliCPU: w.Pod.MilliCPU, MemoryMiB: w.Pod.MemoryMiB}
	c := Defaults(pod, w.Pod.Concurrency)
	c.Timeout, c.EntryTimeout = time.Duration(service.TimeoutSeconds)*time.Second, service.EntryTimeout()
	c.Start.Limit = time.Duration(service.StartSeconds) * time.Second
	c.Stop.Grace = c.Stop.PreStop + c.Timeout
	if e := service.Events; e != nil { // nothing to keep requests from
		c.Stop = Stop{Grace: time.Duration(e.GraceSeconds) * time.Second}
	}
	c.Balance = p.Balance
	c.Start.Pull = p.Pull.Or(c.Start.Pull)
	start, known := p.Start.Get()
	if !known {
		start, known = w.Traffic.Start.Get()
	}
	if !known {
		return c, problem.New("how long an instance takes to start is not known").Hint("give startTime in the usage")
	}
	c.Start.App = start
	c.Initial = p.Initial.Or(Settled)
	if service.Schedule != nil {
		c.Jobs, c.Initial = &Jobs{OneByOne: service.Schedule.Forbid, Attempts: service.Schedule.Attempts}, 0
		if choices.Compute == cost.Fargate {
			c.Jobs.Least = cost.FargateMinimum
		}
	} else if service.Stateful() { // no autoscaler
		c.Initial = service.MinReplicas
	} else if err := c.scaling(service, w); err != nil {
		return c, err
	}
	return c, c.capacity(w, choices, catalog, p)
}

// scaling is the autoscaler that ambi writes out.
func (c *Config) scaling(service kubernetes.Service, w cost.Workload) error {
	// A Deployment that KEDA scales has an autoscaler with one replica at least.
	c.Autoscaler = hpa.Spec{Min: int32(max(1, service.MinReplicas)), Max: int32(service.MaxReplicas), Behavior: hpa.DefaultBehavior()}
	metric := hpa.Metric{}
	switch service.Metric {
	case kubernetes.CPU:
		metric = hpa.Metric{Kind: hpa.Utilization, CPU: true, Target: int64(service.TargetPercent)}
	case kubernetes.Requests:
		metric = hpa.Metric{Kind: hpa.Average, Target: service.TargetMilli}
		if service.KEDA != nil {
			metric.Kind = hpa.TotalPerPod
		}
	case kubernetes.Backlog:
		metric = hpa.Metric{Kind: hpa.TotalPerPod, Target: int64(service.Backlog) * 1000}
	default:
		return problem.New("replicas follow %s, and how much of it a pod takes under load is not known", service.Metric).Hint("scale by cpu, requests or backlog")
	}
	c.Autoscaler.Metrics = []hpa.Metric{metric}
	if (service.KEDA != nil || service.Backlog > 0) && service.MinReplicas == 0 {
		c.KEDA = &KEDA{Poll: kubernetes.KEDAPoll, Cooldown: kubernetes.KEDACooldown}
	}
	return nil
}

// Instance is the type of the nodes that workloads run on: x86 where one of them is built for
// it, like the costs'.
func Instance(catalog *nodes.Catalog, choices cost.KubernetesChoices, all []cost.Workload) (nodes.Instance, error) {
	architecture := string(spec.ARM64)
	var pods []nodes.Pod
	for _, w := range all {
		if w.Function.Architecture != architecture {
			architecture = string(spec.X8664)
		}
		pods = append(pods, nodes.Pod{MilliCPU: w.Pod.MilliCPU, MemoryMiB: w.Pod.MemoryMiB})
	}
	instance, _, err := cost.Instance(catalog, choices.Instance, architecture, pods)
	return instance, err
}

// capacity is what pods run on.
func (c *Config) capacity(w cost.Workload, choices cost.KubernetesChoices, catalog *nodes.Catalog, p Parameters) error {
	switch {
	case choices.Compute == cost.Fargate:
		size, ok := nodes.Fargate(c.Pod)
		if !ok {
			return problem.New("a pod of %dm CPU and %d MiB is larger than Fargate's largest", c.Pod.MilliCPU, c.Pod.MemoryMiB)
		}
		c.PodMilliCPU, c.Start.Schedule = size.MilliCPU, UsualFargate
		return nil
	case choices.Shared > 0:
		// The others' pods use what the nodes have left, and the cluster has room.
		return nil
	}
	all := p.Cluster
	if all == nil {
		all = []cost.Workload{w}
	}
	instance, err := Instance(catalog, choices, all)
	if err != nil {
		return err
	}
	room, least := instance.Allocatable(), max(1, choices.MinNodes)
	switch p.Preset {
	case "", PresetKarpenter:
		c.Nodes = Karpenter(room, least)
	case PresetClusterAutoscaler:
		c.Nodes = ClusterAutoscaler(room, least)
	default:
		return problem.New("no such way of nodes to come and go: %q", p.Preset).Hint("karpenter or cluster-autoscaler")
	}
	c.Nodes.Max, c.Nodes.Spot = p.MaxNodes, p.Spot
	if choices.ForPeak {
		c.Nodes.Below = -1 // no node ever goes
	}
	if !p.Full {
		c.Burst = BurstNode
	}
	return nil
}
