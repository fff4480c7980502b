package main

import (
	"fmt"
	"os"
	"path/filepath"

	"ambi/compare"
	"ambi/compare/page"
)

// writePage writes a comparison as an HTML page to a file, or to standard output
// for "-". The file is there whole or not at all.
func writePage(io streams, p *project, result compare.Result, command, file string) error {
	options := pageOptions(p)
	options.Command = command
	html, err := page.HTML(result, options)
	if err != nil {
		return machineError{err}
	}
	if file == "-" {
		if _, err := io.out.Document().Write(html); err != nil {
			return machineError{err}
		}
		return nil
	}
	return replaceFile(file, html)
}

// pageOptions are what a page says beside the comparison.
func pageOptions(p *project) page.Options {
	o := page.Options{Spec: specFile, Give: waysToGive(len(p.app.Services) > 1)}
	for _, plan := range planTargets(p) {
		side := page.Plan{Target: plan.Target, Refused: plan.Refused}
		for _, r := range plan.Resources {
			side.Resources = append(side.Resources, page.Resource{Type: r.Type, Name: r.Name, Service: r.Service})
		}
		o.Plans = append(o.Plans, side)
	}
	return o
}

// replaceFile writes a file by renaming a finished one over it.
func replaceFile(file string, text []byte) (err error) {
	f, err := os.CreateTemp(filepath.Dir(file), "."+filepath.Base(file)+".*")
	if err != nil { // the temporary name is nobody's business
		return machineError{fmt.Errorf("cannot write %s: %w", file, bare(err))}
	}
	defer func() {
		if err != nil {
			_ = os.Remove(f.Name())
			err = machineError{err}
		}
	}()
	if _, err = f.Write(text); err != nil {
		_ = f.Close()
		return err
	}
	if err = f.Close(); err != nil {
		return err
	}
	if err = os.Chmod(f.Name(), 0o644); err != nil { // a page is there to be shared
		return err
	}
	return os.Rename(f.Name(), file)
}
