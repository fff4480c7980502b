package kubernetes

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"ambi/spec"
	"ambi/target/finding"
)

// Reach says who may open a connection to a service's port.
type Reach string

// The reaches.
const (
	FromAnywhere Reach = "anywhere" // any address: what serves the routes from outside may run anywhere
	FromCluster  Reach = "cluster"  // every pod in the cluster
	FromCallers  Reach = "callers"  // only the services that need it
	FromNobody   Reach = "nobody"   // no connections: nothing calls the service
)

// outside decides who may connect to the service, and what of http its target's
// Ingress or HTTPRoute expresses.
func (r *resolver) outside(name string, s *spec.Service, out *Service) {
	at := "services." + name
	if out.Events != nil {
		out.Reach = FromNobody
		r.notes.Approximate(at+".timeout", "how long the delivery container waits for the app's answer, and, with a reserve, how long a stopping pod gets to finish; the queue's visibility timeout is six times as long")
		return
	}
	if out.Schedule != nil {
		out.Reach = FromNobody
		r.notes.Exact(at+".timeout", "how long curl waits for the app's answer, at each attempt")
		return
	}
	if out.Worker {
		out.Reach = FromNobody
		r.notes.Exact(at+".timeout", "how long a pod gets to finish its work when it stops")
		return
	}
	if path := at + ".http.internal"; r.app.Given(path) && !s.HTTP.Internal {
		r.notes.Dropped(path, "if other services need it, its NetworkPolicy only allows connections from them")
	}
	ingress, gateway := s.Kubernetes.Ingress, s.Kubernetes.Gateway
	switch {
	case ingress != nil:
		out.Reach, out.Domain = FromAnywhere, s.HTTP.Domain
		r.ingress(name, s, out)
	case gateway != nil:
		out.Reach, out.Domain = FromAnywhere, s.HTTP.Domain
		r.gateway(name, s, out)
	default:
		out.Reach = FromCluster
		within := "from any pod of the cluster"
		if len(out.Callers) > 0 {
			out.Reach = FromCallers
			callers := out.Callers
			if s.Kubernetes.ServiceMonitor != nil {
				callers = append(slices.Clone(callers), "Prometheus")
			}
			within = "from the pods of " + finding.And(callers) + " only" + enforced
		}
		if s.HTTP.Internal {
			r.notes.Approximate(at+".http.internal", "its NetworkPolicy allows requests %s", within)
		}
		r.inside(at, out.Name, s, within)
	}
}

// inside notes what only has a meaning for requests from outside.
func (r *resolver) inside(at, name string, s *spec.Service, within string) {
	const hint = "set kubernetes.ingress or kubernetes.gateway"
	for i := range s.HTTP.Routes {
		r.notes.Dropped(fmt.Sprintf("%s.http.routes[%d]", at, i),
			"the Service passes every method and path, %s; nothing routes to it from outside", within)
	}
	if s.HTTP.Domain != "" {
		r.notes.Dropped(at+".http.domain", "nothing routes to the service from outside; to serve the domain, %s", hint)
	}
	if s.HTTP.CORS != nil {
		r.notes.Refused(at+".http.cors", finding.Refusal{Limit: "CORS", Page: IngressPage, Hint: "set kubernetes.gateway, or kubernetes.ingress with class nginx; or answer preflight requests in the app"},
			"requires kubernetes.ingress or kubernetes.gateway on target kubernetes: a Service does not answer preflight requests")
	}
	r.unbounded(name, "nothing limits bodies between pods")
	r.notes.Approximate(at+".timeout", "the time that a stopping pod gets to finish its requests; slow requests are not cut off")
}

// entry is what serves a service from outside, with a name of its own for each; empty
// where nothing does.
func entry(name string, s *spec.Service) string {
	switch in, gateway := s.Kubernetes.Ingress, s.Kubernetes.Gateway; {
	case gateway != nil:
		return "Gateway " + gateway.Name + " in namespace " + cmp.Or(gateway.Namespace, s.Kubernetes.Namespace)
	case in.ALB() && in.Group != "":
		return "the load balancer of group " + in.Group
	case in.ALB():
		return "a separate load balancer for " + name
	case in != nil:
		return "Ingress class " + in.Class
	}
	return ""
}

// fronts are what serves the services from outside, found once for all of them.
type fronts struct {
	domains map[string]map[string][]string      // services by domain and entry
	groups  map[string]map[spec.Scheme][]string // services by the group of load balancers and the scheme
	longest map[string]map[spec.Scheme]int      // timeout of those, in seconds
}

func frontsOf(app *spec.App) fronts {
	f := fronts{map[string]map[string][]string{}, map[string]map[spec.Scheme][]string{}, map[string]map[spec.Scheme]int{}}
	for _, name := range app.ServiceNames() {
		s := app.Services[name]
		if serves := entry(name, s); serves != "" {
			add(f.domains, s.HTTP.Domain, serves, name)
		}
		if in := s.Kubernetes.Ingress; in.ALB() && in.Group != "" {
			add(f.groups, in.Group, in.Scheme, name)
			if f.longest[in.Group] == nil {
				f.longest[in.Group] = map[spec.Scheme]int{}
			}
			f.longest[in.Group][in.Scheme] = max(f.longest[in.Group][in.Scheme], int(s.Timeout.Std().Seconds()))
		}
	}
	return f
}

func add[K comparable](to map[string]map[K][]string, first string, second K, name string) {
	if to[first] == nil {
		to[first] = map[K][]string{}
	}
	to[first][second] = append(to[first][second], name)
}

// but lists those of some services, in order, that do not have one key.
func but[K comparable](all map[K][]string, key K) []string {
	var others []string
	for k, names := range all {
		if k != key {
			others = append(others, names...)
		}
	}
	slices.Sort(others)
	return others
}

// apart finds the other services of the same domain that something else serves: a host
// name leads to one of the two.
func (r *resolver) apart(at string, s *spec.Service, out *Service) {
	mine := entry(out.Name, s)
	for _, name := range but(r.fronts.domains[s.HTTP.Domain], mine) {
		other := r.app.Services[name]
		out.Apart = append(out.Apart, name)
		hint := "let one serve both"
		if s.Kubernetes.Ingress.ALB() && other.Kubernetes.Ingress.ALB() {
			hint = "give both the same kubernetes.ingress.group"
		}
		r.notes.Approximate(at+".http.domain", "%s serves it, and %s serves it for %s: DNS can only point to one of them, and the other service is unreachable there; %s", mine, entry(name, other), name, hint)
	}
}

// host notes what a domain is, and how far that is the same as on Lambda, or what there is
// without one.
func (r *resolver) host(at string, s *spec.Service, out *Service, note func(path, format string, args ...any), is, without string) {
	if s.HTTP.Domain != "" {
		note(at+".http.domain", "%s; the stack does not create its DNS record", is)
		r.apart(at, s, out)
		return
	}
	r.notes.Approximate(at+".http", "without a domain, the routes are served under %s", without)
}

// claim refuses a request that two services would get.
func (r *resolver) claim(path, service string, key ...string) {
	joined := strings.Join(key, "\n")
	owner, taken := r.paths[joined]
	if !taken {
		r.paths[joined] = service
	} else if owner != service {
		r.notes.Refused(path, finding.Refusal{Limit: "routes", Page: IngressPage, Hint: "give each service its own path or domain; a gateway can also distinguish methods"},
			"cannot be distinguished from a route of %s on target kubernetes: both are %s %s", owner, key[len(key)-2], key[len(key)-1])
	}
}

// literalPath is a route's path up to its first parameter, and whether that is
// all of it.
func literalPath(route spec.Route) (path string, whole bool) {
	for _, segment := range route.Segments() {
		if segment.Param {
			return orRoot(path), false
		}
		path += "/" + segment.Text
	}
	return orRoot(path), true
}

func orRoot(path string) string {
	if path == "" {
		return "/"
	}
	return path
}
