package spec

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"

	"ambi/internal/problem"
)

// maxErrors bounds what one Parse reports, so that a file of the wrong kind
// does not fill a terminal.
const maxErrors = 100

// reporter gathers the problems of one file.
type reporter struct {
	file   string
	found  problem.List
	failed map[string]bool // paths whose value is not to be judged any further
}

func newReporter(file string) *reporter {
	return &reporter{file: file, failed: map[string]bool{}}
}

// report records a problem that leaves no value at path to check.
func (r *reporter) report(at Position, path, message string, hints ...string) {
	r.failed[path] = true
	r.note(at, path, message, hints...)
}

// note records a problem beside the value at path, which is still checked.
func (r *reporter) note(at Position, path, message string, hints ...string) {
	r.found = append(r.found, problem.Problem{
		Kind: problem.Invalid, File: r.file, Line: max(at.Line, 1), Column: max(at.Column, 1),
		Field: path, Message: message, Hints: hints,
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
	slices.SortStableFunc(r.found, func(a, b problem.Problem) int {
		return cmp.Or(
			cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column),
			cmp.Compare(a.Field, b.Field), cmp.Compare(a.Message, b.Message),
		)
	})
	if more := len(r.found) - maxErrors; more > 0 {
		last := r.found[maxErrors]
		r.found = append(r.found[:maxErrors], problem.Problem{
			Kind: problem.Invalid, File: last.File, Line: last.Line, Column: last.Column,
			Message: fmt.Sprintf("too many errors: %d more are not shown", more),
		})
	}
	return r.found.Err()
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
