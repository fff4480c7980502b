package trace

import (
	"fmt"
	"strings"
)

// Problem is what is wrong with one line.
type Problem struct {
	Line    int      `json:"line,omitempty"` // from 1; 0 is the trace as a whole
	Message string   `json:"message"`
	Hints   []string `json:"-"`
}

// Error is a trace that cannot be read.
type Error struct {
	Name     string
	Problems []Problem
	more     int64 // problems that are not listed
}

// Error is one line a problem, each with the trace's name and line, then hints.
func (e *Error) Error() string {
	var b strings.Builder
	for i, p := range e.Problems {
		if i > 0 {
			b.WriteByte('\n')
		}
		b.WriteString(p.at(e.Name))
		for _, hint := range p.Hints {
			b.WriteString("\nhint: " + hint)
		}
	}
	if e.more > 0 {
		fmt.Fprintf(&b, "\n%s: %d more lines cannot be read", e.Name, e.more)
	}
	return b.String()
}

func (p Problem) at(name string) string {
	if p.Line == 0 {
		return name + ": " + p.Message
	}
	return fmt.Sprintf("%s:%d: %s", name, p.Line, p.Message)
}

// Skipped tells what was left out of a trace.
type Skipped struct {
	Lines int64     `json:"lines"`
	Of    int64     `json:"of"`    // lines that should have been requests
	First []Problem `json:"first"` // the first of them
}

// String is a sentence for each of the first lines; empty when none was skipped.
func (s Skipped) String() string {
	if s.Lines == 0 {
		return ""
	}
	var b strings.Builder
	for _, p := range s.First {
		fmt.Fprintf(&b, "skipped line %d: %s\n", p.Line, p.Message)
	}
	fmt.Fprintf(&b, "skipped %d of %d lines", s.Lines, s.Of)
	return b.String()
}

const (
	// listed is how many problems an error and Skipped name.
	listed = 5
	// tolerated is the part of the lines that may be skipped: more mean that the
	// text is something else.
	tolerated = .1
	// judged is after how many lines tolerated is looked at; the end is another
	// such moment.
	judged = 1000
)

// notes keeps count of lines.
type notes struct {
	name          string
	strict        bool
	read, skipped int64
	problems      []Problem
	warnings      []string
}

// warn notes what the trace as a whole lacks.
func (n *notes) warn(message string) { n.warnings = append(n.warnings, message) }

func (n *notes) fail(line int, message string, hints ...string) error {
	return &Error{Name: n.name, Problems: []Problem{{Line: line, Message: message, Hints: hints}}}
}

// skip notes a line that cannot be read. It fails once there are too many.
func (n *notes) skip(line int, message string) error {
	n.skipped++
	if len(n.problems) < listed {
		n.problems = append(n.problems, Problem{Line: line, Message: message})
	}
	if n.strict && len(n.problems) == listed {
		return n.all()
	}
	if n.read+n.skipped >= judged {
		return n.finish()
	}
	return nil
}

// finish fails when too many lines were skipped.
func (n *notes) finish() error {
	if n.skipped > 0 && (n.strict || float64(n.skipped) > tolerated*float64(n.read+n.skipped)) {
		return n.all()
	}
	return nil
}

func (n *notes) all() error {
	e := &Error{Name: n.name, Problems: n.problems, more: n.skipped - int64(len(n.problems))}
	if !n.strict {
		e.Problems = append(e.Problems, Problem{
			Message: fmt.Sprintf("%d of %d lines cannot be read, more than a tenth", n.skipped, n.skipped+n.read),
			Hints:   []string{"where the format was found out wrongly, ambi trace FILE --format FORMAT --out NEW names it"},
		})
		e.more = 0
	}
	return e
}
