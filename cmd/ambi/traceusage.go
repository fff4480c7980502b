package main

import (
	"path/filepath"
	"strings"
	"time"

	"github.com/aymanbagabas/go-udiff"

	"ambi/compare/demand/trace"
	"ambi/internal/outfile"
	"ambi/internal/problem"
	"ambi/spec"
)

// checkUsage reads the spec that a service's usage is to be written into.
func checkUsage(options *projectOptions, service string) (*project, error) {
	p, err := options.load()
	if err != nil {
		return nil, err
	}
	if _, is := p.app.Services[service]; !is {
		return nil, usageError{problem.Flag("usage", "there is no service %q", service).Hint("the services are %s", strings.Join(p.app.ServiceNames(), ", "))}
	}
	return p, nil
}

// writeUsage writes the means of what a log says into a service's usage, and
// returns how the spec changed, as a unified diff.
func writeUsage(p *project, service string, u trace.Usage) (string, error) {
	file := filepath.Join(p.root, specFile)
	before, err := readSpec(file, p.specName)
	if err != nil {
		return "", err
	}
	after, at := before, "services."+service+".usage."
	set := func(key string, s *trace.Sizes) error {
		if s == nil {
			return nil
		}
		after, err = spec.Set(after, at+key, int(s.Mean))
		return err
	}
	// What is new comes first, so the last is the first to read.
	if err := set("responseSize", u.Response); err != nil {
		return "", err
	}
	if err := set("requestSize", u.Request); err != nil {
		return "", err
	}
	switch d := u.Duration; {
	case d != nil:
		if after, err = spec.SetDuration(after, at+"duration", spec.Duration(rounded(d.Mean))); err != nil {
			return "", err
		}
	case u.Request == nil && u.Response == nil:
		return "", problem.Flag("usage", "this trace says neither how long requests took nor how large they were").Of(problem.Invalid)
	}
	if _, err := spec.Parse(p.specName, after); err != nil {
		return "", problem.Each(err, func(p *problem.Problem) { *p = p.Hint("these are the figures of the trace: edit the spec by hand") })
	}
	name := filepath.ToSlash(p.specName)
	if err := outfile.Write(file, after); err != nil {
		return "", machineError{err}
	}
	return udiff.Unified(name, name, string(before), string(after)), nil
}

// rounded is a duration with three digits or four.
func rounded(d time.Duration) time.Duration {
	unit := time.Duration(1)
	for d/unit >= 10_000 {
		unit *= 10
	}
	return max(d.Round(unit), 1)
}
