package lambda

import (
	"slices"

	"ambi/spec"
	"ambi/target/finding"
)

// switched has the API answer under hosts that no other target has, and the path there that says
// whether this target is up. One API has one route for a path, under all its hosts.
func (r *resolver) switched(model *Model) {
	for _, domain := range r.app.Switched() {
		name := r.app.Asked(domain)
		at, own := "services."+name+".http.domain", spec.OwnHost(spec.Lambda, domain)
		model.Domains = append(model.Domains, own)
		i := slices.IndexFunc(model.Services, func(s Service) bool { return s.Name == name })
		out := &model.Services[i]
		route := spec.Route{Method: "GET", Path: r.app.Services[name].Health.Path}
		owner := r.owner(route)
		switch {
		case owner == "":
			out.HealthRoute = route.String()
			r.taken[route] = name
			r.notes.Approximate(at, "%s too, where this target alone answers, for health checks and tests: certificateArn must cover it. They ask %s, a route without a token that the API has under all its hosts, and that the app must answer", own, route)
		case owner != name && r.taken[route] == owner:
			r.notes.Approximate(at, "%s too, where this target alone answers, for health checks and tests: certificateArn must cover it. They ask %s, which %s answers under all hosts of the API", own, route, owner)
		case r.app.Services[owner].HTTP.Auth != nil || r.app.Services[owner].HTTP.Internal:
			r.notes.Refused("services."+name+".health.path", finding.Refusal{Limit: "health check", Page: HTTPAPIQuotasPage, Hint: "choose a health path that no such route has"},
				"must be open to callers without a token with switch on target lambda, and %s is a route of %s: a health check brings none", route, owner)
		default:
			r.notes.Approximate(at, "%s too, where this target alone answers, for health checks and tests: certificateArn must cover it. They ask %s, which is a route of %s", own, route, owner)
		}
	}
	slices.Sort(model.Domains)
	model.Domains = slices.Compact(model.Domains)
}

// owner is the service that answers a request for one path already; empty for none.
func (r *resolver) owner(route spec.Route) string {
	for _, name := range r.names {
		for _, other := range r.app.Services[name].HTTP.Routes {
			if other.Path == route.Path && (other.Method == route.Method || other.Method == spec.Any) {
				return name
			}
		}
	}
	return r.taken[route]
}
