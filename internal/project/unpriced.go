package project

import (
	"strings"

	"ambi/compare"
	"ambi/internal/problem"
	"ambi/target"
)

// Priced is the project without the services that cannot be priced yet, which it then
// names. It is an error if no other is left.
func (p *Project) Priced() (*Project, error) {
	app, left := compare.Priced(p.App)
	if left == nil {
		return p, nil
	}
	if len(app.Services) == 0 {
		var names []string
		for _, n := range left {
			names = append(names, n.Service)
		}
		return nil, problem.File(p.SpecName, 0, "events start every service, and those are not priced yet: %s", strings.Join(names, ", ")).
			Hint("services over HTTP are")
	}
	some := *p
	some.App, some.Resolved, some.NotPriced = app, target.Resolve(app), left
	return &some, nil
}
