package main

import (
	"encoding/json"
	"io"
	"path/filepath"

	"github.com/spf13/cobra"

	"ambi/internal/flags"
	"ambi/internal/problem"
	"ambi/internal/project"
	"ambi/target/finding"
)

func newValidateCommand(io streams, options *project.Folder) *cobra.Command {
	var asJSON, full bool
	cmd := &cobra.Command{
		Use:   "validate [SPEC]",
		Short: "Check the spec and show what each field becomes on each target",
		Long: `Check the spec: the project's, or one by its path. Every error is reported at once,
with its line. Then show what each field becomes on each target: exact, approximate
(with the difference), dropped (it changes nothing there) or refused. What is exact on
both targets, or a default that is exact or dropped, is only counted: --full lists it
too. With --json, errors are printed as JSON: each with its line, column, path, message
and hints.

Exit code 1: the spec is invalid, or a target that it lists refuses it.`,
		Example: `  ambi validate
  ambi validate app/app.yaml --json`,
		Args: flags.SpecOrProject,

		ValidArgsFunction: oneSpec,
		RunE: func(_ *cobra.Command, args []string) error {
			if asJSON && full {
				return problem.Flag("full", "applies to text: --json lists every field").Of(problem.Misuse)
			}
			p, err := options.LoadSpec(args)
			if asJSON {
				return validateAsJSON(io.out, p, err)
			}
			if err != nil {
				return err
			}
			if err := printTranslation(io.out, p, full); err != nil {
				return err
			}
			return p.Refused(p.App.Targets...)
		},
	}
	cmd.Flags().BoolVar(&full, "full", false, "list every field, also those that mean the same on both targets")
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON, errors too, whose schema \"ambi schema validate\" prints")
	return cmd
}

// validationFormat names what validate --json prints.
const validationFormat = "ambi.validate/v1"

// Validation is what validate prints as JSON.
type Validation struct {
	Format   string       `json:"format"`
	App      string       `json:"app"`      // empty when the spec is invalid
	Spec     string       `json:"spec"`     // the file
	Valid    bool         `json:"valid"`    // and no target that the spec lists refuses it
	Errors   []SpecError  `json:"errors"`   // all of them, in the order of the file
	Findings finding.List `json:"findings"` // what each field becomes on each target; none when the spec is invalid
}

// SpecError is an error of the spec, or the refusal of a target, at its place.
type SpecError struct {
	Line    int      `json:"line"`           // from 1
	Column  int      `json:"column"`         // from 1, in characters
	Path    string   `json:"path,omitempty"` // such as services.api.memory; none for the file as a whole
	Message string   `json:"message"`
	Hints   []string `json:"hints,omitempty"` // what to do next
}

// validateAsJSON prints a validation; the errors of a spec are a part of it, and
// the answer is no.
func validateAsJSON(out io.Writer, p *project.Project, err error) error {
	v := Validation{Format: validationFormat, Errors: []SpecError{}, Findings: finding.List{}}
	if err == nil {
		v.App, v.Spec, v.Findings = p.App.Name, filepath.ToSlash(p.SpecName), p.Resolved.All()
		err = p.Refused(p.App.Targets...)
	}
	invalid := problem.All(err)
	if err != nil && invalid.Kind() != problem.Invalid {
		return err
	}
	v.Valid = len(invalid) == 0
	for _, e := range invalid {
		v.Spec = filepath.ToSlash(e.File)
		v.Errors = append(v.Errors, SpecError{Line: e.Line, Column: e.Column, Path: e.Field, Message: e.Message, Hints: e.Hints})
	}
	if err := printJSON(out, v); err != nil {
		return err
	}
	if !v.Valid {
		return &answerNo{}
	}
	return nil
}

func printJSON(out io.Writer, value any) error {
	encoder := json.NewEncoder(out)
	encoder.SetIndent("", "  ")
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(value); err != nil {
		return problem.As(problem.Machine, err)
	}
	return nil
}
