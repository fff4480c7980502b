package main

import (
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"ambi/spec"
	"ambi/target"
)

func newValidateCommand(io streams, options *projectOptions) *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "validate",
		Short: "Check the spec and show what each field becomes on each target",
		Long: `Check the spec. Every error is reported at once, with its line. Then show what
each field becomes on each target: exact, approximate (with the difference),
dropped (it changes nothing there) or refused.

Exit code 1: the spec is invalid, or a target that it lists refuses it.`,
		Args: noArgs,
		RunE: func(*cobra.Command, []string) error {
			p, err := options.load()
			if err != nil {
				return err
			}
			refused := p.refused(p.app.Targets...)
			if asJSON {
				if err := printJSON(io.out, validation{App: p.app.Name, Spec: p.specName, Valid: refused == nil, Findings: p.findings}); err != nil {
					return err
				}
			} else if err := printTranslation(io.out, p); err != nil {
				return err
			}
			return refused
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}

// validation is what validate prints as JSON.
type validation struct {
	App      string          `json:"app"`
	Spec     string          `json:"spec"`
	Valid    bool            `json:"valid"`
	Findings target.Findings `json:"findings"`
}

// printTranslation prints each field of the spec with what it becomes.
func printTranslation(out io.Writer, p *project) error {
	var paths []string
	byPath := map[string]target.Findings{}
	for _, f := range inOrder(p.findings) {
		if byPath[f.Path] == nil {
			paths = append(paths, f.Path)
		}
		byPath[f.Path] = append(byPath[f.Path], f)
	}
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	for _, path := range paths {
		at := p.app.Position(path)
		note := ""
		if !p.app.Given(path) {
			note = " (default)"
		}
		fmt.Fprintf(w, "%s:%d: %s%s\n", p.specName, at.Line, path, note)
		for _, f := range byPath[path] {
			fmt.Fprintf(w, "  %s\t%s\t%s\n", f.Target, f.Kind, f.Message)
		}
		if err := w.Flush(); err != nil {
			return machineError{err}
		}
	}
	for _, t := range spec.Targets() {
		count := map[target.Kind]int{}
		for _, f := range p.on(t) {
			count[f.Kind]++
		}
		line := fmt.Sprintf("%s: %d exact, %d approximate, %d dropped, %d refused", t,
			count[target.Exact], count[target.Approximate], count[target.Dropped], count[target.Refused])
		if !p.app.For(t) {
			line += " (not among the spec's targets)"
		}
		fmt.Fprintln(out, line)
	}
	return nil
}

// inOrder sorts findings by place, then by path and target.
func inOrder(findings target.Findings) target.Findings {
	sorted := slices.Clone(findings)
	slices.SortStableFunc(sorted, func(a, b target.Finding) int {
		if a.Line != b.Line {
			return a.Line - b.Line
		}
		if a.Column != b.Column {
			return a.Column - b.Column
		}
		return strings.Compare(a.Path, b.Path)
	})
	return sorted
}

func printJSON(out io.Writer, value any) error {
	encoder := json.NewEncoder(out)
	encoder.SetIndent("", "  ")
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(value); err != nil {
		return machineError{err}
	}
	return nil
}
