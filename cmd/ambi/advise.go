package main

import (
	"context"
	"io"
	"os"
	"path/filepath"

	"github.com/aymanbagabas/go-udiff"

	"ambi/compare"
	"ambi/compare/render/report"
	"ambi/compare/simulate"
	"ambi/internal/problem"
	"ambi/internal/simulation"
	"ambi/spec"
)

// advise searches what would keep an objective, and prints it.
func advise(ctx context.Context, io streams, p *project, s *simulation.Simulation, objective string, asJSON bool) error {
	objectives, err := simulate.ParseObjectives(objective)
	if err != nil {
		return usageError{problem.InFlag("slo", err)}
	}
	advice, err := s.Advise(ctx, objectives)
	if err != nil {
		return err
	}
	return printAdvice(io.out, p, *advice, asJSON)
}

// adviceFormat names what simulate --slo --json prints.
const adviceFormat = "ambi.slo/v1"

// AdviceDocument is what simulate --slo prints as JSON.
type AdviceDocument struct {
	Format string                 `json:"format"`
	App    string                 `json:"app"`
	Advice compare.Advice         `json:"advice"`
	Diffs  map[spec.Target]string `json:"diffs"` // the spec with each target's cheapest choice, as a unified diff
}

func printAdvice(out io.Writer, p *project, advice compare.Advice, asJSON bool) error {
	text, err := os.ReadFile(filepath.Join(p.root, specFile))
	if err != nil {
		return machineError{err}
	}
	diff := func(c compare.Choice) string { return specDiff(p.specName, text, c) }
	if asJSON {
		diffs := map[spec.Target]string{}
		for _, c := range advice.Choices {
			if _, listed := diffs[c.Target]; !listed {
				diffs[c.Target] = diff(c)
			}
		}
		return printJSON(out, AdviceDocument{Format: adviceFormat, App: p.app.Name, Advice: advice, Diffs: diffs})
	}
	if _, err := io.WriteString(out, report.AdviceText(advice, diff)); err != nil {
		return machineError{err}
	}
	return nil
}

// specDiff is how a spec's text changes, as a unified diff; where it is written
// in a way that only a person should edit, it says so.
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
