package kubernetes

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

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
	template  corev1.PodTemplateSpec
	index     int // of the app's container
	container corev1.Container
	pod       *source.Node // spec.template.spec
	at        *source.Node // of the container
	fronts    []*front     // the Services that lead to it
	scaled    bool         // an autoscaler sets its replicas
	waits     int          // seconds that its preStop hook sleeps
	timeout   bool         // the spec has one
}

// findWorkloads decodes what becomes services.
func (im *importer) findWorkloads() {
	for _, o := range im.of("Deployment", "StatefulSet") {
		w := &workload{object: o, pod: o.node.Get("spec", "template", "spec")}
		var spec struct {
			Replicas *int32                 `json:"replicas"`
			Selector *metav1.LabelSelector  `json:"selector"`
			Template corev1.PodTemplateSpec `json:"template"`
		}
		if !o.decode(o.node.Get("spec"), &spec) {
			continue
		}
		o.used = true
		if len(spec.Template.Spec.Containers) == 0 {
			o.Leave(o.node, "has no container", true)
			continue
		}
		w.replicas, w.template = spec.Replicas, spec.Template
		im.workloads = append(im.workloads, w)
	}
}

// delivered reports whether events reach the pod through a delivery container, as
// ambi's own stacks write it.
func (w *workload) delivered() bool {
	for _, c := range w.template.Spec.InitContainers {
		if c.RestartPolicy != nil && *c.RestartPolicy == corev1.ContainerRestartPolicyAlways && c.Name == w.service.Name {
			return true
		}
	}
	return false
}

// choose picks the container that answers: the one whose port a Service leads to, the one
// that is named after the workload, or the first.
func (w *workload) choose() {
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
	im.fronts(w)
	w.choose()
	s, spec := w.service, w.node.Get("spec")
	w.Skip(spec.Child("selector"), spec.Child("serviceName"), w.at.Child("name"), spec.Get("template", "metadata", "labels"))
	if m := spec.Get("template").Child("metadata"); m != nil {
		w.Skip(m.Child("creationTimestamp"))
	}
	if w.delivered() {
		w.Approximate(w.pod.Get("initContainers"), s.Path("queue"), "events reach it through a delivery container: say under queue or uploads which data they come from", true)
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
	im.port(w)
	w.size("cpu", corev1.ResourceCPU, quantityOfCPU)
	w.size("memory", corev1.ResourceMemory, quantityOfMemory)
	w.storage()
	im.environment(w)
	w.health()
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
	s.Comment("scale", "no autoscaler was there: raise max to let it scale")
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
		w.note(to, "no "+key+" is asked for: a service has ambi's default", true)
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

// storage skips the bounds of ephemeral storage, which ambi's stacks set.
func (w *workload) storage() {
	for _, of := range []string{"requests", "limits"} {
		w.Leave(w.at.Get("resources", of, "ephemeral-storage"), "the stack bounds it: edit "+workloadFile, false)
	}
}

// quantityOfCPU writes cores in whole thousandths.
func quantityOfCPU(q resource.Quantity) string {
	milli := max(q.MilliValue(), 1)
	if milli%1000 == 0 {
		return strconv.FormatInt(milli/1000, 10)
	}
	return strconv.FormatInt(milli, 10) + "m"
}

// quantityOfMemory writes whole bytes, in the unit that divides them.
func quantityOfMemory(q resource.Quantity) string {
	bytes := q.Value()
	for _, unit := range []struct {
		name  string
		shift int
	}{{"Gi", 30}, {"Mi", 20}, {"Ki", 10}} {
		if bytes > 0 && bytes%(1<<unit.shift) == 0 {
			return strconv.FormatInt(bytes>>unit.shift, 10) + unit.name
		}
	}
	for _, unit := range []struct {
		name string
		of   int64
	}{{"G", 1e9}, {"M", 1e6}, {"k", 1e3}} {
		if bytes > 0 && bytes%unit.of == 0 {
			return strconv.FormatInt(bytes/unit.of, 10) + unit.name
		}
	}
	return strconv.FormatInt(bytes, 10)
}

// security is who the pods run as, and what they may write to.
func (w *workload) security() {
	s := w.service
	pod, own := w.pod.Get("securityContext"), w.at.Get("securityContext")
	for _, n := range []*source.Node{own.Get("runAsUser"), pod.Get("runAsUser")} {
		id, ok := n.Int()
		switch {
		case !ok:
			continue
		case s.Get("kubernetes.user") != nil:
			w.Leave(n, "the container says otherwise", false)
		case id == 0:
			w.Leave(n, "no pod of ambi's runs as root: they run as user 65532", true)
		default:
			if id != 65532 {
				s.Set("kubernetes.user", id)
			}
			w.Carry(n, s.Path("kubernetes.user"))
		}
	}
	if own.Get("runAsUser") == nil && pod.Get("runAsUser") == nil {
		w.note(s.Path("kubernetes.user"), "the image says which user runs it; ambi's pods run as user 65532 unless kubernetes.user says otherwise", true)
	}
	user := w.userOf()
	for _, c := range []*source.Node{own, pod} {
		if id, ok := c.Get("runAsGroup").Int(); ok && strconv.Itoa(id) == user {
			w.Carry(c.Get("runAsGroup"), s.Path("kubernetes.user"))
		}
		if c.Get("runAsNonRoot").String() == "true" {
			w.Skip(c.Get("runAsNonRoot"))
		}
		if c.Get("seccompProfile", "type").String() == "RuntimeDefault" {
			w.Skip(c.Get("seccompProfile"))
		}
		if c.Get("allowPrivilegeEscalation").String() == "false" {
			w.Skip(c.Get("allowPrivilegeEscalation"))
		}
		if c.Get("privileged").String() == "false" {
			w.Skip(c.Get("privileged"))
		}
	}
	if drop := own.Get("capabilities", "drop").List(); len(drop) == 1 && drop[0].String() == "ALL" {
		w.Skip(own.Get("capabilities", "drop"))
	}
	if root := own.Get("readOnlyRootFilesystem"); root.String() == "true" {
		w.Skip(root)
		return
	}
	s.Set("kubernetes.writableRoot", true)
	if n := own.Get("readOnlyRootFilesystem"); n != nil {
		w.Carry(n, s.Path("kubernetes.writableRoot"))
	}
}

func (w *workload) userOf() string {
	if id, ok := w.service.Get("kubernetes.user").(int); ok {
		return strconv.Itoa(id)
	}
	return "65532"
}

// mounts says what becomes of volumes.
func (w *workload) mounts() {
	volumes := map[string]int{}
	for i, v := range w.template.Spec.Volumes {
		volumes[v.Name] = i
	}
	nodes := w.pod.Get("volumes").List()
	for i, m := range w.container.VolumeMounts {
		n := w.at.Get("volumeMounts").List()[i]
		j, found := volumes[m.Name]
		if !found {
			continue // of a claim's template, or of nothing
		}
		v := w.template.Spec.Volumes[j]
		switch {
		case v.EmptyDir != nil && m.MountPath == "/tmp":
			w.Skip(n, nodes[j])
		case v.EmptyDir != nil:
			w.service.Set("kubernetes.writableRoot", true)
			w.Approximate(n, w.service.Path("kubernetes.writableRoot"), "the app may write to its image's files instead; a function can write to /tmp alone", true)
			w.Skip(nodes[j])
		case v.ConfigMap != nil, v.Secret != nil, v.Projected != nil, v.DownwardAPI != nil:
			w.Leave(n, "a spec has variables, and no files: put "+cmp.Or(m.MountPath, "them")+" into the image, or have the app read variables", true)
		}
	}
}

// placement is what of the pod's place a spec can say.
func (w *workload) placement() {
	s := w.service
	if n := w.pod.Get("nodeSelector", "kubernetes.io/arch"); n != nil {
		switch n.String() {
		case "amd64":
			s.Set("kubernetes.architecture", "x86_64")
			w.Carry(n, s.Path("kubernetes.architecture"))
		case "arm64":
			s.Set("kubernetes.architecture", "arm64")
			s.Set("lambda.architecture", "arm64")
			w.Carry(n, s.Path("kubernetes.architecture"))
		}
	}
	for _, n := range w.pod.Get("imagePullSecrets").List() {
		if name := n.Get("name").String(); name != "" {
			s.Add("kubernetes.pullSecrets", name)
			w.Carry(n, s.Path("kubernetes.pullSecrets"))
		}
	}
	account := w.pod.Get("serviceAccountName")
	if o := cmpObject(w, account.String()); o {
		w.Skip(account, w.pod.Get("serviceAccount"))
	}
	if n := w.pod.Get("automountServiceAccountToken"); n.String() == "false" {
		w.Skip(n)
	}
}

// cmpObject reports whether an account is the workload's own, as ambi's stacks have it, or
// none.
func cmpObject(w *workload, account string) bool {
	return account == "" || account == "default" || account == w.name
}

// health is what the probes ask.
func (w *workload) health() {
	s, c := w.service, w.container
	probes := []struct {
		key   string
		probe *corev1.Probe
	}{{"readinessProbe", c.ReadinessProbe}, {"livenessProbe", c.LivenessProbe}, {"startupProbe", c.StartupProbe}}
	path := ""
	for _, p := range probes {
		if p.probe == nil {
			continue
		}
		at := w.at.Get(p.key)
		if p.probe.HTTPGet == nil {
			for _, how := range []string{"exec", "tcpSocket", "grpc"} {
				w.Leave(at.Get(how), "health is asked over HTTP: the app must answer health.path with 200", true)
			}
			continue
		}
		get := at.Get("httpGet")
		found, _, hasQuery := strings.Cut(cmp.Or(p.probe.HTTPGet.Path, "/"), "?")
		if len(found) > 1 {
			found = strings.TrimRight(found, "/")
		}
		if found == "" || found[0] != '/' {
			found = "/" + found
		}
		switch {
		case path == "":
			path = found
			s.Set("health.path", found)
			if hasQuery {
				w.Approximate(get.Get("path"), s.Path("health.path"), "without its query", true)
			} else {
				w.Carry(get.Get("path"), s.Path("health.path"))
			}
		case found == path:
			w.Carry(get.Get("path"), s.Path("health.path"))
		default:
			w.Approximate(get.Get("path"), s.Path("health.path"), "one path serves all probes: "+path, true)
		}
		if port := p.probe.HTTPGet.Port; w.isPort(port) {
			w.Skip(get.Get("port"))
		} else {
			w.Approximate(get.Get("port"), s.Path("health.path"), "health is asked on the service's own port", true)
		}
		if scheme := get.Get("scheme"); scheme.String() == "HTTP" {
			w.Skip(scheme)
		} else if scheme != nil {
			w.Leave(scheme, "health is asked over plain HTTP within the pod", true)
		}
		w.Leave(get.Get("httpHeaders"), "health is asked without headers", true)
	}
	if path == "" {
		s.Set("health.path", "/healthz")
		s.Comment("health", "the app must answer 200 there: no probe over HTTP was in the source")
		w.note(s.Path("health.path"), "no probe asks over HTTP: the app must answer 200 at /healthz", true)
	}
	if p := c.StartupProbe; p != nil {
		s.Set("health.startup", w.startup(p))
		at := w.at.Get("startupProbe")
		for _, key := range []string{"failureThreshold", "periodSeconds", "initialDelaySeconds"} {
			w.Carry(at.Get(key), s.Path("health.startup"))
		}
		return
	}
	if p := c.LivenessProbe; p != nil && p.InitialDelaySeconds > 0 {
		s.Set("health.startup", w.startup(p))
		w.Approximate(w.at.Get("livenessProbe", "initialDelaySeconds"), s.Path("health.startup"), "with the failures that follow, the longest that the app may take to start", false)
	}
}

// startup is how long an app may take until a probe has failed for good.
func (w *workload) startup(p *corev1.Probe) string {
	period, failures := cmp.Or(p.PeriodSeconds, 10), cmp.Or(p.FailureThreshold, 3)
	seconds := int(p.InitialDelaySeconds) + int(period)*int(failures)
	seconds = min(max(seconds, 1), 900)
	if seconds%60 == 0 {
		return fmt.Sprintf("%dm", seconds/60)
	}
	return fmt.Sprintf("%ds", seconds)
}

// isPort reports whether a probe asks on the service's port.
func (w *workload) isPort(port intstr.IntOrString) bool {
	number, _ := w.service.Get("port").(int)
	if port.Type == intstr.Int {
		return int(port.IntVal) == number
	}
	return slices.ContainsFunc(w.container.Ports, func(p corev1.ContainerPort) bool {
		return p.Name == port.StrVal && int(p.ContainerPort) == number
	})
}
