package updateimpact

import (
	"fmt"
	"strings"

	"ambi/internal/offline"
)

const head = `# What a change does to a running stack

A test generates this page from package internal/updateimpact; do not edit it here. Another test deploys
each change through the real Pulumi engine, against stand-ins for the two providers, and checks
which resources are replaced, updated in place, created, deleted and left alone. The
stand-ins take the inputs that replace a resource from the providers' sources, which are listed and linked
below. The test does not prove that AWS or a cluster would accept the change.
` + "`pulumi preview`" + ` shows what a change does to your stack.

On Lambda, "update Function Alias" publishes a version and then moves the alias to it, so no request
sees a partial change. On Kubernetes, "update Deployment" rolls the pods: an old one is removed only
when a new one is ready.
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

Changing one of these inputs replaces the resource; changing any other updates it in place. If
the program sets the name itself, as it must on Kubernetes, the old object is deleted before the new one
is created, unless the name is what changes. So in the emitted programs names and selectors do not depend
on anything that changes, and a function's alias is created before the old one is deleted.

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
	case e.Refused:
		text = "refused"
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
