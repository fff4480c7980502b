package draft

import (
	"slices"
	"strings"

	"ambi/internal/lazyregexp"
	"ambi/spec"
)

// Everything are the routes of a service that answers any request.
func Everything() []string { return Below(spec.Any, "/") }

// Below are the routes of all requests at and below a path.
func Below(method, path string) []string {
	path = strings.TrimRight(path, "/")
	at := path
	if at == "" {
		at = "/"
	}
	return []string{method + " " + at, method + " " + path + "/{path+}"}
}

// implied reports whether a route is there since a prefix takes its own path too.
func implied(route string, routes []string) bool {
	return slices.Contains(routes, strings.TrimSuffix(route, "/")+"/{path+}")
}

// where says for which target the routes of a service matter.
func where(s *Service) string {
	if s.Get("kubernetes.ingress") == nil && s.Get("kubernetes.gateway") == nil {
		return " on Lambda; on Kubernetes, callers in the cluster reach it without"
	}
	return ""
}

// parameter is what stands for a parameter where its name does not matter.
var parameter = lazyregexp.New(`\{[^}+]*(\+?)\}`)

// Settle gives every service without a trigger its routes, and tells apart services that
// would answer the same requests: all services of an app share one host.
func (a *App) Settle() {
	taken := map[string]string{} // the shape of a route -> its service
	shape := func(route string) string { return parameter.ReplaceAllString(route, "{$1}") }
	own := map[string]*Service{} // the routes that the source names itself
	for _, s := range a.Services {
		routes, _ := s.Get("http.routes").([]string)
		for _, route := range routes {
			if !implied(route, routes) && own[shape(route)] == nil {
				own[shape(route)] = s
			}
		}
	}
	var bare []*Service
	settle := func(s *Service, routes []string) {
		routes = slices.DeleteFunc(slices.Clone(routes), func(route string) bool {
			return implied(route, routes) && own[shape(route)] != nil && own[shape(route)] != s
		})
		if i := slices.IndexFunc(routes, func(route string) bool { return taken[shape(route)] != "" }); i >= 0 {
			other := taken[shape(routes[i])]
			prefix := "/" + s.Name
			moved := make([]string, 0, len(routes))
			for _, route := range routes {
				method, path, _ := strings.Cut(route, " ")
				moved = append(moved, method+" "+prefix+strings.TrimSuffix(path, "/"))
			}
			why := "answers requests that " + other + " answers too, and the services of an app share one host: its routes got " + prefix + " in front, which the app has to know" + where(s)
			routes = moved
			s.Comment("http.routes", "%s was put in front: %s answers the same paths", prefix, other)
			s.Object.Note(s.Node, Item{Fate: Approximated, To: s.Path("http.routes"), Why: why, Changes: true})
		}
		for _, route := range routes {
			if taken[shape(route)] == "" {
				taken[shape(route)] = s.Name
			}
		}
		s.Set("http.routes", routes)
	}
	for _, s := range a.Services {
		switch routes, _ := s.Get("http.routes").([]string); {
		case s.Get("queue") != nil || s.Get("uploads") != nil || s.Get("schedule") != nil || s.Get("worker") != nil:
		case len(routes) == 0:
			bare = append(bare, s)
		default:
			settle(s, routes)
		}
	}
	slices.SortStableFunc(bare, func(a, b *Service) int {
		switch {
		case a.Exposed && !b.Exposed:
			return -1
		case b.Exposed && !a.Exposed:
			return 1
		}
		return 0
	})
	for _, s := range bare {
		s.Comment("http.routes", "nothing in the source says which requests it answers")
		why := "nothing says which requests it answers: it gets all of them"
		if !s.Exposed {
			s.Comment("http", "nothing in the source publishes it: public on Lambda unless internal is true")
			why = "nothing publishes it, and on Lambda its routes are public: set http.internal: true if only services of the app call it"
		}
		s.Object.Note(s.Node, Item{Fate: Approximated, To: s.Path("http.routes"), Why: why, Changes: !s.Exposed})
		settle(s, Everything())
	}
}
