package main

import (
	"ambi/compare"
	"ambi/compare/render/page"
	"ambi/internal/outfile"
	"ambi/internal/problem"
	"ambi/internal/project"
)

// writePage writes a comparison as an HTML page to a file, or to standard output
// for "-". The file is there whole or not at all.
func writePage(io streams, p *project.Project, result compare.Result, command, file string) error {
	options := pageOptions(p)
	options.Command = command
	html, err := page.HTML(result, options)
	if err != nil {
		return problem.As(problem.Machine, err)
	}
	if file == "-" {
		if _, err := io.out.Document().Write(html); err != nil {
			return problem.As(problem.Machine, err)
		}
		return nil
	}
	if err := outfile.Write(file, html); err != nil {
		return problem.As(problem.Machine, err)
	}
	return nil
}

// pageOptions are what a page says beside the comparison.
func pageOptions(p *project.Project) page.Options {
	o := page.Options{Spec: p.File, Give: waysToGive(len(p.App.Services) > 1)}
	for _, plan := range p.Plan() {
		side := page.Plan{Target: plan.Target, Refused: plan.Refused}
		for _, r := range plan.Resources {
			side.Resources = append(side.Resources, page.Resource{Type: r.Type, Name: r.Name, Service: r.Service})
		}
		o.Plans = append(o.Plans, side)
	}
	return o
}
