package main

import (
	"context"
	"fmt"

	"ambi/compare"
	"ambi/compare/render/page"
	"ambi/internal/comparepage"
	"ambi/internal/outfile"
	"ambi/internal/pageserver"
	"ambi/internal/problem"
	"ambi/internal/project"
)

// writePage writes a comparison as an HTML page to a file, or to standard output
// for "-". The file is there whole or not at all.
func writePage(io streams, p *project.Project, result compare.Result, command, file string) error {
	options := comparepage.Options(p)
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

// anyPort is what --serve is without a port: a free one.
const anyPort = "0"

// servePage serves the comparison as a page with a form on loopback, until it is
// interrupted. Each answer is compared anew by what the command itself runs.
func servePage(ctx context.Context, io streams, form *comparepage.Form, first compare.Result, address string) error {
	shown := form.Shown()
	options := comparepage.Options(form.Project)
	options.Form = &shown
	html, err := page.HTML(first, options)
	if err != nil {
		return problem.As(problem.Machine, err)
	}
	listener, err := pageserver.Listen(ctx, address)
	if err != nil {
		return problem.InFlag("serve", problem.As(problem.Machine, err))
	}
	hosts := pageserver.Hosts(listener)
	fmt.Fprintf(io.out, "http://%s/\nOnly this machine can reach it. Ctrl-C stops.\n", hosts[0])
	if err := pageserver.Serve(ctx, listener, pageserver.New(hosts, html, form.Answer)); err != nil {
		return problem.As(problem.Machine, err)
	}
	return nil
}
