package comparepage

import (
	"ambi/compare/render/page"
	"ambi/internal/flags"
	"ambi/internal/project"
)

// Options are what a page says beside the comparison.
func Options(p *project.Project) page.Options {
	o := page.Options{Spec: p.File, Give: flags.WaysToGive(len(p.App.Services) > 1)}
	for _, plan := range p.Plan() {
		side := page.Plan{Target: plan.Target, Refused: plan.Refused}
		for _, r := range plan.Resources {
			side.Resources = append(side.Resources, page.Resource{Type: r.Type, Name: r.Name, Service: r.Service})
		}
		o.Plans = append(o.Plans, side)
	}
	return o
}
