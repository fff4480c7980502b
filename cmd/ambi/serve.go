package main

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"ambi/compare"
	"ambi/compare/price/cost"
	"ambi/compare/render/page"
	"ambi/internal/pageserver"
	"ambi/internal/problem"
	"ambi/internal/project"
	"ambi/spec"
)

// anyPort is what --serve is without a port: a free one.
const anyPort = "0"

// servePage serves the comparison as a page with a form on loopback, until it is
// interrupted. Each answer is compared anew by what the command itself runs.
func servePage(ctx context.Context, io streams, w *whatIf, first compare.Result, address string) error {
	form := w.form()
	options := pageOptions(w.project)
	options.Form = &form
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
	if err := pageserver.Serve(ctx, listener, pageserver.New(hosts, html, w.ask)); err != nil {
		return problem.As(problem.Machine, err)
	}
	return nil
}

// whatIf compares one project under other usage and choices.
type whatIf struct {
	project *project.Project
	// given and chosen are what was typed; before are other flags that stay.
	given   *usageFlags
	chosen  *choiceFlags
	before  []string
	compare func(*usageFlags, *choiceFlags) (compare.Result, error)
}

// ask answers a form. A value that is what the spec and the defaults say anyway
// is no flag.
func (w *whatIf) ask(values map[string]string) page.Answer {
	given, chosen := &usageFlags{}, newChoiceFlags()
	fields := w.fields()
	var wrong []page.FieldError
	typed := map[string]bool{}
	var words []typedFlag
	for _, f := range fields {
		value := values[f.Name]
		delete(values, f.Name)
		if value == "" || value == f.usual {
			continue
		}
		typed[f.flag] = true
		if f.Switch {
			words = append(words, typedFlag{f.flag, nil})
			chosen.set(f.flag, value)
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
			given.requests = append(given.requests, value)
		case !given.set(f.flag, value):
			chosen.set(f.flag, value)
		}
		words = append(words, typedFlag{f.flag, []string{value}})
	}
	for name := range values { // any of them will do
		return page.Answer{Errors: []page.FieldError{{Message: fmt.Sprintf("no field %q", name)}}}
	}
	words = w.withEffect(words, typed, given, chosen)
	result, err := w.compare(given, chosen)
	if err != nil {
		wrong = append(wrong, atFields(err, fields)...)
	}
	if len(wrong) > 0 {
		return page.Answer{Errors: wrong}
	}
	content, err := page.Render(result, pageOptions(w.project))
	if err != nil {
		return page.Answer{Errors: []page.FieldError{{Message: err.Error()}}}
	}
	return page.Answer{Content: &content, Command: w.command(words)}
}

// typedFlag is a flag as words of a command line; a switch has no value.
type typedFlag struct {
	flag   string
	values []string
}

// withEffect leaves out what has no effect beside the rest: a form has all of
// its fields at all times, and the command refuses such flags.
func (w *whatIf) withEffect(words []typedFlag, typed map[string]bool, given *usageFlags, chosen *choiceFlags) []typedFlag {
	idle := &idle{typed: func(flag string) bool { return typed[flag] }}
	usage, errUsage := given.over(w.project.App)
	choices, errChoices := chosen.over(cost.Defaults())
	if errUsage != nil || errChoices != nil {
		return words // the comparison will say so
	}
	idle.usage(usage)
	idle.averages(usage)
	idle.choices(choices, w.project.App)
	return slices.DeleteFunc(words, func(word typedFlag) bool {
		if !idle.has(word.flag) {
			return false
		}
		if !given.set(word.flag, "") {
			chosen.set(word.flag, "")
		}
		return true
	})
}

// command is the command line that gives the same as a form.
func (w *whatIf) command(words []typedFlag) string {
	line := append([]string{"ambi", "compare"}, w.before...)
	for _, word := range words {
		line = append(append(line, "--"+word.flag), word.values...)
	}
	return commandLine(line)
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

// commandLine is a command as a shell takes it.
func commandLine(words []string) string {
	quoted := make([]string, len(words))
	for i, word := range words {
		quoted[i] = word
		if strings.Trim(word, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_./=:,@%+") != "" || word == "" {
			quoted[i] = "'" + strings.ReplaceAll(word, "'", `'\''`) + "'"
		}
	}
	return strings.Join(quoted, " ")
}
