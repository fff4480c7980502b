package kubernetes

import (
	"cmp"
	"encoding/json"
	"slices"
	"strconv"
	"time"

	"ambi/importer/draft"
	"ambi/importer/source"
	"ambi/spec"
)

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
