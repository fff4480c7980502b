package simulate

import (
	"context"

	"ambi/compare/demand"
	"ambi/compare/price/cost"
	"ambi/compare/price/nodes"
	pods "ambi/compare/simulate/kubernetes"
	"ambi/compare/simulate/replay"
	"ambi/spec"
)

// onKubernetes is the service as pods.
func (in *Input) onKubernetes(name string, assume assumer) (*side, string) {
	service, _ := in.Resolved.Kubernetes.Service(name)
	function, _ := in.Resolved.Lambda.Service(name) // says what the image is built for
	workload := cost.WorkloadOf(function, service, demand.Traffic{Usage: in.Usage})
	parameters := pods.Parameters{Preset: pods.Preset(in.Nodes)}
	if in.Start == Cold {
		parameters.Initial = demand.Known(service.MinReplicas)
	}
	config, err := pods.For(service, workload, in.Choices.Kubernetes, in.Catalog, parameters)
	if err != nil {
		return nil, err.Error()
	}
	in.assumeKubernetes(workload, config, assume)
	return &side{spec.Kubernetes, func(ctx context.Context, source replay.Source, demand replay.Demand, options replay.Options) (replay.Result, error) {
		return pods.Run(ctx, config, source, demand, options)
	}}, ""
}

func (in *Input) assumeKubernetes(w cost.Workload, c pods.Config, assume assumer) {
	begins := "as many pods at first as the first minute needs"
	if in.Start == Cold {
		begins = "the fewest pods at first, scale.min"
	}
	assume("pods", "kubernetes.io/docs/tasks/run-application/horizontal-pod-autoscale",
		"%dm of CPU and %d MiB each, for %d requests at once; others wait in the pod, first come first served. A pod listens %s after its image is there, which takes %s where it is new: a round number of ambi's. The autoscaler looks every %s, at figures of the last %s that are up to %s old. There are %s",
		w.Pod.MilliCPU, w.Pod.MemoryMiB, w.Pod.Concurrency, spec.Duration(c.Start.App), spec.Duration(c.Start.Pull),
		spec.Duration(c.Flags.SyncPeriod), spec.Duration(c.Metrics.Window), spec.Duration(c.Metrics.Resolution), begins)
	k := in.Choices.Kubernetes
	switch {
	case k.Compute == cost.Fargate:
		assume("nodes", "figures from blogs", "each pod is a Fargate machine of its own, with %dm of CPU; one is there after about %s", c.PodMilliCPU, spec.Duration(pods.UsualFargate))
	case k.Shared > 0:
		assume("nodes", "", "the cluster is shared and has room for every pod at once; a pod gets the CPU that it requests and no more")
	default:
		instance, _, err := cost.Instance(in.Catalog, k.Instance, w.Function.Architecture, []nodes.Pod{c.Pod})
		if err != nil {
			return // For would have said so
		}
		leave, source := "as soon as their pods fit elsewhere", "karpenter.sh/docs/concepts/disruption; how long a node takes is a figure from blogs"
		if in.Nodes == ClusterAutoscaler {
			leave, source = "after ten minutes of less than half", "github.com/kubernetes/autoscaler, cluster-autoscaler/FAQ.md; how long a node takes is a figure from blogs"
		}
		assume("nodes", source, "%s, %d at least. %s adds one, ready after %s, for pods that find no room, and takes nodes away %s. Pods have no CPU limit and share what their node has",
			instance.Type, c.Nodes.Min, in.Nodes, spec.Duration(c.Nodes.Ready), leave)
	}
}
