package trace

import (
	"fmt"
	"strings"
	"time"

	"ambi/internal/problem"
)

// Problem is what is wrong with one line.
type Problem struct {
	Line    int    `json:"line,omitempty"` // from 1; 0 is the trace as a whole
	Message string `json:"message"`
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

	columns Columns       // of a table
	period  time.Duration // what a count stands for; 0 where a line is a request
	assumed bool          // the period, by the distance of times
	usage   usageMeter
}

// warn notes what the trace as a whole lacks.
func (n *notes) warn(message string) { n.warnings = append(n.warnings, message) }

func (n *notes) fail(line int, message string, hints ...string) error {
	p := problem.File(n.name, line, "%s", message)
	p.Hints = hints
	return p
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

// all is the error of a trace of which too many lines were skipped.
func (n *notes) all() error {
	var list problem.List
	for _, p := range n.problems {
		list = append(list, problem.File(n.name, p.Line, "%s", p.Message))
	}
	if !n.strict {
		list = append(list, problem.File(n.name, 0, "%d of %d lines cannot be read, more than a tenth", n.skipped, n.skipped+n.read).
			Hint("where the format was found out wrongly, ambi trace FILE --format FORMAT --out NEW names it"))
	} else if more := n.skipped - int64(len(n.problems)); more > 0 {
		list = append(list, problem.File(n.name, 0, "%d more lines cannot be read", more))
	}
	return list
}
