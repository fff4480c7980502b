package main

import (
	"context"
	"io"

	"ambi/compare"
	"ambi/compare/render/report"
	"ambi/internal/flags"
	"ambi/internal/problem"
	"ambi/internal/project"
	"ambi/spec"
)

// advise searches what would keep an objective, and prints it.
func advise(ctx context.Context, io streams, p *project.Project, s flags.Runner, objectives []string, asJSON bool) error {
	advice, err := s.Advise(ctx, objectives)
	if err != nil {
		return err
	}
	if err := printAdvice(io.out, p, *advice, asJSON); err != nil {
		return err
	}
	if !advice.Kept() {
		return &answerNo{}
	}
	return nil
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

func printAdvice(out io.Writer, p *project.Project, advice compare.Advice, asJSON bool) error {
	diff, err := p.SpecDiff()
	if err != nil {
		return err
	}
	if asJSON {
		diffs := map[spec.Target]string{}
		for _, c := range advice.Choices {
			if _, listed := diffs[c.Target]; !listed {
				diffs[c.Target] = diff(c)
			}
		}
		return printJSON(out, AdviceDocument{Format: adviceFormat, App: p.App.Name, Advice: advice, Diffs: diffs})
	}
	if _, err := io.WriteString(out, report.AdviceText(advice, diff)); err != nil {
		return problem.As(problem.Machine, err)
	}
	return nil
}
