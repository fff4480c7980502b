package spec

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// maxErrors bounds what one Parse reports, so that a file of the wrong kind
// does not fill a terminal.
const maxErrors = 100

// Error is one problem in a spec, at the place where it was written.
type Error struct {
	File    string
	Line    int    // from 1
	Column  int    // from 1, in characters
	Path    string // such as services.api.memory; empty for the file as a whole
	Message string
	Hints   []string // what to do next
}

// Error prints the problem as compilers do, its hints on lines of their own.
func (e Error) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s:%d:%d: ", e.File, e.Line, e.Column)
	if e.Path != "" {
		b.WriteString(e.Path + ": ")
	}
	b.WriteString(e.Message)
	for _, hint := range e.Hints {
		b.WriteString("\nhint: " + hint)
	}
	return b.String()
}

// Errors is every problem that Parse found, in the order of the file.
type Errors []Error

// Error prints all problems, one after the other.
func (es Errors) Error() string {
	lines := make([]string, len(es))
	for i, e := range es {
		lines[i] = e.Error()
	}
	return strings.Join(lines, "\n")
}

// reporter gathers the problems of one file.
type reporter struct {
	file   string
	errors Errors
	failed map[string]bool // paths whose value is not to be judged any further
}

func newReporter(file string) *reporter {
	return &reporter{file: file, failed: map[string]bool{}}
}

// report tells of a problem that leaves no value at path to judge.
func (r *reporter) report(at Position, path, message string, hints ...string) {
	r.failed[path] = true
	r.note(at, path, message, hints...)
}

// note tells of a problem beside the value at path, which is judged still.
func (r *reporter) note(at Position, path, message string, hints ...string) {
	r.errors = append(r.errors, Error{
		File: r.file, Line: max(at.Line, 1), Column: max(at.Column, 1),
		Path: path, Message: message, Hints: hints,
	})
}

// sound reports whether nothing has been said against the value at path or
// against what encloses it: one mistake should not be reported twice.
func (r *reporter) sound(path string) bool {
	if len(r.failed) == 0 {
		return true
	}
	for ; path != ""; path = parent(path) {
		if r.failed[path] {
			return false
		}
	}
	return !r.failed[""]
}

// err returns what was gathered in the file's order, or nil.
func (r *reporter) err() error {
	if len(r.errors) == 0 {
		return nil
	}
	slices.SortStableFunc(r.errors, func(a, b Error) int {
		return cmp.Or(
			cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column),
			cmp.Compare(a.Path, b.Path), cmp.Compare(a.Message, b.Message),
		)
	})
	if more := len(r.errors) - maxErrors; more > 0 {
		last := r.errors[maxErrors]
		r.errors = append(r.errors[:maxErrors], Error{
			File: last.File, Line: last.Line, Column: last.Column,
			Message: fmt.Sprintf("too many errors: %d more are not shown", more),
		})
	}
	return r.errors
}

// valueError is why a scalar's text was not understood. Its parts become the
// message and the hints of an Error.
type valueError struct {
	message string
	hints   []string
}

func (e *valueError) Error() string {
	return strings.Join(append([]string{e.message}, e.hints...), "\nhint: ")
}

// quote prints text from a spec within a message: on one line, however long
// or hostile it is.
func quote(s string) string {
	short, more := shorten(s)
	return strconv.Quote(short) + more
}

// bare is quote without the quotes, for what reads better so: numbers.
func bare(s string) string {
	short, more := shorten(s)
	quoted := strconv.Quote(short)
	return quoted[1:len(quoted)-1] + more
}

func shorten(s string) (short, more string) {
	const longest = 60 // characters
	count := 0
	for i := range s {
		if count == longest {
			return s[:i], "..."
		}
		count++
	}
	return s, ""
}
