package cost

import (
	"ambi/compare/demand"
	"ambi/target/kubernetes"
	"ambi/target/lambda"
)

// WorkloadOf combines a service's two models with its traffic.
func WorkloadOf(f lambda.Service, d kubernetes.Service, t demand.Traffic) Workload {
	return Workload{
		Name: d.Name, Traffic: t, Routes: len(d.Routes), LogDays: f.LogRetentionDays, Alarms: lambda.AlarmsOfService,
		Function: Function{MemoryMB: f.MemoryMB, Architecture: f.Architecture, Provisioned: f.Provisioned, Secrets: len(f.Secrets), Tracing: f.Tracing},
		Pod:      podOf(d),
		Balancer: balancerOf(d),
	}
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
		TargetRate: float64(d.TargetMilli) / 1000,
	}
	if d.KEDA == nil {
		p.Min = max(p.Min, 1)
	}
	if d.Metric == kubernetes.CPU {
		p.TargetPercent = d.TargetPercent
	}
	return p
}
