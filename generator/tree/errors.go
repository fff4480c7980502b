package tree

import (
	"fmt"
	"strings"
)

// EditedError says that files which the user edited are in the way, so that
// nothing was written.
type EditedError struct {
	// Changes are the edited files, sorted by path.
	Changes []Change
}

func (e *EditedError) Error() string {
	var b strings.Builder
	for _, c := range e.Changes {
		what := "edited since ambi wrote it"
		if c.Base == nil {
			what = "not written by ambi"
		}
		fmt.Fprintf(&b, "%s: %s\n", c.Path, what)
	}
	b.WriteString("hint: nothing was written; `ambi diff` shows the difference\n")
	b.WriteString("hint: `ambi generate --force` overwrites these files")
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
