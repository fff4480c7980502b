package kubernetes

import (
	"cmp"
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"time"

	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"

	"ambi/importer/draft"
	"ambi/importer/source"
	"ambi/internal/lazyregexp"
	"ambi/spec"
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

// ingress carries the rules of an Ingress.
func (im *importer) ingress(o *object, in networkingv1.IngressSpec) {
	n := o.node.Get("spec")
	class := n.Get("ingressClassName")
	if class == nil {
		class = o.node.Get("metadata", "annotations", "kubernetes.io/ingress.class")
	}
	var served []*workload
	for i, rule := range in.Rules {
		at := n.Get("rules").List()[i]
		if rule.HTTP == nil {
			o.Leave(at, "it has no paths", true)
			continue
		}
		for j, path := range rule.HTTP.Paths {
			p := at.Get("http", "paths").List()[j]
			name := ""
			if path.Backend.Service != nil {
				name = path.Backend.Service.Name
			}
			w := im.backend(o.namespace, name)
			if w == nil {
				o.Leave(p, "leads to no service among the files", true)
				continue
			}
			s := w.service
			if !slices.Contains(served, w) {
				served = append(served, w)
			}
			kind := networkingv1.PathTypePrefix
			if path.PathType != nil {
				kind = *path.PathType
			}
			routes, why := routesOf(spec.Any, string(kind), path.Path)
			s.Add("http.routes", routes...)
			o.Skip(p.Get("backend"))
			if why == "" {
				o.Carry(p.Get("path"), s.Path("http.routes"))
				o.Carry(p.Get("pathType"), s.Path("http.routes"))
			} else {
				o.Approximate(p.Get("path"), s.Path("http.routes"), why, true)
				o.Skip(p.Get("pathType"))
			}
			o.Skip(p)
			im.host(o, at.Get("host"), w)
		}
		if at.Get("host") == nil {
			o.Skip(at)
		}
	}
	if b := in.DefaultBackend; b != nil && b.Service != nil {
		if w := im.backend(o.namespace, b.Service.Name); w != nil {
			w.service.Add("http.routes", draft.Everything()...)
			o.Carry(n.Get("defaultBackend"), w.service.Path("http.routes"))
			served = append(served, w)
		}
	}
	if len(served) == 0 {
		return
	}
	o.used = true
	for _, w := range served {
		s := w.service
		s.Exposed = true
		if class == nil {
			s.Set("kubernetes.ingress.class", "nginx")
			s.Comment("kubernetes.ingress", "no class was given: the cluster's default served it")
			o.Approximate(o.node.Get("spec", "rules"), s.Path("kubernetes.ingress.class"), "no class is given: nginx is assumed", true)
		} else {
			s.Set("kubernetes.ingress.class", class.String())
			o.Carry(class, s.Path("kubernetes.ingress.class"))
		}
		im.tls(o, in, w)
		im.annotations(o, w)
	}
}

// host is the name that a service is served under.
func (im *importer) host(o *object, n *source.Node, w *workload) {
	s := w.service
	if n == nil {
		return
	}
	switch has, _ := s.Get("http.domain").(string); {
	case has == "":
		s.Set("http.domain", n.String())
		o.Carry(n, s.Path("http.domain"))
	case has == n.String():
		o.Carry(n, s.Path("http.domain"))
	default:
		o.Leave(n, "a service has one host name: "+has, true)
	}
}

// tls is the certificate for a service's host name.
func (im *importer) tls(o *object, in networkingv1.IngressSpec, w *workload) {
	s := w.service
	domain, _ := s.Get("http.domain").(string)
	for i, t := range in.TLS {
		at := o.node.Get("spec", "tls").List()[i]
		if domain == "" || len(t.Hosts) > 0 && !slices.Contains(t.Hosts, domain) {
			continue
		}
		o.Skip(at.Get("hosts"))
		if t.SecretName == "" {
			continue
		}
		if class, _ := s.Get("kubernetes.ingress.class").(string); class == "alb" {
			o.Leave(at.Get("secretName"), "a load balancer takes certificates from ACM only", true)
			continue
		}
		s.Set("kubernetes.ingress.tlsSecret", t.SecretName)
		o.Carry(at.Get("secretName"), s.Path("kubernetes.ingress.tlsSecret"))
	}
}

var idle = lazyregexp.New(`idle_timeout\.timeout_seconds=(\d+)`)

// annotations carries what controllers read and a spec can say.
func (im *importer) annotations(o *object, w *workload) {
	s := w.service
	all := o.node.Get("metadata", "annotations")
	nginx := func(name string) *source.Node { return all.Get("nginx.ingress.kubernetes.io/" + name) }
	alb := func(name string) *source.Node { return all.Get("alb.ingress.kubernetes.io/" + name) }
	for _, n := range []*source.Node{nginx("proxy-read-timeout"), nginx("proxy-send-timeout")} {
		if seconds, err := strconv.Atoi(strings.TrimSuffix(n.String(), "s")); err == nil {
			w.setTimeout(o, n, seconds)
		}
	}
	if n := nginx("proxy-body-size"); n != nil {
		if size := nginxSize(n.String()); size != "" {
			if size != "10Mi" {
				s.Set("http.maxBody", size)
			}
			o.Carry(n, s.Path("http.maxBody"))
		}
	}
	if nginx("enable-cors").String() == "true" {
		cors := func(name string) []string {
			var list []string
			for _, text := range strings.Split(nginx("cors-"+name).String(), ",") {
				if text = strings.TrimSpace(text); text != "" {
					list = append(list, text)
				}
			}
			return list
		}
		origins := cors("allow-origin")
		if len(origins) == 0 {
			origins = []string{"*"}
		}
		im.cors(o, w, nginx("enable-cors"), origins, cors("allow-methods"), cors("allow-headers"), nginx("cors-allow-credentials").String() != "false" && !slices.Contains(origins, "*"), nginx("cors-max-age").String())
		for _, name := range []string{"allow-origin", "allow-methods", "allow-headers", "allow-credentials", "max-age"} {
			o.Carry(nginx("cors-"+name), s.Path("http.cors"))
		}
	}
	if n := nginx("rewrite-target"); n != nil {
		o.Leave(n, "requests reach the app as they come: nothing changes their paths on the way", true)
	}
	if n := alb("scheme"); n != nil {
		s.Set("kubernetes.ingress.scheme", n.String())
		o.Carry(n, s.Path("kubernetes.ingress.scheme"))
	}
	if n := alb("group.name"); n != nil {
		s.Set("kubernetes.ingress.group", n.String())
		o.Carry(n, s.Path("kubernetes.ingress.group"))
	}
	if n := alb("load-balancer-attributes"); n != nil {
		if alb("group.name") != nil && w.waits > 0 {
			o.Skip(n) // the longest of the group; the pod's own grace says the service's
		} else if m := idle.FindStringSubmatch(n.String()); m != nil {
			seconds, _ := strconv.Atoi(m[1])
			w.setTimeout(o, n, seconds)
		}
	}
	o.Skip(alb("target-type"), alb("group.order"), alb("listen-ports"))
	if n := alb("healthcheck-path"); n.String() == s.Get("health.path") {
		o.Skip(n)
	}
}

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

func nginxSize(text string) string {
	m := sizeOfNginx.FindStringSubmatch(text)
	if m == nil {
		return ""
	}
	unit := map[string]string{"": "", "k": "Ki", "m": "Mi", "g": "Gi"}[strings.ToLower(m[2])]
	return m[1] + unit
}

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

// route is what the importer reads of an HTTPRoute: the standard's names, version v1.
type route struct {
	ParentRefs []struct{ Name, Namespace, Kind string } `json:"parentRefs"`
	Hostnames  []string                                 `json:"hostnames"`
	Rules      []struct {
		Matches []struct {
			Path *struct {
				Type, Value string
			} `json:"path"`
			Method      string            `json:"method"`
			Headers     []json.RawMessage `json:"headers"`
			QueryParams []json.RawMessage `json:"queryParams"`
		} `json:"matches"`
		Filters []struct {
			Type string `json:"type"`
			CORS *struct {
				AllowOrigins, AllowMethods, AllowHeaders []string
				AllowCredentials                         bool
				MaxAge                                   int
			} `json:"cors"`
		} `json:"filters"`
		BackendRefs []struct{ Name, Namespace string } `json:"backendRefs"`
		Timeouts    *struct{ Request string }          `json:"timeouts"`
	} `json:"rules"`
}

// httpRoute carries the rules of an HTTPRoute.
func (im *importer) httpRoute(o *object) {
	var r route
	n := o.node.Get("spec")
	if !o.decode(n, &r) {
		return
	}
	var served []*workload
	for i, rule := range r.Rules {
		at := n.Get("rules").List()[i]
		var w *workload
		for j, b := range rule.BackendRefs {
			ref := at.Get("backendRefs").List()[j]
			if found := im.backend(cmp.Or(b.Namespace, o.namespace), b.Name); found != nil && w == nil {
				w = found
				o.Skip(ref.Child("name"), ref.Child("namespace"), ref.Child("port"), ref.Child("kind"), ref.Child("group"))
				if len(rule.BackendRefs) == 1 {
					o.Skip(ref)
				}
			}
		}
		if w == nil {
			continue
		}
		if !slices.Contains(served, w) {
			served = append(served, w)
		}
		s := w.service
		var preflight []*source.Node
		hasCORS := slices.ContainsFunc(at.Get("filters").List(), func(f *source.Node) bool { return f.Get("type").String() == "CORS" })
		if len(rule.Matches) == 0 {
			s.Add("http.routes", draft.Everything()...)
		}
		for j, match := range rule.Matches {
			m := at.Get("matches").List()[j]
			method, kind, path := cmp.Or(match.Method, spec.Any), "PathPrefix", "/"
			if match.Path != nil {
				kind, path = cmp.Or(match.Path.Type, kind), cmp.Or(match.Path.Value, path)
			}
			if method == "OPTIONS" && hasCORS {
				preflight = append(preflight, m)
				continue
			}
			if !slices.Contains(spec.Methods(), method) {
				o.Leave(m, "no route has the method "+method, true)
				continue
			}
			routes, why := routesOf(method, kind, path)
			s.Add("http.routes", routes...)
			for _, part := range []*source.Node{m.Get("path"), m.Get("method")} {
				if why == "" {
					o.Carry(part, s.Path("http.routes"))
				} else {
					o.Approximate(part, s.Path("http.routes"), why, true)
				}
			}
			if m.Get("headers") == nil && m.Get("queryParams") == nil {
				o.Skip(m)
			}
		}
		o.Skip(preflight...)
		for j, f := range rule.Filters {
			if c := f.CORS; c != nil {
				age := ""
				if c.MaxAge > 0 {
					age = strconv.Itoa(c.MaxAge)
				}
				im.cors(o, w, at.Get("filters").List()[j], c.AllowOrigins, c.AllowMethods, c.AllowHeaders, c.AllowCredentials, age)
			}
		}
		if t := rule.Timeouts; t != nil {
			if d, err := time.ParseDuration(t.Request); err == nil {
				w.setTimeout(o, at.Get("timeouts", "request"), int(d.Seconds()))
			}
		}
	}
	if len(served) == 0 {
		return
	}
	o.used = true
	for _, w := range served {
		s := w.service
		s.Exposed = true
		if w.service.Get("kubernetes.ingress") != nil {
			o.Leave(n.Get("parentRefs"), "a service has either an Ingress or a Gateway", true)
			continue
		}
		for i, parent := range r.ParentRefs {
			at := n.Get("parentRefs").List()[i]
			if i > 0 {
				o.Leave(at, "a service has one Gateway", true)
				continue
			}
			s.Set("kubernetes.gateway.name", parent.Name)
			o.Carry(at.Get("name"), s.Path("kubernetes.gateway.name"))
			if parent.Namespace != "" {
				s.Set("kubernetes.gateway.namespace", parent.Namespace)
				o.Carry(at.Get("namespace"), s.Path("kubernetes.gateway.namespace"))
			}
			o.Skip(at.Child("kind"), at.Child("group"))
			o.Leave(at.Get("sectionName"), "the route is attached to all listeners of the Gateway", true)
			o.Leave(at.Get("port"), "the route is attached to all listeners of the Gateway", true)
		}
		for i := range r.Hostnames {
			im.host(o, n.Get("hostnames").List()[i], w)
		}
	}
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
