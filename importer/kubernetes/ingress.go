package kubernetes

import (
	"slices"
	"strconv"
	"strings"

	networkingv1 "k8s.io/api/networking/v1"

	"ambi/importer/draft"
	"ambi/importer/source"
	"ambi/spec"
)

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

func nginxSize(text string) string {
	m := sizeOfNginx.FindStringSubmatch(text)
	if m == nil {
		return ""
	}
	unit := map[string]string{"": "", "k": "Ki", "m": "Mi", "g": "Gi"}[strings.ToLower(m[2])]
	return m[1] + unit
}
