package main

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"

	"ambi/compare/format"
	"ambi/internal/problem"
	"ambi/internal/project"
	"ambi/internal/terminal"
	"ambi/spec"
	"ambi/target/finding"
)

// translation is what fields become that have the same findings: one field, or the same field of
// several services.
type translation struct {
	path     string // of the first field
	given    bool   // the spec has it, and it is no default
	findings finding.List
	others   []string // services whose field of the same name becomes the same
}

// plain reports whether there is nothing to know: the field means what it says on both targets,
// or on the only one that has it by its name, is a default that is exact or changes nothing, or is
// usage.
func (t *translation) plain() bool {
	if t.path == "usage" || strings.HasSuffix(t.path, ".usage") { // which is for comparisons
		return true
	}
	exact, dropped := t.count(finding.Exact), t.count(finding.Dropped)
	_, field := inService(t.path)
	switch faithful := exact+dropped == len(t.findings); {
	case !t.given:
		return faithful
	case strings.HasPrefix(field, "lambda."), strings.HasPrefix(field, "kubernetes."):
		return faithful && exact > 0
	}
	return exact == len(t.findings) && exact >= len(spec.Targets())
}

func (t *translation) count(kind finding.Kind) int {
	n := 0
	for _, f := range t.findings {
		if f.Kind == kind {
			n++
		}
	}
	return n
}

// same reports whether both targets say the same of the field, once each.
func (t *translation) same() bool {
	if len(t.findings) != len(spec.Targets()) {
		return false
	}
	a, b := t.findings[0], t.findings[1]
	return a.Target != b.Target && a.Kind == b.Kind && a.Message == b.Message
}

// translations gathers findings by field, and fields by what becomes of them, in the order of the
// spec.
func translations(p *project.Project) []*translation {
	var all []*translation
	byPath := map[string]*translation{}
	for _, f := range inOrder(p.Resolved.All()) {
		t := byPath[f.Path]
		if t == nil {
			t = &translation{path: f.Path, given: p.App.Given(f.Path)}
			byPath[f.Path], all = t, append(all, t)
		}
		t.findings = append(t.findings, f)
	}
	var merged []*translation
	alike := map[string]*translation{}
	for _, t := range all {
		service, field := inService(t.path)
		key := fmt.Sprint(field, t.given)
		for _, f := range t.findings {
			key += fmt.Sprintf("\n%s %s %s", f.Target, f.Kind, f.Message)
		}
		first := alike[key]
		if field == "" || first == nil {
			alike[key], merged = t, append(merged, t)
			continue
		}
		first.others = append(first.others, service)
	}
	return merged
}

// inService splits the path of a service's field into the service and the field; both are empty for
// other paths.
func inService(path string) (service, field string) {
	rest, ok := strings.CutPrefix(path, "services.")
	if !ok {
		return "", ""
	}
	service, field, _ = strings.Cut(rest, ".")
	return service, field
}

// printTranslation prints each field of the spec with what it becomes, or without full, those alone
// of which there is something to know.
func printTranslation(out io.Writer, p *project.Project, full bool) error {
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	left := 0
	for _, t := range translations(p) {
		if !full && t.plain() {
			left += 1 + len(t.others)
			continue
		}
		var notes []string
		if !t.given {
			notes = append(notes, "default")
		}
		if len(t.others) > 0 {
			notes = append(notes, "also "+strings.Join(t.others, ", "))
		}
		note := ""
		if len(notes) > 0 {
			note = " (" + strings.Join(notes, "; ") + ")"
		}
		fmt.Fprintf(w, "%s:%d: %s%s\n", terminal.Line(p.SpecName), p.App.Position(t.path).Line, t.path, note)
		if t.same() {
			fmt.Fprintf(w, "  both\t%s\t%s\n", t.findings[0].Kind, t.findings[0].Message)
		} else {
			for _, f := range t.findings {
				fmt.Fprintf(w, "  %s\t%s\t%s\n", f.Target, f.Kind, f.Message)
			}
		}
		if err := w.Flush(); err != nil {
			return problem.As(problem.Machine, err)
		}
	}
	if left > 0 {
		fmt.Fprintf(out, "%s that mean the same on both targets, or are defaults: --full lists them too\n", format.Plural(left, "more field"))
	}
	for _, t := range spec.Targets() {
		count := map[finding.Kind]int{}
		for _, f := range p.Resolved.Findings.Of(t) {
			count[f.Kind]++
		}
		line := fmt.Sprintf("%s: %d exact, %d approximate, %d dropped, %d refused", t,
			count[finding.Exact], count[finding.Approximate], count[finding.Dropped], count[finding.Refused])
		if !p.App.For(t) {
			line += " (not among the spec's targets)"
		}
		fmt.Fprintln(out, line)
	}
	return nil
}

// inOrder sorts findings by place, then by path and target.
func inOrder(findings finding.List) finding.List {
	sorted := slices.Clone(findings)
	slices.SortStableFunc(sorted, func(a, b finding.Finding) int {
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
