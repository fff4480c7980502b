package kubernetes

import (
	"strconv"

	autoscalingv2 "k8s.io/api/autoscaling/v2"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"

	"ambi/importer/source"
)

// scale carries autoscalers.
func (im *importer) scale() {
	for _, o := range im.of("HorizontalPodAutoscaler") {
		if w := im.target(o); w != nil {
			im.hpa(o, w)
		}
	}
	for _, o := range im.of("ScaledObject") {
		if w := im.target(o); w != nil {
			im.scaledObject(o, w)
		}
	}
}

// target is the workload that an autoscaler scales.
func (im *importer) target(o *object) *workload {
	ref := o.node.Get("spec", "scaleTargetRef")
	for _, w := range im.workloads {
		kind := ref.Get("kind").String()
		if w.name == ref.Get("name").String() && (kind == w.kind || kind == "") && (w.namespace == o.namespace || w.namespace == "" || o.namespace == "") {
			o.Skip(ref)
			return w
		}
	}
	return nil
}

// bounds carries the fewest and the most pods.
func (w *workload) bounds(o *object, least, most int, leastAt, mostAt *source.Node) {
	s := w.service
	if most > 1000 {
		o.Approximate(mostAt, s.Path("scale.max"), "1000 is the most", true)
		most = 1000
	}
	s.Set("scale.min", least)
	s.Set("scale.max", most)
	o.Carry(leastAt, s.Path("scale.min"))
	o.Carry(mostAt, s.Path("scale.max"))
	w.scaled = true
}

// hpa carries a HorizontalPodAutoscaler, of version 2 or 1.
func (im *importer) hpa(o *object, w *workload) {
	var spec struct {
		autoscalingv2.HorizontalPodAutoscalerSpec
		TargetCPU int `json:"targetCPUUtilizationPercentage"` // version 1
	}
	n := o.node.Get("spec")
	if !o.decode(n, &spec) {
		return
	}
	o.used = true
	least := 1
	if spec.MinReplicas != nil {
		least = int(*spec.MinReplicas)
	}
	if least == 0 {
		o.Approximate(n.Get("minReplicas"), w.service.Path("scale.min"), "an autoscaler keeps one pod, unless KEDA scales by requests", true)
		least = 1
	}
	w.bounds(o, least, int(spec.MaxReplicas), n.Get("minReplicas"), n.Get("maxReplicas"))
	if spec.TargetCPU > 0 {
		w.percent(o, n.Get("targetCPUUtilizationPercentage"), "cpu", spec.TargetCPU)
	}
	for i, m := range spec.Metrics {
		w.metric(o, n.Get("metrics").List()[i], m)
	}
	if w.service.Get("scale.cpu") == nil && w.service.Get("scale.memory") == nil && w.service.Get("scale.requests") == nil {
		w.note(w.service.Path("scale.cpu"), "it scales at 70 % of its CPU, ambi's default: the autoscaler names no metric that a spec has", true)
	}
}

// metric carries one metric: a service has one, and the first counts.
func (w *workload) metric(o *object, n *source.Node, m autoscalingv2.MetricSpec) {
	switch {
	case m.Resource != nil && m.Resource.Target.AverageUtilization != nil && (m.Resource.Name == corev1.ResourceCPU || m.Resource.Name == corev1.ResourceMemory):
		w.percent(o, n, string(m.Resource.Name), int(*m.Resource.Target.AverageUtilization))
	case m.ContainerResource != nil && m.ContainerResource.Target.AverageUtilization != nil && m.ContainerResource.Container == w.container.Name:
		w.percent(o, n, string(m.ContainerResource.Name), int(*m.ContainerResource.Target.AverageUtilization))
	case m.Pods != nil && m.Pods.Target.AverageValue != nil && m.Pods.Metric.Selector == nil:
		s := w.service
		if w.hasMetric() {
			o.Leave(n, "a service scales by one metric", true)
			return
		}
		s.Set("scale.requests", rate(*m.Pods.Target.AverageValue))
		s.Set("kubernetes.metric", m.Pods.Metric.Name)
		o.Carry(n, s.Path("scale.requests"))
	default:
		o.Leave(n, "a service scales by the utilization of its CPU or memory, by requests or by a backlog", true)
	}
}

func (w *workload) hasMetric() bool {
	return w.service.Get("scale.cpu") != nil || w.service.Get("scale.memory") != nil || w.service.Get("scale.requests") != nil
}

// percent carries a target utilization.
func (w *workload) percent(o *object, n *source.Node, key string, percent int) {
	s := w.service
	switch {
	case w.hasMetric():
		o.Leave(n, "a service scales by one metric", true)
	case percent < 1:
		o.Leave(n, "is no utilization", true)
	case percent > 100:
		s.Set("scale."+key, 100)
		o.Approximate(n, s.Path("scale."+key), "100 % is the most", true)
	default:
		s.Set("scale."+key, percent)
		o.Carry(n, s.Path("scale."+key))
	}
}

// rate writes a quantity of requests a second.
func rate(q resource.Quantity) string {
	return strconv.FormatFloat(float64(q.MilliValue())/1000, 'f', -1, 64) + "/s"
}

// scaledObject carries one of KEDA.
func (im *importer) scaledObject(o *object, w *workload) {
	n, s := o.node.Get("spec"), w.service
	o.used = true
	least, most := 0, 100 // KEDA's own defaults
	if i, ok := n.Get("minReplicaCount").Int(); ok {
		least = i
	}
	if i, ok := n.Get("maxReplicaCount").Int(); ok {
		most = i
	}
	prometheus := false
	for _, t := range n.Get("triggers").List() {
		meta := t.Get("metadata")
		kind := t.Get("type").String()
		switch value, err := strconv.ParseFloat(meta.Get("threshold").String(), 64); {
		case kind == "prometheus" && err == nil && value > 0 && least == 0 && !w.hasMetric():
			s.Set("scale.requests", strconv.FormatFloat(value, 'f', -1, 64)+"/s")
			s.Set("kubernetes.scaleToZero.keda.prometheus", meta.Get("serverAddress").String())
			s.Set("kubernetes.scaleToZero.keda.query", meta.Get("query").String())
			for _, key := range []string{"serverAddress", "query"} {
				o.Carry(meta.Get(key), s.Path("kubernetes.scaleToZero.keda"))
			}
			o.Carry(meta.Get("threshold"), s.Path("scale.requests"))
			o.Skip(t.Child("type"))
			prometheus = true
		case (kind == "cpu" || kind == "memory") && (t.Get("metricType").String() == "Utilization" || meta.Get("type").String() == "Utilization"):
			percent, _ := meta.Get("value").Int()
			w.percent(o, t, kind, percent)
		default:
			o.Leave(t, "KEDA scales a service by requests that Prometheus counts, down to none, or by the backlog of its own queue", true)
		}
	}
	if least == 0 && !prometheus {
		o.Approximate(cmpNode(n.Get("minReplicaCount"), n.Get("scaleTargetRef")), s.Path("scale.min"), "an autoscaler keeps one pod", true)
		least = 1
	}
	w.bounds(o, least, max(most, least), n.Get("minReplicaCount"), n.Get("maxReplicaCount"))
}
