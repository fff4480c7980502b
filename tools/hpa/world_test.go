package hpa

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"time"

	autoscalingv2 "k8s.io/api/autoscaling/v2"
	v1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/kubernetes/pkg/controller/podautoscaler/metrics"

	ambi "tools/hpa/ambi"
)

// autoscaler is one drawn autoscaler, in both forms.
type autoscaler struct {
	theirs *autoscalingv2.HorizontalPodAutoscaler
	ours   ambi.Spec
	// sources say where each metric comes from.
	sources []source
}

type source struct {
	resource v1.ResourceName // for Resource metrics
	name     string          // for the others
}

// drawAutoscaler draws bounds, metrics and behavior.
func drawAutoscaler(r *rand.Rand) autoscaler {
	a := autoscaler{ours: ambi.Spec{Min: int32(r.IntN(4)), Max: int32(1 + r.IntN(60))}}
	a.ours.Max = max(a.ours.Max, a.ours.Min)
	a.theirs = &autoscalingv2.HorizontalPodAutoscaler{
		ObjectMeta: metav1.ObjectMeta{Namespace: namespace, Name: name},
		Spec: autoscalingv2.HorizontalPodAutoscalerSpec{
			ScaleTargetRef: autoscalingv2.CrossVersionObjectReference{APIVersion: "apps/v1", Kind: "Deployment", Name: name},
			MinReplicas:    &a.ours.Min, MaxReplicas: a.ours.Max,
		},
	}
	for i := range 1 + r.IntN(10)/6 + r.IntN(10)/8 {
		a.addMetric(r, i)
	}
	if r.IntN(4) > 0 {
		a.ours.Behavior = ambi.DefaultBehavior()
		if r.IntN(3) > 0 {
			a.ours.Behavior = &ambi.Behavior{Up: drawRules(r), Down: drawRules(r)}
		}
		a.theirs.Spec.Behavior = &autoscalingv2.HorizontalPodAutoscalerBehavior{
			ScaleUp: rulesOf(&a.ours.Behavior.Up), ScaleDown: rulesOf(&a.ours.Behavior.Down),
		}
	}
	return a
}

func (a *autoscaler) addMetric(r *rand.Rand, i int) {
	m, from := ambi.Metric{}, source{name: fmt.Sprintf("metric-%d", i)}
	var theirs autoscalingv2.MetricSpec
	identifier := autoscalingv2.MetricIdentifier{Name: from.name}
	switch r.IntN(10) {
	case 0, 1, 2, 3, 4, 5: // Resource
		from.resource = v1.ResourceCPU
		m.CPU = r.IntN(4) > 0
		if !m.CPU {
			from.resource = v1.ResourceMemory
		}
		var target autoscalingv2.MetricTarget
		if r.IntN(4) > 0 {
			m.Target = int64(1 + r.IntN(150))
			percent := int32(m.Target)
			target = autoscalingv2.MetricTarget{Type: autoscalingv2.UtilizationMetricType, AverageUtilization: &percent}
		} else {
			m.Kind, m.Target = ambi.Average, int64(1+r.IntN(1000))
			target = autoscalingv2.MetricTarget{Type: autoscalingv2.AverageValueMetricType, AverageValue: milli(m.Target)}
		}
		theirs = autoscalingv2.MetricSpec{
			Type:     autoscalingv2.ResourceMetricSourceType,
			Resource: &autoscalingv2.ResourceMetricSource{Name: from.resource, Target: target},
		}
	case 6, 7:
		m.Kind, m.Target = ambi.Average, int64(1+r.IntN(100_000))
		theirs = autoscalingv2.MetricSpec{
			Type: autoscalingv2.PodsMetricSourceType,
			Pods: &autoscalingv2.PodsMetricSource{
				Metric: identifier, Target: autoscalingv2.MetricTarget{Type: autoscalingv2.AverageValueMetricType, AverageValue: milli(m.Target)},
			},
		}
	default:
		m.Kind, m.Target = ambi.Total, int64(1+r.IntN(100_000))
		target := autoscalingv2.MetricTarget{Type: autoscalingv2.ValueMetricType, Value: milli(m.Target)}
		if r.IntN(2) > 0 {
			m.Kind = ambi.TotalPerPod
			target = autoscalingv2.MetricTarget{Type: autoscalingv2.AverageValueMetricType, AverageValue: milli(m.Target)}
		}
		if r.IntN(2) > 0 {
			theirs = autoscalingv2.MetricSpec{
				Type:     autoscalingv2.ExternalMetricSourceType,
				External: &autoscalingv2.ExternalMetricSource{Metric: identifier, Target: target},
			}
		} else {
			theirs = autoscalingv2.MetricSpec{
				Type: autoscalingv2.ObjectMetricSourceType,
				Object: &autoscalingv2.ObjectMetricSource{
					DescribedObject: autoscalingv2.CrossVersionObjectReference{Kind: "Service", Name: name}, Metric: identifier, Target: target,
				},
			}
		}
	}
	a.ours.Metrics = append(a.ours.Metrics, m)
	a.theirs.Spec.Metrics = append(a.theirs.Spec.Metrics, theirs)
	a.sources = append(a.sources, from)
}

func drawRules(r *rand.Rand) ambi.Rules {
	rules := ambi.Rules{Select: ambi.Select(r.IntN(12) / 5)} // seldom Disabled
	if r.IntN(3) > 0 {
		rules.Window = time.Duration(r.IntN(400)) * time.Second
	}
	for range 1 + r.IntN(3) {
		p := ambi.Policy{Percent: r.IntN(2) == 0, Value: int32(1 + r.IntN(12)), Period: time.Duration(1+r.IntN(300)) * time.Second}
		if p.Percent {
			p.Value = int32(1 + r.IntN(150))
		}
		if r.IntN(3) == 0 {
			p.Period = time.Duration(1+r.IntN(8)) * 15 * time.Second // as long as some syncs take
		}
		rules.Policies = append(rules.Policies, p)
	}
	if r.IntN(4) == 0 {
		tolerance := milli(int64(r.IntN(400))).AsApproximateFloat64()
		rules.Tolerance = &tolerance
	}
	return rules
}

func rulesOf(rules *ambi.Rules) *autoscalingv2.HPAScalingRules {
	window := int32(rules.Window / time.Second)
	choice := map[ambi.Select]autoscalingv2.ScalingPolicySelect{
		ambi.Largest: autoscalingv2.MaxChangePolicySelect, ambi.Smallest: autoscalingv2.MinChangePolicySelect, ambi.Disabled: autoscalingv2.DisabledPolicySelect,
	}[rules.Select]
	theirs := &autoscalingv2.HPAScalingRules{StabilizationWindowSeconds: &window, SelectPolicy: &choice}
	for _, p := range rules.Policies {
		policy := autoscalingv2.HPAScalingPolicy{Type: autoscalingv2.PodsScalingPolicy, Value: p.Value, PeriodSeconds: int32(p.Period / time.Second)}
		if p.Percent {
			policy.Type = autoscalingv2.PercentScalingPolicy
		}
		theirs.Policies = append(theirs.Policies, policy)
	}
	if rules.Tolerance != nil {
		theirs.Tolerance = milli(int64(*rules.Tolerance*1000 + .5))
	}
	return theirs
}

func milli(value int64) *resource.Quantity {
	return resource.NewMilliQuantity(value, resource.DecimalSI)
}

// world is pods and their metrics, which both see.
type world struct {
	start   time.Time
	pods    []pod
	next    int // number of the next pod
	request int64
	load    []float64 // of each metric, for all pods together
}

// pod is a pod, and what each metric has of it.
type pod struct {
	name    string
	status  ambi.Pod
	samples []ambi.Sample
	gone    time.Duration // when it is deleted for good; 0 while it lives
}

func newWorld(r *rand.Rand, a autoscaler, replicas int32) *world {
	w := &world{start: time.Now(), request: int64(1 + r.IntN(2000)), load: make([]float64, len(a.ours.Metrics))}
	for i, m := range a.ours.Metrics {
		w.load[i] = float64(replicas) * float64(w.target(m)) * r.Float64() * 2
	}
	for range replicas {
		w.add(0, r)
	}
	return w
}

// target is what a pod is at when the metric is.
func (w *world) target(m ambi.Metric) int64 {
	if m.Kind == ambi.Utilization {
		return max(1, w.request*m.Target/100)
	}
	return m.Target
}

// add makes a pod that is pending.
func (w *world) add(now time.Duration, r *rand.Rand) {
	w.next++
	p := pod{name: fmt.Sprintf("app-%d", w.next), status: ambi.Pod{Known: true, Started: now, Changed: now, Request: w.request}}
	if r.IntN(3) == 0 {
		p.status.Request = 1 + int64(r.IntN(2000)) // another version of the Deployment
	}
	w.pods = append(w.pods, p)
}

// follow lets an interval pass: pods start, get ready or fail, and come and go
// until there are as many as are wanted.
func (w *world) follow(r *rand.Rand, now time.Duration, wanted int32) {
	alive := int32(0)
	for i := range w.pods {
		p := &w.pods[i]
		s := &p.status
		if p.gone == 0 && s.Phase != ambi.Failed {
			alive++
		}
		switch {
		case s.Phase == ambi.Pending && r.IntN(3) > 0:
			s.Phase = ambi.Running
			if r.IntN(20) == 0 {
				s.Known = false
			}
		case s.Phase == ambi.Running && !s.Ready && r.IntN(3) > 0:
			s.Known, s.Ready, s.Changed = true, true, now-time.Duration(r.IntN(15))*time.Second
		case s.Phase == ambi.Running && s.Ready && r.IntN(60) == 0:
			s.Ready, s.Changed = false, now-time.Duration(r.IntN(15))*time.Second
		case s.Phase == ambi.Running && r.IntN(300) == 0:
			s.Phase = ambi.Failed
		}
	}
	for ; alive < wanted; alive++ {
		w.add(now-time.Duration(r.IntN(15))*time.Second, r)
	}
	for i := range w.pods {
		p := &w.pods[i]
		if alive > wanted && p.gone == 0 && p.status.Phase != ambi.Failed {
			p.gone, p.status.Deleting = now+time.Duration(r.IntN(40))*time.Second, true
			alive--
		}
	}
	w.pods = slices.DeleteFunc(w.pods, func(p pod) bool { return p.gone > 0 && p.gone <= now })
}

// measure draws the metrics around the load, which drifts.
func (w *world) measure(r *rand.Rand, now time.Duration, a autoscaler) {
	for i, m := range a.ours.Metrics {
		w.load[i] *= .8 + .4*r.Float64()
		if r.IntN(30) == 0 {
			w.load[i] *= 4 * r.Float64()
		}
		w.load[i] = min(w.load[i], 80*float64(w.target(m))) + .01
	}
	ready := max(1, len(w.pods))
	for i := range w.pods {
		p := &w.pods[i]
		p.samples = make([]ambi.Sample, len(a.ours.Metrics))
		for j, m := range a.ours.Metrics {
			if m.Kind == ambi.Total || m.Kind == ambi.TotalPerPod || p.status.Phase == ambi.Pending && r.IntN(10) > 0 || r.IntN(25) == 0 {
				continue
			}
			value := w.load[j] / float64(ready) * (.7 + .6*r.Float64())
			p.samples[j] = ambi.Sample{
				Known: true, Value: int64(value), Taken: now - time.Duration(r.IntN(30))*time.Second, Window: time.Duration(10+r.IntN(50)) * time.Second,
			}
		}
	}
}

// scatter draws pods and metrics that have nothing to do with any before.
func (w *world) scatter(r *rand.Rand, now time.Duration, a autoscaler) {
	w.pods = w.pods[:0]
	ago := func(most int) time.Duration { return now - time.Duration(r.IntN(most))*time.Second }
	for range r.IntN(9) * r.IntN(9) {
		w.add(ago(900), r)
		s := &w.pods[len(w.pods)-1].status
		s.Phase = [...]ambi.Phase{ambi.Running, ambi.Running, ambi.Running, ambi.Running, ambi.Pending, ambi.Failed}[r.IntN(6)]
		s.Ready, s.Known = r.IntN(4) > 0, r.IntN(15) > 0
		s.Changed = s.Started + time.Duration(r.Int64N(int64(now-s.Started)+1)).Truncate(time.Second)
		if delayed := s.Started + ambi.DefaultFlags().ReadinessDelay; r.IntN(6) == 0 && delayed <= now {
			s.Changed = delayed // on the edge of never having been ready
		}
		s.Deleting = r.IntN(20) == 0
	}
	for i, m := range a.ours.Metrics {
		w.load[i] = float64(w.target(m)) * float64(len(w.pods)+1) * 2 * r.Float64()
		if r.IntN(3) == 0 { // near the target, where the tolerance ends
			w.load[i] = float64(w.target(m)) * float64(len(w.pods)) * (.85 + .3*r.Float64())
		}
	}
	w.measure(r, now, a)
}

// show puts the world in front of the controller, and is what ours reads.
func (w *world) show(r *rand.Rand, now time.Duration, a autoscaler, c *cluster) ambi.Reading {
	reading := ambi.Reading{Observed: int32(len(w.pods)), Metrics: make([]ambi.Measured, len(a.ours.Metrics))}
	c.observed = reading.Observed
	c.resources, c.raw, c.values = map[v1.ResourceName]metrics.PodMetricsInfo{}, map[string]metrics.PodMetricsInfo{}, map[string]int64{}
	objects := make([]any, 0, len(w.pods))
	for _, p := range w.pods {
		objects = append(objects, w.object(p))
		reading.Pods = append(reading.Pods, p.status)
	}
	if err := c.pods.GetIndexer().Replace(objects, ""); err != nil {
		panic(err)
	}
	for j, m := range a.ours.Metrics {
		out, from := &reading.Metrics[j], a.sources[j]
		out.Failed = r.IntN(40) == 0
		if m.Kind == ambi.Total || m.Kind == ambi.TotalPerPod {
			out.Value = int64(w.load[j])
			if !out.Failed {
				c.values[from.name] = out.Value
			}
			continue
		}
		samples := metrics.PodMetricsInfo{}
		for i, p := range w.pods {
			s := p.samples[j]
			if same := w.same(a, j); same >= 0 { // two metrics of one resource have one answer
				s, out.Failed = w.pods[i].samples[same], reading.Metrics[same].Failed
			}
			out.Samples = append(out.Samples, s)
			if s.Known && !out.Failed {
				samples[p.name] = metrics.PodMetric{Timestamp: w.start.Add(s.Taken), Window: s.Window, Value: s.Value}
			}
		}
		if from.resource != "" {
			c.resources[from.resource] = samples
		} else {
			c.raw[from.name] = samples
		}
	}
	return reading
}

// same is an earlier metric of the same resource, or -1.
func (w *world) same(a autoscaler, j int) int {
	for i := range j {
		if a.sources[j].resource != "" && a.sources[i].resource == a.sources[j].resource {
			return i
		}
	}
	return -1
}

// object is a pod as the API has it.
func (w *world) object(p pod) *v1.Pod {
	s := p.status
	request := v1.ResourceList{v1.ResourceCPU: *milli(s.Request), v1.ResourceMemory: *milli(s.Request)}
	o := &v1.Pod{
		ObjectMeta: metav1.ObjectMeta{Namespace: namespace, Name: p.name, Labels: map[string]string{"app": name}},
		Spec:       v1.PodSpec{Containers: []v1.Container{{Name: name, Resources: v1.ResourceRequirements{Requests: request}}}},
		Status:     v1.PodStatus{Phase: [...]v1.PodPhase{v1.PodPending, v1.PodRunning, v1.PodSucceeded, v1.PodFailed}[s.Phase]},
	}
	if s.Deleting {
		o.DeletionTimestamp = &metav1.Time{Time: w.start}
	}
	if s.Known {
		o.Status.StartTime = &metav1.Time{Time: w.start.Add(s.Started)}
		ready := v1.PodCondition{Type: v1.PodReady, Status: v1.ConditionFalse, LastTransitionTime: metav1.Time{Time: w.start.Add(s.Changed)}}
		if s.Ready {
			ready.Status = v1.ConditionTrue
		}
		o.Status.Conditions = []v1.PodCondition{ready}
	}
	return o
}
