package project

import (
	"path/filepath"
	"time"

	"github.com/aymanbagabas/go-udiff"

	"ambi/compare"
	"ambi/compare/demand/trace"
	"ambi/internal/outfile"
	"ambi/internal/problem"
	"ambi/spec"
)

// WriteUsage writes the means of what a log says into a service's usage, and
// returns how the spec changed, as a unified diff.
func (p *Project) WriteUsage(service string, u trace.Usage) (string, error) {
	file := filepath.Join(p.Root, SpecFile)
	before, err := readSpec(file, p.SpecName)
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
	if _, err := spec.Parse(p.SpecName, after); err != nil {
		return "", problem.Each(err, func(p *problem.Problem) { *p = p.Hint("these are the figures of the trace: edit the spec by hand") })
	}
	name := filepath.ToSlash(p.SpecName)
	if err := outfile.Write(file, after); err != nil {
		return "", problem.As(problem.Machine, err)
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

// SpecDiff says how a choice changes the spec's text, as a unified diff; where the
// spec is written in a way that only a person should edit, it says so.
func (p *Project) SpecDiff() (func(compare.Choice) string, error) {
	text, err := readSpec(filepath.Join(p.Root, SpecFile), p.SpecName)
	if err != nil {
		return nil, err
	}
	return func(c compare.Choice) string { return specDiff(p.SpecName, text, c) }, nil
}

func specDiff(name string, text []byte, c compare.Choice) string {
	changed := text
	for _, change := range c.Changes {
		var err error
		if changed, err = spec.Set(changed, change.Path, change.To); err != nil {
			return "edit " + name + " by hand: " + err.Error()
		}
	}
	if _, err := spec.Parse(name, changed); err != nil {
		return "edit " + name + " by hand: with these numbers it is not valid:\n" + err.Error()
	}
	name = filepath.ToSlash(name)
	return udiff.Unified(name, name, string(text), string(changed))
}
