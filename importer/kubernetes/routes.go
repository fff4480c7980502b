package kubernetes

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"

	"ambi/importer/draft"
	"ambi/importer/source"
	"ambi/internal/lazyregexp"
)

// front is a Service that leads to a workload.
type front struct {
	*object
	spec corev1.ServiceSpec
}

// fronts finds the Services that lead to a workload.
func (im *importer) fronts(w *workload) {
	for _, o := range im.of("Service") {
		if o.namespace != w.namespace && o.namespace != "" && w.namespace != "" {
			continue
		}
		selector := texts(o.node.Get("spec", "selector"))
		if len(selector) == 0 || !selects(selector, w.template.Labels) {
			continue
		}
		f := &front{object: o}
		if !o.decode(o.node.Get("spec"), &f.spec) {
			continue
		}
		o.used = true
		w.fronts = append(w.fronts, f)
		im.front(w, f)
	}
}

func selects(selector, labels map[string]string) bool {
	for key, value := range selector {
		if labels[key] != value {
			return false
		}
	}
	return true
}

// front carries what a Service says.
func (im *importer) front(w *workload, f *front) {
	s, n := w.service, f.node.Get("spec")
	f.Skip(n.Child("selector"))
	if len(w.fronts) > 1 {
		f.Approximate(n, s.Path(""), "a service has one address", true)
		return
	}
	for i, port := range n.Get("ports").List() {
		p := f.spec.Ports[i]
		switch {
		case i > 0:
			f.Leave(port, "a service answers on one port", true)
		case p.Protocol != "" && p.Protocol != corev1.ProtocolTCP:
			f.Approximate(port, s.Path("http"), "a service answers HTTP, over TCP", true)
		case p.Port != 80:
			f.Approximate(port, s.Path("port"), "callers in the cluster reach it at port 80 of "+im.app.Name+"-"+s.Name, true)
		case f.name != im.app.Name+"-"+s.Name:
			f.Approximate(port, s.Path("port"), "callers in the cluster reach it at "+im.app.Name+"-"+s.Name, true)
		default:
			f.Carry(port, s.Path("port"))
		}
	}
	switch kind := n.Get("type"); kind.String() {
	case "", "ClusterIP":
		f.Skip(kind)
	default:
		s.Exposed = true
		f.Leave(kind, "nothing leads to it from outside the cluster: set kubernetes.ingress or kubernetes.gateway", true)
	}
}

// backend is the workload that a Service of some name leads to.
func (im *importer) backend(namespace, name string) *workload {
	for _, w := range im.workloads {
		if slices.ContainsFunc(w.fronts, func(f *front) bool {
			return f.name == name && (f.namespace == namespace || f.namespace == "" || namespace == "")
		}) {
			return w
		}
	}
	return nil
}

// expose carries the routes that lead to services from outside.
func (im *importer) expose() {
	for _, o := range im.of("Ingress") {
		var spec networkingv1.IngressSpec
		if o.decode(o.node.Get("spec"), &spec) && !o.used {
			im.ingress(o, spec)
		}
	}
	for _, o := range im.of("HTTPRoute") {
		im.httpRoute(o)
	}
	for _, o := range im.of("ServiceMonitor") {
		im.monitor(o)
	}
}

var idle = lazyregexp.New(`idle_timeout\.timeout_seconds=(\d+)`)

// setTimeout is how long what serves a service waits for it.
func (w *workload) setTimeout(o *object, n *source.Node, seconds int) {
	to := w.service.Path("timeout")
	switch {
	case seconds < 1:
		return
	case seconds > 3600:
		o.Approximate(n, to, "an hour is the most that a service waits", true)
		seconds = 3600
	default:
		o.Carry(n, to)
	}
	w.service.Set("timeout", strconv.Itoa(seconds)+"s")
	w.timeout = true
}

var sizeOfNginx = lazyregexp.New(`^([1-9][0-9]{0,11})([kKmMgG]?)$`)

// cors carries what preflight requests are answered with.
func (im *importer) cors(o *object, w *workload, n *source.Node, origins, methods, headers []string, credentials bool, maxAge string) {
	s := w.service
	s.Set("http.cors.origins", origins)
	if len(methods) == 1 && methods[0] == "*" {
		methods = nil
	}
	if len(methods) > 0 {
		s.Set("http.cors.methods", methods)
	}
	if len(headers) == 1 && (headers[0] == "Accept" || headers[0] == "*") {
		headers = nil // what ambi's stacks write for none
	}
	if len(headers) > 0 {
		s.Set("http.cors.headers", headers)
	}
	if credentials {
		s.Set("http.cors.credentials", true)
	}
	if seconds, err := strconv.Atoi(maxAge); err == nil && seconds > 0 {
		s.Set("http.cors.maxAge", strconv.Itoa(min(seconds, 86400))+"s")
	}
	o.Carry(n, s.Path("http.cors"))
}

var (
	rest    = lazyregexp.New(`/?\(?(/\|\$|\^?/)?\)?\(?\.\*\)?\$?$`)
	literal = lazyregexp.New(`^(/[A-Za-z0-9._~-]+)*/?$`)
)

// routesOf are the routes of a path of an Ingress or HTTPRoute, and what differs.
func routesOf(method, kind, path string) (routes []string, why string) {
	path = cmp.Or(path, "/")
	plain := path
	if !literal.MatchString(plain) {
		plain = strings.TrimPrefix(plain, "^")
		plain = strings.TrimSuffix(rest.ReplaceAllString(strings.Replace(plain, "(/|$)", "/", 1), ""), "*")
		why = "a route has no regular expressions: it takes all that begins so"
		if !literal.MatchString(plain) {
			return []string{method + " " + path}, "a route has no regular expressions: write it anew"
		}
		return draft.Below(method, plain), why
	}
	if kind == "Exact" {
		if trimmed := strings.TrimRight(path, "/"); trimmed != "" && trimmed != path {
			return []string{method + " " + trimmed}, "a route does not end in a slash"
		}
		return []string{method + " " + path}, ""
	}
	return draft.Below(method, path), ""
}

// monitor carries what Prometheus scrapes.
func (im *importer) monitor(o *object) {
	selector := texts(o.node.Get("spec", "selector", "matchLabels"))
	endpoints := o.node.Get("spec", "endpoints").List()
	if len(selector) == 0 || len(endpoints) == 0 {
		return
	}
	for _, w := range im.workloads {
		if !slices.ContainsFunc(w.fronts, func(f *front) bool { return selects(selector, f.labels) }) {
			continue
		}
		o.used = true
		o.Skip(o.node.Get("spec", "selector"), endpoints[0].Child("port"))
		path := cmp.Or(endpoints[0].Get("path").String(), "/metrics")
		w.service.Set("kubernetes.serviceMonitor", map[string]any{})
		if path != "/metrics" {
			w.service.Set("kubernetes.serviceMonitor.path", path)
		}
		o.Carry(endpoints[0].Get("path"), w.service.Path("kubernetes.serviceMonitor.path"))
	}
}
