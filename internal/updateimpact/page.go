package updateimpact

import (
	"fmt"
	"strings"

	"ambi/internal/offline"
)

const head = `# What a change does to a running stack

Written by a test from package internal/updateimpact; do not edit it here. Another test deploys each
change through the real Pulumi engine, against stand-ins for the two providers, and compares
which resources are replaced, changed in place (update), created, deleted and left alone. The
stand-ins know what replaces a resource from the providers' own sources, which are linked at
each kind of resource and listed below: they do not prove that AWS or a cluster would take the
change. ` + "`pulumi preview`" + ` says what it does to yours.

On Lambda, "update Function Alias" publishes a version and then moves the alias to it; requests
never meet half a change. On Kubernetes, "update Deployment" rolls the pods: a new one is ready
before an old one goes.
`

// Markdown writes docs/changes.md.
func Markdown() []byte {
	var b strings.Builder
	b.WriteString(head)
	for _, part := range []struct {
		title   string
		changes []Change
	}{{"The app", Whole()}, {"Its services", All()}, {"Its data, and services that events start", Data()}} {
		data, line := "", "|---|---|---|"
		if part.changes[0].DataBefore != "" {
			data, line = " stacks/data |", "|---|---|---|---|"
		}
		fmt.Fprintf(&b, "\n## %s\n\n| field |%s lambda | kubernetes |\n%s\n", part.title, data, line)
		for _, c := range part.changes {
			fields := "`" + strings.Join(c.Fields, "`, `") + "`"
			if c.Title != "" {
				fields += " (" + c.Title + ")"
			}
			if c.DataBefore != "" {
				fields += " | " + cell(c.Data)
			}
			fmt.Fprintf(&b, "| %s | %s | %s |\n", fields, cell(c.Lambda), cell(c.Kubernetes))
		}
	}
	b.WriteString(`
## What replaces a resource

A change of these inputs makes a new resource; a change of any other changes it in place. Where
the program itself gives a name, as it must on Kubernetes, the old object goes before the new one
comes, unless the name is what changes. So the emitted programs keep names and selectors apart
from everything that changes, and the alias of a function says that the new one comes first.

| resource | inputs |
|---|---|
`)
	for _, rule := range offline.Rules() {
		inputs := "`" + strings.Join(rule.Replaces, "`, `") + "`"
		if rule.Replaces[0] == "*" {
			inputs = "every one"
		}
		provider, _, _ := strings.Cut(rule.Type, ":")
		fmt.Fprintf(&b, "| [%s](%s) (%s) | %s |\n", kind(rule.Type), rule.Source, provider, inputs)
	}
	return []byte(b.String())
}

// cell is an effect, with each kind of resource linked to where its provider says
// what replaces it.
func cell(e Effect) string {
	text := "nothing"
	switch {
	case e.Protected:
		text = "refused while the data is protected; then " + e.Steps
	case e.Steps != "":
		text = e.Steps
	}
	words := strings.Split(text, " ")
	for i, word := range words {
		name, comma := strings.CutSuffix(word, ",")
		if source := source(name); source != "" {
			words[i] = "[" + name + "](" + source + ")"
			if comma {
				words[i] += ","
			}
		}
	}
	text = strings.Join(words, " ")
	if e.Note != "" {
		text += ": " + e.Note
	}
	return text
}

// source is where the provider says what replaces a kind of resource.
func source(name string) string {
	for _, r := range offline.Rules() {
		if kind(r.Type) == name {
			return r.Source
		}
	}
	return ""
}

// kind is the last part of a type token.
func kind(token string) string { return token[strings.LastIndexByte(token, ':')+1:] }
