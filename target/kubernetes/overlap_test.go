package kubernetes_test

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"testing"

	"ambi/spec"
	"ambi/target/finding"
	"ambi/target/kubernetes"
)

// node is a segment of an API's routes, as a tree: what it is followed by, and who answers
// by method. It knows nothing of spec's own order of routes.
type node struct {
	texts        map[string]*node
	param        *node
	here, greedy map[string]string // method, or ANY -> service
}

func newNode() *node {
	return &node{texts: map[string]*node{}, here: map[string]string{}, greedy: map[string]string{}}
}

func (n *node) add(service, method, path string) {
	for segment := range strings.SplitSeq(strings.Trim(path, "/"), "/") {
		switch {
		case segment == "":
		case strings.HasSuffix(segment, "+}"):
			n.greedy[method] = service
			return
		case segment[0] == '{':
			if n.param == nil {
				n.param = newNode()
			}
			n = n.param
		default:
			if n.texts[segment] == nil {
				n.texts[segment] = newNode()
			}
			n = n.texts[segment]
		}
	}
	n.here[method] = service
}

// api is who an HTTP API gives a request to: a full match, or else the longest with a greedy
// parameter, and of both the one that names the method.
func (n *node) api(method string, path []string) string {
	return cmp.Or(n.find(method, path, false), n.find(method, path, true))
}

func (n *node) find(method string, path []string, greedy bool) string {
	if n == nil {
		return ""
	}
	if len(path) == 0 {
		if greedy {
			return ""
		}
		return cmp.Or(n.here[method], n.here["ANY"])
	}
	service := cmp.Or(n.texts[path[0]].find(method, path[1:], greedy), n.param.find(method, path[1:], greedy))
	if greedy {
		service = cmp.Or(service, n.greedy[method], n.greedy["ANY"])
	}
	return service
}

// front is a host name of what serves some services from outside.
type front struct {
	name, host string
	services   []kubernetes.Service
}

// fronts are those of an app, by what its Ingresses and HTTPRoutes say.
func fronts(m kubernetes.Model) []front {
	var list []front
	for _, s := range m.Services {
		name := ""
		switch {
		case s.Gateway != nil:
			name = "gateway " + s.Gateway.Name
		case s.Ingress != nil && annotation(s, "group.name") != "":
			name = "group " + annotation(s, "group.name")
		case s.Ingress != nil && s.Ingress.Class == "alb":
			name = "alone " + s.Name
		case s.Ingress != nil:
			name = "class " + s.Ingress.Class
		default:
			continue
		}
		i := slices.IndexFunc(list, func(f front) bool { return f.name == name && f.host == s.Domain })
		if i < 0 {
			i = len(list)
			list = append(list, front{name: name, host: s.Domain})
		}
		list[i].services = append(list[i].services, s)
	}
	for i, f := range list {
		for _, other := range list {
			if strings.HasPrefix(f.name, "group ") && f.name == other.name && f.host != "" && other.host == "" {
				list[i].services = append(list[i].services, other.services...) // a rule without a host condition
			}
		}
	}
	return list
}

func annotation(s kubernetes.Service, name string) string {
	for _, a := range s.Ingress.Annotations {
		if a.Name == "alb.ingress.kubernetes.io/"+name {
			return a.Value
		}
	}
	return ""
}

// gives is who a front gives a request to: of an Ingress, a path that equals it, or the
// longest that begins it; of a Gateway the same, and then the one that names the method; of
// an Application Load Balancer the first rule of the first Ingress.
func (f front) gives(method, path string) string {
	best, bestRank := "", []int{}
	consider := func(s kubernetes.Service, kind, at string, rank ...int) {
		below := path == at || at == "/" || strings.HasPrefix(path, at+"/")
		if kind == "Exact" && path != at || !below {
			return
		}
		exact := 0
		if kind == "Exact" {
			exact = 1
		}
		order := 0
		if s.Ingress != nil && s.Ingress.Class == "alb" {
			order, _ = strconv.Atoi(annotation(s, "group.order"))
		}
		rank = append([]int{-order, exact, len(at)}, rank...)
		if best == "" || slices.Compare(rank, bestRank) > 0 {
			best, bestRank = s.Name, rank
		}
	}
	for _, s := range f.services {
		if s.Ingress != nil {
			for _, p := range s.Ingress.Paths {
				consider(s, p.Type, p.Path)
			}
			continue
		}
		for _, m := range s.Gateway.Matches {
			switch m.Method {
			case "":
				consider(s, m.Type, m.Path, 0)
			case method:
				consider(s, m.Type, m.Path, 1)
			}
		}
	}
	return best
}

// drawApp writes services with routes of few texts, so that they meet.
func drawApp(r *rand.Rand) []string {
	pick := func(of ...string) string { return of[r.IntN(len(of))] }
	usual := pick("ingress: {class: nginx}", "gateway: {name: public}", "ingress: {class: alb, group: shop, scheme: internal}", "ingress: {class: nginx}")
	var services []string
	for i := range 1 + r.IntN(4) {
		var routes []string
		for range 1 + r.IntN(4) {
			path := ""
			for range r.IntN(4) {
				path += "/" + pick("a", "b", "items", "{id}")
			}
			if r.IntN(4) == 0 {
				path += "/{path+}"
			}
			for n := 0; strings.Contains(path, "{id}"); n++ {
				path = strings.Replace(path, "{id}", fmt.Sprintf("{p%d}", n), 1)
			}
			routes = append(routes, strconv.Quote(pick("GET", "GET", "POST", "ANY", "DELETE")+" "+cmp.Or(path, "/")))
		}
		outside, domain := usual, ", domain: one.example.com"
		switch r.IntN(10) {
		case 0:
			outside = pick("ingress: {class: nginx-internal}", "gateway: {name: other}", "ingress: {class: alb}", "namespace: other")
		case 1:
			domain = pick(", domain: two.example.com", "")
		}
		services = append(services, fmt.Sprintf("  %c:\n    image: registry.example.com/x:1\n    http: {routes: [%s]%s}\n    kubernetes: {%s}\n", 'a'+i, strings.Join(routes, ", "), domain, outside))
	}
	return services
}

// TestRoutesOfWholeApps asks random apps for random requests, on both targets: whoever the
// two give one to, if they are not the same service, a finding names both.
func TestRoutesOfWholeApps(t *testing.T) {
	const apps, requests = 3000, 150
	r := rand.New(rand.NewPCG(15, 3))
	invalid, refused, asked, differ, wider := 0, 0, 0, 0, 0
	for range apps {
		text := "apiVersion: ambi/v1\nname: shop\nservices:\n" + strings.Join(drawApp(r), "")
		app, err := spec.Parse("app.yaml", []byte(text))
		if err != nil {
			invalid++ // two routes that no request tells apart
			continue
		}
		m, findings := kubernetes.Resolve(app)
		if len(findings.Refused()) > 0 {
			refused++
			continue
		}
		root := newNode()
		for _, s := range m.Services {
			for _, route := range s.Routes {
				method, path, _ := strings.Cut(route, " ")
				root.add(s.Name, method, path)
			}
		}
		all := fronts(m)
		for _, f := range all {
			for range requests / len(all) {
				var path []string
				for range r.IntN(6) {
					path = append(path, []string{"a", "b", "items", "z"}[r.IntN(4)])
				}
				method := []string{"GET", "POST", "DELETE", "PUT"}[r.IntN(4)]
				onLambda, onKubernetes := root.api(method, path), f.gives(method, "/"+strings.Join(path, "/"))
				asked++
				request := fmt.Sprintf("%s /%s at %q of %s: Lambda %q, Kubernetes %q", method, strings.Join(path, "/"), f.host, f.name, onLambda, onKubernetes)
				switch {
				case onLambda == onKubernetes:
				case onKubernetes == "":
					if slices.ContainsFunc(f.services, func(s kubernetes.Service) bool { return s.Name == onLambda }) {
						t.Fatalf("%s: a route is lost\n%s", request, text)
					}
				case onLambda == "":
					wider++
					if !notes(findings, onKubernetes, "of the Ingress") && !notes(findings, onKubernetes, "of the HTTPRoute") {
						t.Fatalf("%s: no finding says that it takes more\n%s", request, text)
					}
				default:
					differ++
					if !notes(findings, onKubernetes, "which "+onLambda+" answers on Lambda") {
						t.Fatalf("%s: no finding names both\n%s", request, text)
					}
				}
			}
		}
		for _, s := range m.Services { // and nothing is said that is not so
			for _, o := range s.Overlaps {
				method, path, _ := strings.Cut(o.Request, " ")
				if by := root.api(method, spec.SplitPath(path)); by != o.Service {
					t.Fatalf("%+v: Lambda gives it to %q\n%s", o, by, text)
				}
				if !slices.ContainsFunc(all, func(f front) bool { return f.gives(method, path) == s.Name }) {
					t.Fatalf("%+v: nothing gives it to %q\n%s", o, s.Name, text)
				}
			}
		}
	}
	t.Logf("%d apps, of which %d were invalid and %d refused; %d requests, of which %d reach another service on Kubernetes, and %d one that no route is for", apps, invalid, refused, asked, differ, wider)
	if differ < 1000 || wider < 1000 {
		t.Error("too few differences to show anything")
	}
}

// notes reports whether a finding on a service's routes says something.
func notes(findings finding.List, service, text string) bool {
	return slices.ContainsFunc(findings, func(f finding.Finding) bool {
		return strings.HasPrefix(f.Path, "services."+service+".http.routes[") && strings.Contains(f.Message, text)
	})
}

func TestOverlaps(t *testing.T) {
	const at = ", domain: x.example.com}\nkubernetes: {ingress: {class: nginx}}"
	m, findings := resolve(t, `http: {routes: ["GET /items/{id}/reviews"]`+at, `http: {routes: ["ANY /{path+}"]`+at)
	want := kubernetes.Overlap{
		Route: "GET /items/{id}/reviews", Path: "prefix /items of the Ingress", Request: "GET /items", Service: "b", Answer: "ANY /{path+}",
	}
	if got := m.Services[0].Overlaps; len(got) != 1 || got[0] != want {
		t.Errorf("overlaps: %+v, want %+v", got, want)
	}
	if !notes(findings, "a", "also receives GET /items, which b answers on Lambda, by its route ANY /{path+}") {
		t.Errorf("no finding: %v", findings)
	}
}
