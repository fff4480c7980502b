package project

import (
	"slices"
	"strings"

	"ambi/compare"
	"ambi/internal/problem"
	"ambi/spec"
	"ambi/target"
)

// Priced is the project without the services that cannot be priced yet, which it then
// names. It is an error if no other is left.
func (p *Project) Priced() (*Project, error) { return p.with("priced", compare.Priced) }

// OverHTTP is the same with the services over HTTP alone. The data, which the others use too, is
// left out with them.
func (p *Project) OverHTTP() (*Project, error) { return p.alike(compare.OverHTTP) }

// Simulated is the project with the services that are simulated as the named one is: those over
// HTTP, or those that messages start, if it is one of them or there are no others.
func (p *Project) Simulated(service string) (*Project, error) {
	s, named := p.App.Services[service]
	over := !named || !s.IsEvents()
	if !named {
		over = slices.ContainsFunc(p.App.ServiceNames(), func(name string) bool { return p.App.TriggerOf(name) == "http" })
	}
	if over {
		return p.OverHTTP()
	}
	return p.alike(compare.ByMessages)
}

// Together is the project with the services that are simulated together; several is false where
// that is one alone, which no schedule starts, or none.
func (p *Project) Together() (all *Project, several bool) {
	all, err := p.alike(compare.Simulable)
	if err != nil {
		return p, false
	}
	names := all.App.ServiceNames()
	return all, len(names) > 1 || all.App.TriggerOf(names[0]) == "schedule"
}

func (p *Project) alike(part func(*spec.App) (*spec.App, []compare.NotPriced)) (*Project, error) {
	some, err := p.with("simulated", part)
	if err == nil && some != p {
		some.WithoutData = true
	}
	return some, err
}

func (p *Project) with(what string, part func(*spec.App) (*spec.App, []compare.NotPriced)) (*Project, error) {
	app, left := part(p.App)
	written := compare.Written(p.App, app)
	if left == nil && len(written) == 0 {
		return p, nil
	}
	if len(app.Services) == 0 {
		var names []string
		for _, n := range left {
			names = append(names, n.What())
		}
		return nil, problem.File(p.SpecName, 0, "none of the services can be %s yet: %s", what, strings.Join(names, ", "))
	}
	some := *p
	some.App, some.Resolved, some.NotPriced = app, target.Resolve(app), left
	some.Written = written
	return &some, nil
}
