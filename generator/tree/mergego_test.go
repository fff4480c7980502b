package tree

import (
	"io/fs"
	"os"
	"path"
	"strings"
	"testing"
)

// Whatever ambi emits can be merged without its alignment.
func TestUnalignedEmitted(t *testing.T) {
	emitted := os.DirFS("../../" + baseDir)
	n := 0
	err := fs.WalkDir(emitted, ".", func(name string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() || path.Ext(name) != ".go" {
			return err
		}
		n++
		text, err := fs.ReadFile(emitted, name)
		if err != nil {
			return err
		}
		if _, ok := unaligned(text); !ok {
			t.Errorf("%s: gofmt does not bring it back", name)
		}
		return nil
	})
	if err != nil || n == 0 {
		t.Errorf("%d files, %v", n, err)
	}
}

// FuzzMerge gives merge whatever a merger may return. What it calls a merge parses,
// and what it calls a conflict says where.
func FuzzMerge(f *testing.F) {
	const marked = "package a\n<<<<<<< yours\nvar a int\n||||||| base\n=======\nvar b int\n>>>>>>> want\n"
	f.Add("package a\n", "package b\n", "package c\n", marked, true)
	f.Add("package a\nvar a int\n", "package a\n", "package a\nvar b int\n", marked, true)
	f.Add("package a\r\n", "package b\n", "package c\n", "package d\n", false)
	f.Add("package a\n", "package b\n", "package c\n", "package d\n}", false)
	f.Add("package a", "<<<<<<< a\n=======\n>>>>>>> b\n||||||| ", "", "", false)
	f.Add("}", "", "x", "=======\n<<<<<<< \n<<<<<<< \n>>>>>>> ", true)
	f.Fuzz(func(t *testing.T, have, base, want, text string, conflicts bool) {
		merger := func(_, _, _ []byte) ([]byte, bool, error) { return []byte(text), conflicts, nil }
		c := Change{Path: "stacks/a.go", Have: []byte(have), Base: []byte(base), Want: []byte(want)}
		c, err := merge(c, settleBase(c.Base, c.Have), merger)
		if err != nil {
			t.Fatal(err)
		}
		switch c.Kind {
		case Merge:
			if line, what := syntaxError(c.Merged); line > 0 {
				t.Errorf("a merge does not parse: %d: %s", line, what)
			}
		case Conflict:
			if len(c.Problems) == 0 && len(c.MarkedLines()) > 0 {
				t.Errorf("a conflict without a problem: %q", c.Merged)
			}
			for _, p := range c.Problems {
				if p.Line < 0 || p.Line > strings.Count(have, "\n")+2 {
					t.Errorf("problem in line %d of %q", p.Line, have)
				}
			}
		case Edited:
		default:
			t.Errorf("got %s", c.Kind)
		}
		// Telling the sides apart loses nothing.
		var all strings.Builder
		for _, l := range mergedLines([]byte(text)) {
			all.WriteString(l.text)
		}
		if all.String() != text {
			t.Errorf("%q became %q", text, all.String())
		}
	})
}
