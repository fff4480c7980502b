package project

import (
	"fmt"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/aymanbagabas/go-udiff"

	"ambi/compare"
	"ambi/compare/demand/trace"
	"ambi/internal/outfile"
	"ambi/internal/problem"
	"ambi/spec"
)

// WriteUsage writes the means of what a log says into a service's usage, or the quantiles of
// its duration where it has some, and returns how the spec changed, as a unified diff.
func (p *Project) WriteUsage(service string, u trace.Usage) (string, error) {
	at := "services." + service + ".usage."
	var edits []spec.Edit
	if d := u.Duration; d != nil {
		value := spec.Duration(Rounded(d.Mean)).String()
		if !p.App.UsageOf(service).Duration.Quantiles.IsZero() {
			value = fmt.Sprintf("{p50: %s, p99: %s}", spec.Duration(Rounded(d.P50)), spec.Duration(Rounded(d.P99)))
		}
		edits = append(edits, spec.Edit{Path: at + "duration", Value: value})
	}
	if s := u.Request; s != nil {
		edits = append(edits, spec.Edit{Path: at + "requestSize", Value: strconv.FormatInt(s.Mean, 10)})
	}
	if s := u.Response; s != nil {
		edits = append(edits, spec.Edit{Path: at + "responseSize", Value: strconv.FormatInt(s.Mean, 10)})
	}
	if len(edits) == 0 {
		return "", problem.Flag("usage", "this trace says neither how long requests took nor how large they were").Of(problem.Invalid)
	}
	return p.Edit(edits, true)
}

// Edit changes values of the spec and nothing else of its text, and returns how it changed,
// as a unified diff. With write false, the file stays as it is.
func (p *Project) Edit(edits []spec.Edit, write bool) (string, error) {
	file := filepath.Join(p.Root, SpecFile)
	before, err := readSpec(file, p.SpecName)
	if err != nil {
		return "", err
	}
	after := before
	// What is new comes first, so the last is the first to read.
	for _, e := range slices.Backward(edits) {
		at, key := e.Path[:strings.LastIndexByte(e.Path, '.')+1], e.Path[strings.LastIndexByte(e.Path, '.')+1:]
		if other := insteadOf(key); other != "" && p.App.Given(at+other) {
			if after, err = spec.Rename(after, at+other, key); err != nil {
				return "", problem.File(p.SpecName, 0, "%v", err)
			}
		}
		if after, err = spec.SetText(after, e.Path, e.Value); err != nil {
			return "", problem.File(p.SpecName, 0, "%v", err)
		}
	}
	if _, err := spec.Parse(p.SpecName, after); err != nil {
		return "", problem.Each(err, func(p *problem.Problem) { *p = p.Hint("edit the spec by hand") })
	}
	name := filepath.ToSlash(p.SpecName)
	if write {
		if err := outfile.Write(file, after); err != nil {
			return "", problem.As(problem.Machine, err)
		}
	}
	return udiff.Unified(name, name, string(before), string(after)), nil
}

// insteadOf is the key that a key of usage replaces; empty for most.
func insteadOf(key string) string {
	return map[string]string{"duration": "reportDuration", "reportDuration": "duration"}[key]
}

// Rounded is a duration with three digits or four.
func Rounded(d time.Duration) time.Duration {
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
