package simulate

import (
	"context"

	"ambi/compare/demand"
	"ambi/compare/price/cost"
	pods "ambi/compare/simulate/kubernetes"
	"ambi/compare/simulate/replay"
	"ambi/spec"
)

// onKubernetes is the service as pods.
func (in *Input) onKubernetes(name string, assume assumer) (*side, string) {
	d, reason := in.asDeployment(name, []cost.Workload{in.workload(name)}, assume)
	if reason != "" {
		return nil, reason
	}
	return &side{spec.Kubernetes, func(ctx context.Context, source replay.Source, demand replay.Demand, options replay.Options) (replay.Result, error) {
		if d.Delivery != nil {
			return pods.RunMessages(ctx, d.Config, *d.Delivery, source, demand, options)
		}
		return pods.Run(ctx, d.Config, source, demand, options)
	}}, ""
}

// workload is what a service asks of its pods.
func (in *Input) workload(name string) cost.Workload {
	service, _ := in.Resolved.Kubernetes.Service(name)
	function, _ := in.Resolved.Lambda.Service(name) // says what the image is built for
	return cost.WorkloadOf(function, service, demand.Traffic{Usage: in.Usage})
}

// asDeployment is how the service runs on Kubernetes, in a cluster with some workloads, or why
// it does not.
func (in *Input) asDeployment(name string, beside []cost.Workload, assume assumer) (pods.Deployment, string) {
	service, _ := in.Resolved.Kubernetes.Service(name)
	workload := in.workload(name)
	parameters := pods.Parameters{Preset: pods.Preset(in.Nodes), Cluster: beside}
	if agreed := in.Choices.Commitments; agreed.Spot.Rate > 0 {
		parameters.Spot = pods.Spot{Share: agreed.Spot.Share, Reserved: agreed.Reserved.Nodes, Rate: agreed.Spot.Rate}
	}
	if in.Start == Cold {
		parameters.Initial = demand.Known(service.MinReplicas)
	}
	config, err := pods.For(service, workload, in.Choices.Kubernetes, in.Catalog, parameters)
	if err != nil {
		return pods.Deployment{}, err.Error()
	}
	d := pods.Deployment{Config: config}
	switch {
	case service.Schedule != nil:
		overlap := "runs may overlap"
		if config.Jobs.OneByOne {
			overlap = "a run that is due while another is at work is left out, and not counted"
		}
		assume("pods", "the Kubernetes stack", "each run has a pod of its own, of %dm of CPU and %d MiB, curl's included: it listens %s after its image is present, and pulling a new image takes %s, ambi's round number. Each run succeeds at the first attempt; %s",
			workload.Pod.MilliCPU, workload.Pod.MemoryMiB, spec.Duration(config.Start.App), spec.Duration(config.Start.Pull), overlap)
	case service.Events == nil:
		in.assumeKubernetes(workload, config, assume)
	default:
		function, _ := in.Resolved.Lambda.Service(name)
		q, reason := in.queueOf(*function.Events)
		if reason != "" {
			return d, reason
		}
		d.Delivery = &pods.Delivery{Queue: q, Receive: service.Events.Messages}
		in.assumeDelivery(service, workload, config, assume)
	}
	in.assumeNodes(beside, config, assume)
	return d, ""
}

func (in *Input) assumeKubernetes(w cost.Workload, c pods.Config, assume assumer) {
	begins := "as many pods at the start as the first minute needs"
	if in.Start == Cold {
		begins = "the minimum number of pods at the start, scale.min"
	}
	assume("pods", "kubernetes.io/docs/tasks/run-application/horizontal-pod-autoscale",
		"%dm of CPU and %d MiB each, for %d requests at once; others wait in the pod, first come first served. A pod listens %s after its image is present; pulling a new image takes %s, ambi's round number. The autoscaler runs every %s, with averages of the last %s that are up to %s old. There are %s",
		w.Pod.MilliCPU, w.Pod.MemoryMiB, w.Pod.Concurrency, spec.Duration(c.Start.App), spec.Duration(c.Start.Pull),
		spec.Duration(c.Flags.SyncPeriod), spec.Duration(c.Metrics.Window), spec.Duration(c.Metrics.Resolution), begins)
}

func (in *Input) assumeNodes(all []cost.Workload, c pods.Config, assume assumer) {
	k := in.Choices.Kubernetes
	switch {
	case k.Compute == cost.Fargate:
		assume("nodes", "figures from blogs", "each pod is its own Fargate machine, with %dm of CPU; one is ready after about %s", c.PodMilliCPU, spec.Duration(pods.UsualFargate))
	case k.Shared > 0:
		assume("nodes", "", "the cluster is shared and always has room for every pod; a pod gets only the CPU that it requests")
	default:
		instance, err := pods.Instance(in.Catalog, k, all)
		if err != nil {
			return // For would have said so
		}
		leave, source := "as soon as their pods fit elsewhere", "karpenter.sh/docs/concepts/disruption; the time that a node takes comes from blogs"
		if in.Nodes == ClusterAutoscaler {
			leave, source = "after ten minutes below half use", "github.com/kubernetes/autoscaler, cluster-autoscaler/FAQ.md; the time that a node takes comes from blogs"
		}
		assume("nodes", source, "%s, at least %d. %s adds one, ready after %s, for pods that find no room, and removes nodes %s. Pods have no CPU limit and share their node's CPU",
			instance.Type, c.Nodes.Min, in.Nodes, spec.Duration(c.Nodes.Ready), leave)
		if s := c.Nodes.Spot; s.Share > 0 {
			assume("spot", "docs.aws.amazon.com/AWSEC2/latest/UserGuide/spot-instance-termination-notices.html",
				"%.4g %% of the nodes that are not reserved are on spot capacity, to the nearest node, and AWS takes each back at random, %.4g times a month on average, which is the user's figure, with %s of notice. Its pods are then evicted, one of a service at a time once the others are ready, and find room elsewhere or on a new node; what is still there when the node goes fails. AWS always has another spot node to give",
				100*s.Share, s.Rate, spec.Duration(pods.SpotNotice))
		}
	}
}
