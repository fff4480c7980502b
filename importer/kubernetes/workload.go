package kubernetes

import (
	"slices"
	"strconv"
	"strings"

	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/intstr"

	"ambi/importer/draft"
	"ambi/importer/source"
)

// workload is what becomes a service.
type workload struct {
	*object
	service   *draft.Service
	replicas  *int32
	claims    []corev1.PersistentVolumeClaim
	template  corev1.PodTemplateSpec
	index     int // of the app's container
	container corev1.Container
	runs      *source.Node // what has the template of its pods: spec, or a CronJob's spec.jobTemplate.spec
	pod       *source.Node // template.spec
	at        *source.Node // of the container
	fronts    []*front     // the Services that lead to it
	scaled    bool         // an autoscaler sets its replicas
	waits     int          // seconds that its preStop hook sleeps
	timeout   bool         // the spec has one
}

// findWorkloads decodes what becomes services.
func (im *importer) findWorkloads() {
	for _, o := range im.of("Deployment", "StatefulSet", "CronJob") {
		w := &workload{object: o, runs: o.node.Get("spec")}
		if o.kind == "CronJob" {
			w.runs = o.node.Get("spec", "jobTemplate", "spec")
		}
		w.pod = w.runs.Get("template", "spec")
		var spec struct {
			Replicas *int32                         `json:"replicas"`
			Selector *metav1.LabelSelector          `json:"selector"`
			Template corev1.PodTemplateSpec         `json:"template"`
			Claims   []corev1.PersistentVolumeClaim `json:"volumeClaimTemplates"`
			batchv1.CronJobSpec
		}
		if !o.decode(o.node.Get("spec"), &spec) {
			continue
		}
		o.used = true
		if o.kind == "CronJob" {
			spec.Template = spec.JobTemplate.Spec.Template
		}
		if len(spec.Template.Spec.Containers) == 0 {
			o.Leave(o.node, "has no container", true)
			continue
		}
		w.replicas, w.template, w.claims = spec.Replicas, spec.Template, spec.Claims
		im.workloads = append(im.workloads, w)
	}
}

// sidecar is the app's container among the init containers, or -1: ambi's own stacks have it
// there, as a native sidecar, if another container brings it messages or runs.
func (w *workload) sidecar() int {
	return slices.IndexFunc(w.template.Spec.InitContainers, func(c corev1.Container) bool {
		return c.RestartPolicy != nil && *c.RestartPolicy == corev1.ContainerRestartPolicyAlways && (c.Name == w.service.Name || w.posts())
	})
}

// delivered reports whether messages reach the pod through a delivery container.
func (w *workload) delivered() bool { return w.kind != "CronJob" && w.sidecar() >= 0 }

// choose picks the container that answers: the one whose port a Service leads to, the one
// that is named after the workload, or the first.
func (w *workload) choose() {
	if i := w.sidecar(); i >= 0 {
		w.container, w.at = w.template.Spec.InitContainers[i], w.pod.Get("initContainers").List()[i]
		w.Skip(w.at.Get("restartPolicy"))
		return
	}
	containers := w.template.Spec.Containers
	w.index = 0
	for i, c := range containers {
		if c.Name == w.name || c.Name == w.service.Name {
			w.index = i
		}
	}
	for _, f := range w.fronts {
		for i, c := range containers {
			if len(f.spec.Ports) > 0 && slices.ContainsFunc(c.Ports, func(p corev1.ContainerPort) bool { return matches(p, target(f.spec.Ports[0])) }) {
				w.index = i
			}
		}
	}
	w.container = containers[w.index]
	w.at = w.pod.Get("containers").List()[w.index]
}

func matches(p corev1.ContainerPort, target intstr.IntOrString) bool {
	if target.Type == intstr.String {
		return p.Name == target.StrVal
	}
	return p.ContainerPort == target.IntVal
}

// target is where a Service's port leads.
func target(p corev1.ServicePort) intstr.IntOrString {
	if p.TargetPort.Type == intstr.Int && p.TargetPort.IntVal == 0 {
		return intstr.FromInt32(p.Port)
	}
	return p.TargetPort
}

// service fills in what the workload itself says.
func (im *importer) service(w *workload) {
	if w.kind != "CronJob" {
		im.fronts(w)
	}
	w.choose()
	s, spec := w.service, w.node.Get("spec")
	w.Skip(spec.Child("selector"), spec.Child("serviceName"), w.at.Child("name"), w.runs.Get("template", "metadata", "labels"))
	if m := w.runs.Get("template").Child("metadata"); m != nil {
		w.Skip(m.Child("creationTimestamp"))
	}
	if w.delivered() {
		w.Approximate(w.pod.Get("containers").List()[0], s.Path("queue"), "events reach it through a delivery container: say under queue or uploads which data they come from", true)
	}
	if n := w.node.Get("metadata", "namespace"); n != nil {
		if n.String() != "default" {
			s.Set("kubernetes.namespace", n.String())
		}
		w.Carry(n, s.Path("kubernetes.namespace"))
	}
	if image := w.at.Get("image"); image != nil {
		s.Set("image", image.String())
		w.Carry(image, s.Path("image"))
	} else {
		s.Set("image", draft.Unresolved{})
	}
	if w.kind != "CronJob" && w.alone() {
		w.worker()
	} else {
		im.port(w)
	}
	w.size("cpu", corev1.ResourceCPU, func(q resource.Quantity) string { return draft.CPU(q.MilliValue()) })
	w.size("memory", corev1.ResourceMemory, func(q resource.Quantity) string { return draft.Memory(q.Value()) })
	w.storage()
	im.environment(w)
	if w.kind == "CronJob" {
		w.schedule()
	}
	if s.Get("schedule") == nil || w.posts() {
		w.command()
	}
	if s.Get("worker") == nil {
		w.health()
	}
	w.security()
	w.mounts()
	w.placement()
	if n := w.at.Get("lifecycle", "preStop", "sleep", "seconds"); n != nil {
		w.waits, _ = n.Int()
		w.Skip(w.at.Get("lifecycle"))
	}
}

// finish is what depends on the other objects.
func (im *importer) finish(w *workload) {
	s := w.service
	if s.Get("schedule") != nil {
		return // each run is one pod
	}
	w.volumes()
	grace := w.pod.Get("terminationGracePeriodSeconds")
	switch seconds, ok := grace.Int(); {
	case !ok:
	case w.timeout:
		w.Carry(grace, s.Path("timeout"))
	case w.waits > 0 && seconds > w.waits && seconds-w.waits <= 3600:
		s.Set("timeout", strconv.Itoa(seconds-w.waits)+"s")
		w.Carry(grace, s.Path("timeout"))
	default:
		const usual = 30 // seconds, which Kubernetes gives by itself
		w.Leave(grace, "a pod that stops gets its timeout and ten seconds more: raise timeout where requests take longer", seconds > usual)
	}
	if s.Get("worker") != nil && s.Get("scale.requests") != nil {
		s.Drop("scale")
		s.Drop("kubernetes", "scaleToZero")
		s.Drop("kubernetes", "metric")
		w.note(s.Path("scale"), "a worker scales by CPU or memory alone: it has one pod until scale says more", true)
	}
	if w.scaled {
		w.Leave(w.node.Get("spec", "replicas"), "an autoscaler sets the number of pods", false)
		return
	}
	n := 1
	if w.replicas != nil {
		n = int(*w.replicas)
	}
	at := w.node.Get("spec", "replicas")
	switch {
	case n == 0:
		w.Approximate(at, s.Path("scale"), "runs no pods; a service runs one at least", true)
		n = 1
	case n > 1000:
		w.Approximate(at, s.Path("scale"), "1000 is the most", true)
		n = 1000
	case at != nil:
		w.Carry(at, s.Path("scale"))
	}
	s.Set("scale.min", n)
	s.Set("scale.max", n)
	if s.Get("volumes") == nil {
		s.Comment("scale", "no autoscaler was there: raise max to let it scale")
	}
}

// port is where the app listens.
func (im *importer) port(w *workload) {
	s, ports := w.service, w.container.Ports
	nodes := w.at.Get("ports").List()
	chosen := -1
	if len(w.fronts) > 0 && len(w.fronts[0].spec.Ports) > 0 {
		to := target(w.fronts[0].spec.Ports[0])
		if chosen = slices.IndexFunc(ports, func(p corev1.ContainerPort) bool { return matches(p, to) }); chosen < 0 && to.Type == intstr.Int {
			s.Set("port", int(to.IntVal))
			for _, n := range nodes {
				w.Leave(n, "a service answers on one port", true)
			}
			return
		}
	}
	if chosen < 0 {
		chosen = slices.IndexFunc(ports, func(p corev1.ContainerPort) bool { return strings.HasPrefix(p.Name, "http") || p.Name == "web" })
	}
	if chosen < 0 && len(ports) > 0 {
		chosen = 0
	}
	for i, n := range nodes {
		switch {
		case i != chosen:
			w.Leave(n, "a service answers on one port", true)
		case ports[i].Protocol != "" && ports[i].Protocol != corev1.ProtocolTCP:
			w.Approximate(n, s.Path("port"), "a service answers HTTP, over TCP", true)
		default:
			w.Carry(n, s.Path("port"))
		}
	}
	if chosen >= 0 {
		s.Set("port", int(ports[chosen].ContainerPort))
		return
	}
	for _, e := range w.container.Env {
		if n, err := strconv.Atoi(e.Value); e.Name == "PORT" && err == nil {
			s.Set("port", n)
			return
		}
	}
	s.Set("port", 8080)
	s.Comment("port", "nothing in the source says where it listens")
	w.note(s.Path("port"), "nothing says on which port it listens", true)
}

// note is about the container as a whole.
func (w *workload) note(to, why string, changes bool) {
	w.Note(w.at, draft.Item{Fate: draft.Approximated, To: to, Why: why, Changes: changes})
}

// size carries a request or a limit.
func (w *workload) size(key string, name corev1.ResourceName, write func(resource.Quantity) string) {
	s, resources := w.service, w.at.Get("resources")
	request, hasRequest := w.container.Resources.Requests[name]
	limit, hasLimit := w.container.Resources.Limits[name]
	at, limitAt := resources.Get("requests", string(name)), resources.Get("limits", string(name))
	to := s.Path(key)
	switch {
	case !hasRequest && !hasLimit:
		w.note(to, "sets no "+key+": ambi's default applies", true)
	case key == "memory" && hasLimit && hasRequest && request.Cmp(limit) != 0:
		s.Set(key, write(limit))
		w.Carry(limitAt, to)
		w.Approximate(at, to, "a service has one memory, request and limit alike: the limit's", false)
	case key == "cpu" && hasRequest:
		s.Set(key, write(request))
		w.Carry(at, to)
		w.Leave(limitAt, "pods have no CPU limit, which would only slow them down while CPU is idle", false)
	case hasLimit:
		s.Set(key, write(limit))
		w.Carry(limitAt, to)
		w.Carry(at, to)
	default:
		s.Set(key, write(request))
		w.Approximate(at, to, "it is the limit, too", true)
	}
}
