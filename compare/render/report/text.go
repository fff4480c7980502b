package report

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"ambi/compare"
	"ambi/compare/format"
	"ambi/compare/price/cost"
	"ambi/internal/textwrap"
	"ambi/spec"
)

// name is a target's name as people write it.
func name(t spec.Target) string { return format.Sentence(string(t)) }

func (p *page) line(text string) { p.WriteString(text + "\n") }

// heading starts a section.
func (p *page) heading(text string) {
	if p.Len() > 0 {
		p.line("")
	}
	before := p.Len()
	p.say("", text)
	p.line(strings.Repeat("-", min(Width, utf8.RuneCountInString(strings.TrimSpace(p.String()[before:])))))
}

// say prints text after a mark, in lines of at most Width columns that align
// behind it. A word that is longer stays whole, for addresses to be copied.
func (p *page) say(mark, text string) {
	for i, line := range textwrap.Lines(text, Width-utf8.RuneCountInString(mark)) {
		if i > 0 {
			mark = strings.Repeat(" ", utf8.RuneCountInString(mark))
		}
		p.line(strings.TrimRight(mark+line, " "))
	}
}

// row prints a label of at most so many columns, the rest on lines of its own,
// with what stands beside it.
func (p *page) row(label string, width int, beside string) {
	for i, line := range labelLines(label, width-2) {
		if i > 0 {
			p.line("    " + line)
			continue
		}
		p.line(strings.TrimRight(fmt.Sprintf("  %-*s%s", width-2, line, beside), " "))
	}
}

// labelLines breaks a label that is too long for one line, after its last comma if both parts
// then fit: what it is of, and which part of it.
func labelLines(label string, width int) []string {
	if at := strings.LastIndex(label, ", "); at >= 0 && utf8.RuneCountInString(label) > width {
		if of, part := label[:at+1], label[at+2:]; max(utf8.RuneCountInString(of), utf8.RuneCountInString(part)) <= width {
			return []string{of, part}
		}
	}
	return textwrap.Lines(label, width)
}

// change says what makes another target cheaper.
func change(f compare.Flip) string {
	return fmt.Sprintf("%s %s instead of %s (x %.3g): %s is cheaper", f.Name(), f.To, f.From, f.Factor, f.Answer.Name())
}

// driver says what a cost is made of.
func driver(d compare.Driver, of string) string {
	return fmt.Sprintf("%s: %s, %.0f %% %s", d.Name, format.Money(d.Cost), 100*d.Share, of)
}

// inputs lists what is missing, by name.
func inputs(missing []cost.Missing) string {
	var list []string
	for _, m := range missing {
		if !slices.Contains(list, string(m.Input)) {
			list = append(list, string(m.Input))
		}
	}
	return strings.Join(list, ", ")
}
