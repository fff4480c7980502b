package tree

import (
	"bytes"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/aymanbagabas/go-udiff"
)

// Diff prints the changes as one unified diff, from what is on disk to what is
// wanted, in the order given; unchanged files print nothing. A file that is
// missing on one side is /dev/null there, and printed whole. The result is what
// `patch -p1` takes, except for a file that is not text: only its name is printed.
func Diff(changes []Change) string {
	var b strings.Builder
	for _, c := range changes {
		if c.Kind == Unchanged {
			continue
		}
		from, to := "a/"+c.Path, "b/"+c.Path
		if c.Have == nil {
			from = "/dev/null"
		}
		if c.Want == nil {
			to = "/dev/null"
		}
		if !text(c.Have) || !text(c.Want) {
			fmt.Fprintf(&b, "Binary files %s and %s differ\n", from, to)
			continue
		}
		d := udiff.Unified(from, to, string(c.Have), string(c.Want))
		if d == "" {
			// An empty file comes or goes: there is no line to show.
			d = fmt.Sprintf("--- %s\n+++ %s\n", from, to)
		}
		b.WriteString(d)
	}
	return b.String()
}

// text says whether a terminal can show the bytes: UTF-8 without NUL.
func text(b []byte) bool {
	return utf8.Valid(b) && !bytes.ContainsRune(b, 0)
}
