package fit

import (
	"fmt"
	"time"

	"ambi/compare/format"
	"ambi/compare/price/cost"
	"ambi/spec"
	"ambi/target/finding"
	"ambi/target/kubernetes"
)

// How long it takes to add capacity: the autoscaler checks metrics that lag by about 30 s every
// 15 s; a node is ready about 240 s after the cluster autoscaler ordered it, and about 60 s
// after Karpenter did, according to blogs, not from documentation.
const (
	autoscalerDelay = 45 * time.Second
	nodeDelay       = 240 * time.Second
)

// kubernetes checks one service.
func (c *checker) kubernetes(w cost.Workload, d kubernetes.Service) {
	at := "services." + w.Name
	add := c.adder(spec.Kubernetes, w.Name)
	if callers := d.InternalCallers; len(callers) > 0 {
		add(Warning, at+".http.routes", Limit{
			Name: "callers", Value: finding.And(callers), Actual: "anyone on the internet, as on Lambda", Page: kubernetes.NetworkPolicyPage,
			Message: fmt.Sprintf("only %s may call %s: a NetworkPolicy blocks all others, but the same routes are open to the internet on Lambda", finding.And(callers), finding.And(d.Routes)),
			Hint:    "set http.internal, which protects them on Lambda too; if others call the service, set kubernetes.ingress or kubernetes.gateway",
		})
	} else if d.Ingress == nil && d.Gateway == nil && !d.Internal && w.OverHTTP() {
		add(Warning, at+".http.routes", Limit{
			Name: "routing from outside", Value: "reachable within the cluster", Actual: "reachable from the internet, as on Lambda", Page: kubernetes.IngressPage,
			Message: fmt.Sprintf("its %s cannot be reached from outside: the stack that ambi writes only serves the cluster, while Lambda's is open to the internet", format.Plural(len(d.Routes), "route")),
			Hint:    "set kubernetes.ingress or kubernetes.gateway, unless all callers are in the cluster",
		})
	}
	if c.Choices.Kubernetes.Compute == cost.Fargate && w.Function.Architecture == string(spec.ARM64) {
		add(Warning, at+".lambda.architecture", Limit{
			Name: "architecture on Fargate", Value: "x86_64", Actual: w.Function.Architecture, Page: kubernetes.FargatePage,
			Message: "Fargate on EKS has no Graviton: its pods need an image for x86_64, which is priced here",
			Hint:    "build the image for both architectures",
		})
	}
	c.entry(w, d, add)
	if start, ok := w.Traffic.Start.Get(); ok && start > time.Duration(d.StartSeconds)*time.Second {
		limit := spec.Duration(time.Duration(d.StartSeconds) * time.Second).String()
		add(Blocker, at+".health.startup", Limit{
			Name: "start", Value: limit, Actual: spec.Duration(start).String(), Page: kubernetes.ProbesPage,
			Message: fmt.Sprintf("an instance takes %s to start, but the stack's startup probe allows %s: Kubernetes would restart it forever", spec.Duration(start), limit),
			Hint:    "raise health.startup, or make the app listen sooner",
		})
	}
	if w.Schedule != nil {
		c.runsOnKubernetes(w, d, add)
		return
	}
	profile := w.Traffic.Profile
	if !profile.Known() {
		return
	}
	if w.Events != nil {
		c.backlogOnKubernetes(w, d, add)
		return
	}
	peak, by, known := c.Replicas.At(w.Name, profile.Peak())
	if !known {
		return
	}
	if peak > d.MaxReplicas {
		severity, what := c.tooMany(spec.Kubernetes, "requests wait or fail")
		l := c.atLeast(Limit{
			Severity: severity, Name: "replicas", Value: c.bound(at+".scale.max", d.MaxReplicas), Actual: count(float64(peak)) + " at the peak", Page: kubernetes.AutoscalingPage,
			Message: fmt.Sprintf("the peak needs %s replicas because of %s, and scale.max allows %s: %s", count(float64(peak)), by, c.bound(at+".scale.max", d.MaxReplicas), what),
			Hint:    "raise scale.max, cpu or concurrency",
		}, at+".scale.max", peak, spec.MaxInstances)
		add(l.Severity, l.Path, l)
	}
	if d.Stateful() {
		return // no autoscaler has to notice the peak
	}
	switch by {
	case cost.ByConcurrency:
		add(Warning, at+".concurrency", Limit{
			Name: "requests at once", Value: fmt.Sprintf("%d for a replica", w.Pod.Concurrency), Actual: count(float64(peak)) + " replicas at the peak", Page: kubernetes.AutoscalingPage,
			Message: fmt.Sprintf("at the peak, concurrency determines the %s replicas, but the autoscaler does not watch it: requests will queue before it adds any", count(float64(peak))),
			Hint:    "raise concurrency or scale.min, or scale by requests",
		})
	case cost.BySaturation:
		add(Warning, at+".scale", Limit{
			Name: "CPU", Value: "not watched by the autoscaler", Actual: count(float64(peak)) + " replicas at the peak", Page: kubernetes.AutoscalingPage,
			Message: fmt.Sprintf("at the peak, CPU determines the %s replicas, but the autoscaler does not watch it: requests will queue before it adds any", count(float64(peak))),
			Hint:    "raise scale.min, scale by cpu, or lower scale.requests",
		})
	}
	c.tooLate(w, peak, add)
}

// tooLate warns of a burst that is over before capacity for it has come.
func (c *checker) tooLate(w cost.Workload, peak int, add addLimit) {
	profile := w.Traffic.Profile
	if !bursts(w.Traffic) || c.Choices.Kubernetes.ForPeak {
		return
	}
	burst := profile.Segments()[0].Length
	quiet, _, known := c.Replicas.At(w.Name, profile.Segments()[1].Factor)
	if !known || peak <= quiet {
		return
	}
	delay, what := autoscalerDelay, "replicas"
	if c.Nodes != nil && c.Nodes.Peak > float64(c.Choices.Kubernetes.MinNodes) {
		delay, what = delay+nodeDelay, "nodes"
	}
	delay += w.Traffic.Start.Or(0)
	soon, lasts := spec.Duration(delay.Round(time.Second)), spec.Duration(burst)
	if burst >= 2*delay {
		return
	}
	add(Warning, "services."+w.Name+".scale.min", Limit{
		Name: "time to scale", Value: "about " + soon.String() + " until new " + what + " serve", Actual: "bursts of " + lasts.String(), Page: kubernetes.AutoscalingPage,
		Message: fmt.Sprintf("a burst of %s needs %s replicas instead of %s, and new %s are ready after about %s: there are too few for much of the burst", lasts, count(float64(peak)), count(float64(quiet)), what, soon),
		Hint:    "keep capacity for the peak (scale.min), and compare with that",
	})
}
