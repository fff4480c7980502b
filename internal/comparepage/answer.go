// Package comparepage fills the page of a comparison from a project, and answers its
// form: each answer is a comparison anew, by what the command itself runs.
//
// How the page looks is [ambi/compare/render/page]'s, and who may ask for it
// [ambi/internal/pageserver]'s.
package comparepage

import (
	"fmt"
	"slices"

	"ambi/compare/price/cost"
	"ambi/compare/render/page"
	"ambi/internal/flags"
	"ambi/internal/problem"
	"ambi/internal/project"
	"ambi/spec"
)

// Form asks for the usage and the choices of one project.
type Form struct {
	Project *project.Project
	Asked   flags.Comparison // what was typed
	Before  []string         // words of the command line that stay
}

// Answer answers a form. A value that is what the spec and the defaults say anyway
// is no flag.
func (w *Form) Answer(values map[string]string) page.Answer {
	asked := flags.Comparison{Prices: w.Asked.Prices, Choices: *flags.NewChoices()}
	given, chosen := &asked.Usage, &asked.Choices
	fields := w.fields()
	var wrong []page.FieldError
	typed := map[string]bool{}
	var words [][]string // a flag each
	for _, f := range fields {
		value := values[f.Name]
		delete(values, f.Name)
		if value == "" || value == f.usual {
			continue
		}
		typed[f.flag] = true
		if f.Switch {
			words = append(words, []string{"--" + f.flag})
			chosen.Set(f.flag, value)
			continue
		}
		switch {
		case f.flag == "requests":
			if _, err := spec.ParseRate(value); err != nil { // here it is known which service's it is
				wrong = append(wrong, page.FieldError{Name: f.Name, Message: problem.All(err)[0].Message})
				continue
			}
			if f.service != "" {
				value = f.service + "=" + value
			}
			given.Requests = append(given.Requests, value)
		case !given.Set(f.flag, value):
			chosen.Set(f.flag, value)
		}
		words = append(words, []string{"--" + f.flag, value})
	}
	for name := range values { // any of them will do
		return page.Answer{Errors: []page.FieldError{{Message: fmt.Sprintf("no field %q", name)}}}
	}
	words = w.withEffect(words, typed, given, chosen)
	result, err := asked.Compare(w.Project)
	if err != nil {
		wrong = append(wrong, atFields(err, fields)...)
	}
	if len(wrong) > 0 {
		return page.Answer{Errors: wrong}
	}
	content, err := page.Render(result, Options(w.Project))
	if err != nil {
		return page.Answer{Errors: []page.FieldError{{Message: err.Error()}}}
	}
	return page.Answer{Content: &content, Command: w.command(slices.Concat(words...))}
}

// withEffect leaves out what has no effect beside the rest: a form has all of
// its fields at all times, and the command refuses such flags.
func (w *Form) withEffect(words [][]string, typed map[string]bool, given *flags.Usage, chosen *flags.Choices) [][]string {
	idle := &flags.Idle{Typed: func(flag string) bool { return typed[flag] }}
	usage, errUsage := given.Over(w.Project.App)
	choices, errChoices := chosen.Over(cost.Defaults())
	if errUsage != nil || errChoices != nil {
		return words // the comparison will say so
	}
	idle.Usage(usage)
	idle.Averages(usage)
	idle.Choices(choices, w.Project.App)
	return slices.DeleteFunc(words, func(word []string) bool {
		flag := word[0][len("--"):]
		if !idle.Has(flag) {
			return false
		}
		if !given.Set(flag, "") {
			chosen.Set(flag, "")
		}
		return true
	})
}

// command is the command line that gives the same as a form.
func (w *Form) command(words []string) string {
	return flags.Quote(slices.Concat([]string{"ambi", "compare"}, w.Before, words))
}

// atFields puts the problems of a comparison at their fields.
func atFields(err error, fields []field) []page.FieldError {
	var list []page.FieldError
	for _, p := range problem.All(err) {
		i := slices.IndexFunc(fields, func(f field) bool {
			return p.Flag == f.flag || p.Flag == "" && p.Field != "" && p.Field == f.input
		})
		if i < 0 {
			list = append(list, page.FieldError{Message: p.Error()})
			continue
		}
		list = append(list, page.FieldError{Name: fields[i].Name, Message: p.Message})
	}
	return list
}
