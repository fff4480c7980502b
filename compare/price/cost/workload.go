package cost

import (
	"slices"

	"ambi/compare/demand"
	"ambi/target/kubernetes"
	"ambi/target/lambda"
)

// WorkloadOf combines a service's two models with its traffic.
func WorkloadOf(f lambda.Service, d kubernetes.Service, t demand.Traffic) Workload {
	alarms := lambda.AlarmsOfService
	if f.Schedule != nil {
		alarms += lambda.AlarmsOfSchedule
	}
	claims := 0.0
	for _, v := range d.Volumes {
		claims += float64(v.Bytes) / gib
	}
	return Workload{
		Name: d.Name, ClaimGB: claims, Traffic: t, Events: eventsOf(f, d), Schedule: ScheduleOf(d), Worker: d.Worker, Routes: len(d.Routes), LogDays: f.LogRetentionDays, Alarms: alarms,
		Function: Function{MemoryMB: f.MemoryMB, Architecture: f.Architecture, Provisioned: f.Provisioned, Secrets: len(f.Secrets), Tracing: f.Tracing},
		Pod:      podOf(d),
		Balancer: balancerOf(d),
	}
}

// OverHTTP reports whether any service answers requests.
func (a App) OverHTTP() bool { return slices.ContainsFunc(a.Workloads, Workload.OverHTTP) }

// OverHTTP reports whether requests start the service.
func (w Workload) OverHTTP() bool { return w.Events == nil && w.Schedule == nil && !w.Worker }

// Missing lists the figures of its traffic that are unknown and that something depends on.
func (w Workload) Missing() []demand.Input {
	if w.Worker {
		return nil
	}
	list := w.Traffic.Missing()
	if w.OverHTTP() {
		return list
	}
	list = slices.DeleteFunc(list, func(input demand.Input) bool {
		return input == demand.Response || input == demand.Request && (w.Events == nil || w.Events.Uploads)
	})
	if w.Events != nil && w.Events.Batch > 1 && !w.Traffic.Batch.IsKnown() {
		list = append(list, demand.Batch)
	}
	return list
}

// balancerOf is the Application Load Balancer that the stack's Ingress makes, where it does.
func balancerOf(d kubernetes.Service) Balancer {
	if d.Ingress == nil || d.Ingress.ALB == nil {
		return Balancer{}
	}
	b := Balancer{Name: "group " + d.Ingress.ALB.Group, Internal: d.Ingress.ALB.Internal()}
	if d.Ingress.ALB.Group == "" {
		b.Name = "service " + d.Name
	}
	return b
}

// podOf is what a Deployment's pods request, and where the autoscaler keeps them.
func podOf(d kubernetes.Service) Pod {
	p := Pod{
		MilliCPU: d.MilliCPU, MemoryMiB: d.MemoryMiB, Min: d.MinReplicas, Concurrency: d.Concurrency,
		TargetRate: float64(d.TargetMilli) / 1000, Backlog: d.Backlog,
	}
	if d.Worker { // how much it does at once is its own affair
		p.Concurrency = max(1, p.Concurrency)
	}
	if d.Schedule != nil {
		p.MilliCPU, p.MemoryMiB = p.MilliCPU+kubernetes.PostMilliCPU, p.MemoryMiB+kubernetes.PostMemoryMiB
	}
	if d.KEDA == nil && d.Backlog == 0 && d.Schedule == nil {
		p.Min = max(p.Min, 1)
	}
	if d.Metric == kubernetes.CPU {
		p.TargetPercent = d.TargetPercent
	}
	if d.Events != nil && !d.Events.Pull {
		p.MilliCPU, p.MemoryMiB = p.MilliCPU+kubernetes.DeliveryMilliCPU, p.MemoryMiB+kubernetes.DeliveryMemoryMiB
	}
	return p
}
