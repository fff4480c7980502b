// Package traffic resolves what switching between the targets needs beside them: for each domain
// that both serve, the hosts under which one target alone answers, and what a health check asks
// there. It has a program and stacks of its own. It knows neither target.
package traffic

import (
	"slices"

	"ambi/spec"
	"ambi/target/finding"
)

// Model is the domains between whose targets traffic is switched.
type Model struct {
	App     string
	Domains []Domain // by name
}

// Empty reports whether there is nothing to switch, and no program for it.
func (m *Model) Empty() bool { return len(m.Domains) == 0 }

// Domain is a host name that both targets serve.
type Domain struct {
	Name  string
	Asked string // the service whose health path tells whether a target is up
	Path  string // that path
}

// Own is the host under which a target alone answers.
func (d Domain) Own(t spec.Target) string { return spec.OwnHost(t, d.Name) }

// Limits of Route 53.
const (
	MaxWeight = 255 // Source: https://docs.aws.amazon.com/Route53/latest/APIReference/API_ResourceRecordSet.html
	// TTLSeconds is how long resolvers may remember which target they were sent to: AWS says at
	// most 60 for records with health checks.
	// Source: https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/resource-record-sets-values-weighted.html
	TTLSeconds = 60
)

// Resolve decides what each switched domain needs, and notes what becomes of switch. The result
// is the same for both targets.
func Resolve(app *spec.App, notes *finding.Notes) Model {
	model := Model{App: app.Name}
	if app.Switch == nil {
		return model
	}
	switched := app.Switched()
	for _, name := range switched {
		asked := app.Asked(name)
		model.Domains = append(model.Domains, Domain{Name: name, Asked: asked, Path: app.Services[asked].Health.Path})
	}
	notes.Exact("switch", "a program in stacks/traffic has weighted DNS records in Route 53 for %s, with a health check on each target; each target also answers under a host of its own, which begins with its name", finding.And(switched))
	for _, name := range app.ServiceNames() {
		s := app.Services[name]
		if s.HTTP.Domain == "" || slices.Contains(switched, s.HTTP.Domain) {
			continue
		}
		var alone []string
		for _, other := range app.ServiceNames() {
			if o := app.Services[other]; o.HTTP.Domain == s.HTTP.Domain && o.Alone() {
				alone = append(alone, other)
			}
		}
		notes.Approximate("services."+name+".http.domain", "switch leaves it alone, because %s, which has the domain, is written for one target only", finding.And(alone))
	}
	return model
}
