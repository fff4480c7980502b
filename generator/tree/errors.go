package tree

import (
	"fmt"
	"slices"
	"strings"
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

func (e *ConflictError) Error() string {
	hints := []string{"nothing was written; `ambi diff` shows how the files differ from ambi's"}
	hint := func(text string) {
		if text != "" && !slices.Contains(hints, text) {
			hints = append(hints, text)
		}
	}
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
	hint("to give up your edits of a file, remove it and generate again; `ambi generate --force` gives up all edits of all files")
	return e.Problems() + "hint: " + strings.Join(hints, "\nhint: ")
}

// Problems is the error without what to do: a line or more for each problem.
func (e *ConflictError) Problems() string {
	var b strings.Builder
	for _, c := range e.Changes {
		for _, p := range c.Problems {
			b.WriteString(c.Path)
			if p.Line > 0 {
				fmt.Fprintf(&b, ":%d", p.Line)
			}
			fmt.Fprintf(&b, ": %s\n", p.Text)
			if b.WriteString(p.Hunk); p.Hunk != "" && !strings.HasSuffix(p.Hunk, "\n") {
				b.WriteByte('\n')
			}
		}
	}
	return b.String()
}

// BlockedError says that something stands where ambi reads or writes a file or
// a folder: a symbolic link, a folder in place of a file, a device. Several are
// joined by [errors.Join].
type BlockedError struct {
	// Path is relative to the project's root.
	Path string
	// Reason says what stands there.
	Reason string
}

func (e *BlockedError) Error() string { return e.Path + ": " + e.Reason }

// PendingError says that an interrupted generate has yet to be finished, so
// that a comparison would describe neither the state before it nor the one after.
type PendingError struct{}

func (e *PendingError) Error() string {
	return pendingDir + ": an earlier `ambi generate` was interrupted\nhint: run `ambi generate` to finish it"
}
