package kubernetes

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"ambi/spec"
	"ambi/target/finding"
)

// Overlap is requests that reach a service on Kubernetes although the spec assigns them to
// another one: a path of an Ingress or HTTPRoute matches more than its route.
type Overlap struct {
	Route   string // of the service, as the spec writes it: its path takes the requests
	Index   int    // of that route
	Path    string // what takes them, such as "prefix /items of the Ingress"
	Request string // one of them
	Service string // that the spec has answer them
	Answer  string // its route
}

// rule is one path of an Ingress or HTTPRoute.
type rule struct {
	service  string
	index    int // of the first route that it serves
	method   string
	exact    bool
	path     string
	segments []string
	order    int // of the Ingress in its load balancer
}

func (r rule) takes(method string, path []string) bool {
	return (r.method == "" || r.method == method) && len(path) >= len(r.segments) &&
		(!r.exact || len(path) == len(r.segments)) && slices.Equal(path[:len(r.segments)], r.segments)
}

// compareRules orders the rules that take a request: the first one gets it. An exact path
// comes before a prefix, a long prefix before a short one, and a method before none; but in a
// group of a load balancer, all paths of one Ingress before those of the next.
func compareRules(a, b rule) int {
	kind := func(r rule) int {
		if r.exact {
			return 0
		}
		return 1
	}
	return cmp.Or(
		cmp.Compare(a.order, b.order),
		cmp.Compare(kind(a), kind(b)),
		-cmp.Compare(len(a.path), len(b.path)),
		-cmp.Compare(a.method, b.method),
	)
}

// rules lists what a service's Ingress or HTTPRoute takes.
func (s Service) rules() []rule {
	var list []rule
	add := func(method, kind, path string, routes []string) {
		if len(routes) == 0 {
			return // preflight requests, which what serves the service answers itself
		}
		r := rule{service: s.Name, index: slices.Index(s.Routes, routes[0]), method: method, exact: kind == "Exact", path: path, segments: spec.SplitPath(path)}
		if s.Ingress != nil && s.Ingress.ALB != nil {
			r.order = s.Ingress.ALB.Order
		}
		list = append(list, r)
	}
	if s.Ingress != nil {
		for _, p := range s.Ingress.Paths {
			add("", p.Type, p.Path, p.Routes)
		}
	}
	if s.Gateway != nil {
		for _, m := range s.Gateway.Matches {
			add(m.Method, m.Type, m.Path, m.Routes)
		}
	}
	return list
}

// shared finds where what serves the services from outside gives requests to another one
// than the spec, whose routes are compared over the whole app.
func (r *resolver) shared(model *Model) {
	places := r.app.Places()
	routes := treeOf(places)
	fresh, depth := unused(places)
	for _, rules := range r.hosts(model) {
		var pairs [][2]int // a route and a rule of another service that may take the same request
		for k, rule := range rules {
			for _, p := range routes.along(rule.segments, rule.exact, nil) {
				if places[p].Service != rule.service {
					pairs = append(pairs, [2]int{p, k})
				}
			}
		}
		slices.SortFunc(pairs, func(a, b [2]int) int { return cmp.Or(cmp.Compare(a[0], b[0]), cmp.Compare(a[1], b[1])) })
		q := question{places, routes, rules, byPath(rules)}
		seen := map[string]bool{}
		for _, pair := range pairs {
			place := places[pair[0]]
			for _, path := range common(place.Route, rules[pair[1]], fresh, depth) {
				key := place.Method + " " + strings.Join(path, "/")
				if !seen[key] {
					seen[key] = true
					r.ask(model, q, place.Method, path)
				}
			}
		}
	}
}

// tree holds routes, by their numbers, at where their segments lead.
type tree struct {
	texts  map[string]*tree
	param  *tree
	whole  []int // end here
	greedy []int // take all that is below
}

func treeOf(places []spec.Place) *tree {
	root := &tree{}
	for i, p := range places {
		at, greedy := root, false
		for _, s := range p.Segments() {
			if greedy = s.Greedy; greedy {
				break
			}
			at = at.child(s)
		}
		if greedy {
			at.greedy = append(at.greedy, i)
		} else {
			at.whole = append(at.whole, i)
		}
	}
	return root
}

// child is where a segment leads, made if it is new.
func (t *tree) child(s spec.Segment) *tree {
	if s.Param {
		if t.param == nil {
			t.param = &tree{}
		}
		return t.param
	}
	if t.texts == nil {
		t.texts = map[string]*tree{}
	}
	if t.texts[s.Text] == nil {
		t.texts[s.Text] = &tree{}
	}
	return t.texts[s.Text]
}

// along adds to a list the routes that may take a path, or one that begins with it.
func (t *tree) along(path []string, exact bool, list []int) []int {
	if t == nil {
		return list
	}
	list = append(list, t.greedy...)
	if len(path) > 0 {
		return t.param.along(path[1:], exact, t.texts[path[0]].along(path[1:], exact, list))
	}
	list = append(list, t.whole...)
	if !exact {
		for _, below := range t.texts {
			list = below.along(nil, false, list)
		}
		list = t.param.along(nil, false, list)
	}
	return list
}

// question is who answers a request: by the spec, and by the rules of a host.
type question struct {
	places []spec.Place
	routes *tree
	rules  []rule
	byPath map[string][]int // the rules of a path, in order
}

func byPath(rules []rule) map[string][]int {
	list := map[string][]int{}
	for i, r := range rules {
		path := strings.Join(r.segments, "/")
		list[path] = append(list[path], i)
	}
	return list
}

// place is the first route that answers, -1 where none does.
func (q question) place(method string, path []string) int {
	first := -1
	for _, i := range q.routes.along(path, true, nil) {
		if (first < 0 || i < first) && q.places[i].Answers(method, path) {
			first = i
		}
	}
	return first
}

// rule is the first rule that takes a request, -1 where none does.
func (q question) rule(method string, path []string) int {
	first := -1
	for n := range len(path) + 1 {
		for _, i := range q.byPath[strings.Join(path[:n], "/")] {
			if (first < 0 || i < first) && q.rules[i].takes(method, path) {
				first = i
			}
		}
	}
	return first
}

// hosts lists the rules that share what serves them and a host name, in the order in which
// they take requests.
func (r *resolver) hosts(model *Model) [][]rule {
	byHost := map[string][]rule{}
	var keys []string
	for _, s := range model.Services {
		serves := entry(s.Name, r.app.Services[s.Name])
		if serves == "" {
			continue
		}
		key := serves + "\n" + s.Domain
		if byHost[key] == nil {
			keys = append(keys, key)
		}
		byHost[key] = append(byHost[key], s.rules()...)
	}
	var list [][]rule
	for _, key := range keys {
		rules := byHost[key]
		if serves, host, _ := strings.Cut(key, "\n"); host != "" && strings.HasPrefix(serves, "the load balancer of group ") {
			rules = append(rules, byHost[serves+"\n"]...) // a rule without a host is for every host
		}
		slices.SortStableFunc(rules, compareRules)
		list = append(list, rules)
	}
	return list
}

// unused is a segment that no route has as a text, and one more segment than any route has.
func unused(places []spec.Place) (segment string, depth int) {
	texts := map[string]bool{}
	for _, p := range places {
		segments := p.Segments()
		depth = max(depth, len(segments))
		for _, s := range segments {
			texts[s.Text] = true
		}
	}
	segment = "1"
	for texts[segment] {
		segment += "1"
	}
	return segment, depth + 1
}

// common lists paths that both a route and a rule take, of every length up to a depth: what
// neither names is a segment that no other route names. If any request of a length goes to
// the two, this one does.
func common(route spec.Route, k rule, fresh string, depth int) [][]string {
	segments := route.Segments()
	shortest, longest := len(segments), len(segments)
	if longest > 0 && segments[longest-1].Greedy {
		longest = depth
	}
	var list [][]string
	for length := max(shortest, len(k.segments)); length <= longest; length++ {
		if k.exact && length != len(k.segments) {
			break
		}
		path := make([]string, length)
		possible := true
		for i := range path {
			path[i] = fresh
			if i < len(k.segments) {
				path[i] = k.segments[i]
			}
			if i < len(segments) && !segments[i].Param {
				possible = possible && (i >= len(k.segments) || path[i] == segments[i].Text)
				path[i] = segments[i].Text
			}
		}
		if possible {
			list = append(list, path)
		}
	}
	return list
}

// ask compares who answers requests for a path, of one method or of all.
func (r *resolver) ask(model *Model, q question, method string, path []string) {
	places, rules := q.places, q.rules
	methods := []string{method}
	if method == spec.Any {
		methods = slices.DeleteFunc(spec.Methods(), func(m string) bool { return m == spec.Any })
	}
	for _, method := range methods {
		i, j := q.place(method, path), q.rule(method, path)
		if i < 0 || j < 0 || places[i].Service == rules[j].service {
			continue
		}
		n, _ := slices.BinarySearchFunc(model.Services, rules[j].service, func(s Service, name string) int { return strings.Compare(s.Name, name) })
		service := &model.Services[n]
		object, kind := "Ingress", "prefix"
		if service.Gateway != nil {
			object = "HTTPRoute"
		}
		if rules[j].exact {
			kind = "path"
		}
		o := Overlap{
			Route: service.Routes[rules[j].index], Index: rules[j].index, Path: fmt.Sprintf("%s %s of the %s", kind, rules[j].path, object),
			Request: method + " /" + strings.Join(path, "/"), Service: places[i].Service, Answer: places[i].String(),
		}
		if slices.ContainsFunc(service.Overlaps, func(other Overlap) bool { return other.Index == o.Index && other.Service == o.Service }) {
			continue
		}
		service.Overlaps = append(service.Overlaps, o)
		r.notes.Approximate(fmt.Sprintf("services.%s.http.routes[%d]", service.Name, o.Index), "%s also receives %s, which %s answers on Lambda, by its route %s",
			o.Path, o.Request, o.Service, o.Answer)
	}
}

// strict notes characters that ingress-nginx refuses in a path.
func (r *resolver) strict(at string, class, path string) {
	var odd []string
	for _, c := range []string{".", "~"} {
		if strings.Contains(path, c) {
			odd = append(odd, c)
		}
	}
	if len(odd) > 0 {
		r.notes.Approximate(at, "ingress-nginx refuses %s in a path of Ingress class %s, in versions and settings that validate paths strictly: "+
			"set strict-validate-path-type to false in the controller's ConfigMap, or use kubernetes.gateway", finding.And(odd), class)
	}
}
