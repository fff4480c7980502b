package tree

import (
	"bytes"
	"errors"
	"go/parser"
	"go/scanner"
	"go/token"
	"path"

	"ambi/internal/problem"
)

// Merger applies the changes between base and want to yours, line by line, as diff3 does. If
// both changed the same lines, conflicts is true and the text has both versions between git's
// conflict markers. The same texts always give the same result.
//
// An [UnmergeableError] says that these texts cannot be merged at all; any other
// error ends the run.
type Merger func(yours, base, want []byte) (text []byte, conflicts bool, err error)

// UnmergeableError says why a [Merger] cannot merge, and what to do.
type UnmergeableError struct{ Reason, Hint string }

func (e *UnmergeableError) Error() string {
	return problem.New("%s", e.Reason).Hint("%s", e.Hint).Error()
}

// merge decides between Merge, Conflict and, when ambi has nothing new or nothing
// that the edits lack, Edited.
func merge(c Change, base []byte, merger Merger) (Change, error) {
	if bytes.Equal(base, c.Want) {
		c.Kind = Edited
		return c, nil
	}
	if merger == nil {
		merger = func(_, _, _ []byte) ([]byte, bool, error) {
			return nil, false, &UnmergeableError{Reason: "this command does not merge", Hint: "`ambi generate` does"}
		}
	}
	conflict := func(merged []byte, problems ...Problem) (Change, error) {
		c.Kind, c.Merged, c.Problems = Conflict, merged, problems
		return c, nil
	}

	// An editor that uses Windows line endings has not changed every line.
	have, want := c.Have, c.Want
	restore := func(text []byte) []byte { return text }
	if hasCRLF(have) {
		have, base, want = toLF(have), toLF(base), toLF(want)
		restore = toCRLF
	}

	isGo := path.Ext(c.Path) == ".go"
	mergeTexts := merger
	if isGo {
		mergeTexts = func(yours, base, want []byte) ([]byte, bool, error) { return mergeGo(merger, yours, base, want) }
		if line, what := syntaxError(have); line > 0 {
			return conflict(nil, Problem{
				Line: line, Text: "does not parse as Go, so ambi cannot merge its new text into it: " + what,
				Hint: "mend it, then generate again",
			})
		}
	}
	text, conflicts, err := mergeTexts(have, base, want)
	var unmergeable *UnmergeableError
	switch {
	case errors.As(err, &unmergeable):
		return conflict(nil, Problem{Text: "edited, and ambi has a new text: " + unmergeable.Reason, Hint: unmergeable.Hint})
	case err != nil:
		return c, err
	case conflicts:
		return conflict(restore(text), marked(have, text)...)
	}
	if isGo {
		if line, what := syntaxError(text); line > 0 {
			broken := insertMarker(text, line, what)
			return conflict(restore(broken), Problem{
				Line: lineBefore(have, text, line),
				Text: "your edits and ambi's new text make no Go together: " + what,
				Hunk: around(broken, line),
			})
		}
	}
	c.Kind, c.Merged = Merge, restore(text)
	if bytes.Equal(c.Merged, c.Have) {
		c.Kind, c.Merged = Edited, nil
	}
	return c, nil
}

// syntaxError returns the line and the text of the first syntax error, 0 for none.
func syntaxError(text []byte) (line int, what string) {
	_, err := parser.ParseFile(token.NewFileSet(), "", text, parser.SkipObjectResolution)
	var list scanner.ErrorList
	if errors.As(err, &list) && len(list) > 0 {
		return list[0].Pos.Line, list[0].Msg
	}
	if err != nil {
		return 1, err.Error()
	}
	return 0, ""
}

// hasCRLF says whether every line ends as on Windows.
func hasCRLF(text []byte) bool {
	n := bytes.Count(text, []byte("\n"))
	return n > 0 && bytes.Count(text, []byte("\r\n")) == n
}

func toLF(text []byte) []byte   { return bytes.ReplaceAll(text, []byte("\r\n"), []byte("\n")) }
func toCRLF(text []byte) []byte { return bytes.ReplaceAll(text, []byte("\n"), []byte("\r\n")) }
