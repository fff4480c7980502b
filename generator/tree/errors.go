package tree

import (
	"slices"
	"strings"

	"ambi/internal/problem"
)

// Problem is why a file keeps a run from being written, at one place in it.
type Problem struct {
	// Line is counted from 1 in the file on disk; 0 means the whole file.
	Line int
	// Text says what is the matter.
	Text string
	// Hunk shows it: the lines of both sides, marked. It may be "".
	Hunk string
	// Hint says what to do, where that is not the same for each such file; or "".
	Hint string
}

// ConflictError says that there are files which only the user can decide about,
// so that nothing was written.
type ConflictError struct {
	// Changes are those files, sorted by path: Conflict, Unresolved or Foreign.
	Changes []Change
}

func (e *ConflictError) Error() string { return e.Problems().Error() }

// Problems is a problem for each place, and after the last one what to do.
func (e *ConflictError) Problems() problem.List {
	list := e.Places()
	last := &list[len(list)-1]
	hint := func(text string) {
		if text != "" && !slices.Contains(last.Hints, text) {
			last.Hints = append(last.Hints, text)
		}
	}
	hint("nothing was written; `ambi diff` shows how the files differ from ambi's")
	markable := true
	for _, c := range e.Changes {
		markable = markable && c.Merged != nil
		for _, p := range c.Problems {
			hint(p.Hint)
		}
	}
	if markable {
		hint("`ambi generate --conflicts` writes the files with these marks, for you to resolve in place")
	}
	hint("to discard your edits of a file, remove it and generate again; `ambi generate --force` discards all edits of all files")
	return list
}

// Places is a problem for each place, without what to do.
func (e *ConflictError) Places() problem.List {
	var list problem.List
	for _, c := range e.Changes {
		for _, p := range c.Problems {
			list = append(list, p.in(c.Path))
		}
	}
	return list
}

// in is the problem as one of a file.
func (p Problem) in(name string) problem.Problem {
	q := problem.File(name, p.Line, "%s", p.Text).Of(problem.Invalid)
	for line := range strings.Lines(p.Hunk) {
		q.Detail = append(q.Detail, strings.TrimRight(line, "\r\n"))
	}
	return q
}

// BlockedError says that something stands where ambi reads or writes a file or
// a folder: a symbolic link, a folder in place of a file, a device. Several are
// joined by [errors.Join].
type BlockedError struct {
	// Path is relative to the project's root.
	Path string
	// Reason says what stands there.
	Reason string
	// Hint says what to do, where that is not plain; or "".
	Hint string
}

func (e *BlockedError) Error() string { return e.Problems().Error() }

// Problems is the error as a problem of the path.
func (e *BlockedError) Problems() problem.List {
	p := problem.File(e.Path, 0, "%s", e.Reason).Of(problem.Invalid)
	if e.Hint != "" {
		p = p.Hint("%s", e.Hint)
	}
	return problem.List{p}
}

// PendingError says that an interrupted generate has yet to be finished, so
// that a comparison would describe neither the state before it nor the one after.
type PendingError struct{}

func (e *PendingError) Error() string { return e.Problems().Error() }

// Problems is the error as a problem of the journal.
func (e *PendingError) Problems() problem.List {
	return problem.List{problem.File(pendingDir, 0, "an earlier `ambi generate` was interrupted").Of(problem.Invalid).
		Hint("run `ambi generate` to finish it")}
}
