package main

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"text/tabwriter"

	"ambi/compare/format"
	"ambi/internal/switching"
	"ambi/spec"
)

// switchText is a plan as text.
func switchText(p *switching.Plan, specName string) string {
	t := &planText{}
	t.line("%s: from %s to %s. Nothing is changed: run the commands yourself.", p.App, p.From, p.To)
	blocks := p.Blocks()
	if len(blocks) > 0 {
		t.line("\nTo mend first")
		t.checks(blocks)
	}
	t.line("\nWhat moves")
	for _, m := range p.Moves {
		by := map[switching.Mover]string{
			switching.ByWeights: "by weights", switching.ByConsumer: "by the data stack's setting consumer", switching.ByActive: "by the stacks' setting active",
		}[m.By]
		t.item("", "%s: %s, %s", m.Service, m.What, by)
	}
	for _, s := range p.Stays {
		t.item("", "%s stays: %s", s.Service, s.Why)
	}
	t.differences(p, specName)
	t.checked(p)
	for i := range p.Steps {
		t.step(i, p.Steps)
	}
	t.figures(p)
	return t.String()
}

// planText is text in the making.
type planText struct{ strings.Builder }

func (t *planText) line(format string, args ...any) { fmt.Fprintf(t, format+"\n", args...) }

// item is one item of a list, folded, below what is indented.
func (t *planText) item(indent, format string, args ...any) {
	t.WriteString(fold(indent+"- ", fmt.Sprintf(format, args...)))
}

// checks lists what must be mended.
func (t *planText) checks(checks []switching.Check) {
	for _, c := range checks {
		t.item("", "%s: %s", c.Subject, c.Text)
		t.hints(c.Hints)
	}
}

// checked lists what else was found, and what was not asked.
func (t *planText) checked(p *switching.Plan) {
	t.line("\nChecked")
	var unasked []string
	for _, c := range p.Checks {
		switch c.Result {
		case switching.OK, switching.NotYet:
			t.item("", "%s: %s", c.Subject, c.Text)
		case switching.NotAsked:
			if !slices.Contains(unasked, c.Subject) {
				unasked = append(unasked, c.Subject)
			}
		case switching.Blocks:
		}
	}
	if len(unasked) > 0 {
		t.item("", "not asked: %s", strings.Join(unasked, ", "))
		t.hints([]string{"--remote asks Pulumi and both targets; or --outputs has what a stack exports, and --url where a target answers on this machine"})
	}
	for _, u := range p.Unsimulated {
		t.item("", "%s has no figures: %s", u.Service, u.Why)
		t.hints(u.Hints)
	}
}

func (t *planText) hints(hints []string) {
	for _, hint := range hints {
		t.WriteString(fold("  hint: ", hint))
	}
}

// differences lists what differs for callers; of what is accepted, only where.
func (t *planText) differences(p *switching.Plan, specName string) {
	t.line("\nWhat differs for callers")
	if len(p.Differences) == 0 {
		t.item("", "nothing that the spec has")
	}
	for _, d := range p.Differences {
		if d.Accepted {
			t.item("", "%s:%d: %s (%s): accepted", specName, d.Line, d.Path, d.Topic)
			continue
		}
		t.item("", "%s:%d: %s (%s)", specName, d.Line, d.Path, d.Topic)
		for _, target := range []spec.Target{p.From, p.To} {
			for _, said := range d.Of(target) {
				t.WriteString(fold(fmt.Sprintf("  %-12s", target), said.Message))
			}
		}
	}
}

// step prints one of the steps. What it has in common with the step before, as weights have, is not
// said again.
func (t *planText) step(i int, steps []switching.Step) {
	s, before := steps[i], switching.Step{}
	if i > 0 && !steps[i-1].Done {
		before = steps[i-1]
	}
	t.line("\n%d. %s%s", i+1, s.Title, map[bool]string{true: " (done)"}[s.Done])
	if s.Done {
		return
	}
	for _, note := range s.Notes {
		if !slices.Contains(before.Notes, note) {
			t.WriteString(fold("   ", format.Sentence(note)+"."))
		}
	}
	t.commands(s.Commands)
	t.watch(s)
	stop := slices.DeleteFunc(slices.Clone(s.Stop), func(stop string) bool { return slices.Contains(before.Stop, stop) })
	for _, stop := range stop {
		t.WriteString(fold("   Stop if ", stop+"."))
	}
	switch {
	case s.NoBack != "":
		t.WriteString(fold("   Back: ", "nothing to do, "+s.NoBack+"."))
	case slices.Equal(before.Back, s.Back):
		t.line("   Back: the same commands")
	default:
		t.line("   Back:")
		t.commands(s.Back)
	}
}

// commands are lines to run, which stay whole.
func (t *planText) commands(commands []string) {
	for _, command := range commands {
		t.line("     %s", command)
	}
}

// watch says what to watch, and for how long.
func (t *planText) watch(s switching.Step) {
	if len(s.Watch) == 0 {
		return
	}
	title := "Watch"
	if s.Seconds > 0 {
		title += " for at least " + spec.Duration(s.Length()).String()
	}
	if s.Requests != nil {
		title += fmt.Sprintf(", in which about %s arrive", format.Plural(int(*s.Requests), "request"))
	}
	t.line("   %s:", title)
	w := tabwriter.NewWriter(t, 0, 0, 2, ' ', 0)
	for _, watch := range s.Watch {
		fmt.Fprintf(w, "     %s\t%s\t%s\t%s\n", watch.Service, watch.Target, watch.Figure, threshold(watch))
	}
	_ = w.Flush() // into memory
}

// threshold says what a figure should be, and when to stop.
func threshold(w switching.Watch) string {
	of := func(x float64) string { return strings.TrimSpace(number(x) + " " + w.Unit) }
	switch {
	case w.Expected == nil && w.Stop == nil:
		return "stop well above what it was on the other target"
	case w.Expected == nil:
		return "stop above " + of(*w.Stop)
	case w.Stop == nil:
		return "about " + of(*w.Expected) + ", as many as there may be"
	}
	return "about " + of(*w.Expected) + ", stop above " + of(*w.Stop)
}

// figures says where to see what is watched, and what prints what is expected.
func (t *planText) figures(p *switching.Plan) {
	var where, by []string
	add := func(list *[]string, text string) {
		if text != "" && !slices.Contains(*list, text) {
			*list = append(*list, text)
		}
	}
	for _, s := range p.Steps {
		if s.Done {
			continue
		}
		for _, w := range s.Watch {
			add(&where, fmt.Sprintf("%s of %s on %s: %s", w.Figure, w.Service, w.Target, w.Where))
			add(&by, w.By)
		}
	}
	if len(where) > 0 {
		t.line("\nWhere the figures are")
	}
	for _, text := range where {
		t.item("", "%s", text)
	}
	if len(by) > 0 {
		t.line("\nWhat is expected is what these print")
		t.commands(by)
	}
}

// number is a figure without digits that say nothing.
func number(x float64) string {
	whole, part, _ := strings.Cut(strconv.FormatFloat(x, 'f', 3, 64), ".")
	if part = strings.TrimRight(part, "0"); part != "" {
		part = "." + part
	}
	return format.Grouped(whole) + part
}
