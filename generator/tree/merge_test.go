package tree_test

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"ambi/generator"
	"ambi/generator/tree"
	"ambi/internal/gitmerge"
)

const goBase = `package lambda

// The api service.
const (
	apiImage   = "shop:1"
	apiMemory  = 512
	apiPort    = 8080
	apiTimeout = 10
)

func deploy() error {
	return nil
}
`

const goBody = `package lambda

func deploy() {
	f1()
	f2()
	f3()
	f4()
	f5()
	f6()
	f7()
}
`

const (
	brokenTop  = "package lambda\n\nfunc deploy() {\n\tif ours {\n\t\tf1()\n\tf2()\n\tf3()\n"
	brokenHunk = "\tf4()\n}\n\n<<<<<<< does not parse as Go: expected '(', found theirs\nfunc theirs() {\n\tf5()\n\tf6()\n"
)

const alignedHunk = `<<<<<<< yours
	apiMemory       = 640
	apiPort         = 8080
||||||| ambi wrote
	apiMemory       = 512
	apiPort         = 8080
=======
	apiMemory       = 512
	apiPort         = 9090
>>>>>>> ambi would write
`

func replaced(text string, pairs ...string) string {
	return strings.NewReplacer(pairs...).Replace(text)
}

// TestMerge merges one file with git's own merge.
func TestMerge(t *testing.T) {
	if _, _, err := gitmerge.New(t.Context())(nil, nil, nil); err != nil {
		t.Skip(err)
	}
	const after = "\nfunc ours() {}\n"
	moreMemory := replaced(goBase, "= 512", "= 1024")
	for name, c := range map[string]struct {
		file             string
		have, base, want string
		kind             tree.Kind
		merged           string
		problems         []tree.Problem
		marks            []int
	}{
		"apart": {
			have: goBase + after, base: goBase, want: moreMemory,
			kind: tree.Merge, merged: moreMemory + after,
		},
		"the edit holds all that is new": {
			have: moreMemory + after, base: goBase, want: moreMemory, kind: tree.Edited,
		},
		"formatted like the user's": {
			// ambi's new name is longer than the others, so all values move, the user's with them.
			have: replaced(goBase, "10\n)", "10\n\n\toursA  = 1\n\toursBB = 2\n)"),
			base: goBase,
			want: replaced(goBase, "apiImage   =", "apiArchitecture = \"arm64\"\n\tapiImage        =",
				"apiMemory  =", "apiMemory       =", "apiPort    =", "apiPort         =", "apiTimeout =", "apiTimeout      ="),
			kind: tree.Merge,
			merged: replaced(goBase, "apiImage   =", "apiArchitecture = \"arm64\"\n\tapiImage        =",
				"apiMemory  =", "apiMemory       =", "apiPort    =", "apiPort         =",
				"apiTimeout = 10\n", "apiTimeout      = 10\n\n\toursA  = 1\n\toursBB = 2\n"),
		},
		"unformatted like the user's": {
			have: goBase + "func  ours( ) {  }\n", base: goBase, want: moreMemory,
			kind: tree.Merge, merged: moreMemory + "func  ours( ) {  }\n",
		},
		"lines that end as on Windows": {
			have: replaced(goBase+after, "\n", "\r\n"), base: goBase, want: moreMemory,
			kind: tree.Merge, merged: replaced(moreMemory+after, "\n", "\r\n"),
		},
		"both changed a line": {
			have: replaced(goBase, "lambda\n", "lambda\n\n// one\n// two\n", "= 512", "= 640"), base: goBase, want: moreMemory,
			kind: tree.Conflict,
			merged: replaced(goBase, "lambda\n", "lambda\n\n// one\n// two\n", "\tapiMemory  = 512\n",
				"<<<<<<< yours\n\tapiMemory  = 640\n||||||| ambi wrote\n\tapiMemory  = 512\n=======\n\tapiMemory  = 1024\n>>>>>>> ambi would write\n"),
			problems: []tree.Problem{{
				Line: 9, Text: "edited where ambi has a new text",
				Hunk: "<<<<<<< yours\n\tapiMemory  = 640\n||||||| ambi wrote\n\tapiMemory  = 512\n=======\n\tapiMemory  = 1024\n>>>>>>> ambi would write\n",
			}},
			marks: []int{9},
		},
		"two places, the second after new lines of ambi's": {
			have: replaced(goBase, `"shop:1"`, `"mine:1"`, "return nil", "return ours()"),
			base: goBase,
			want: replaced(goBase, `"shop:1"`, `"shop:2"`, "\tapiPort ", "\t// one\n\t// two\n\tapiPort ", "return nil", "return theirs()"),
			kind: tree.Conflict,
			merged: replaced(goBase,
				"\tapiImage   = \"shop:1\"\n", "<<<<<<< yours\n\tapiImage   = \"mine:1\"\n||||||| ambi wrote\n\tapiImage   = \"shop:1\"\n=======\n\tapiImage   = \"shop:2\"\n>>>>>>> ambi would write\n",
				"\tapiPort ", "\t// one\n\t// two\n\tapiPort ",
				"\treturn nil\n", "<<<<<<< yours\n\treturn ours()\n||||||| ambi wrote\n\treturn nil\n=======\n\treturn theirs()\n>>>>>>> ambi would write\n"),
			problems: []tree.Problem{
				{Line: 5, Text: "edited where ambi has a new text", Hunk: "<<<<<<< yours\n\tapiImage   = \"mine:1\"\n||||||| ambi wrote\n\tapiImage   = \"shop:1\"\n=======\n\tapiImage   = \"shop:2\"\n>>>>>>> ambi would write\n"},
				{Line: 12, Text: "edited where ambi has a new text", Hunk: "<<<<<<< yours\n\treturn ours()\n||||||| ambi wrote\n\treturn nil\n=======\n\treturn theirs()\n>>>>>>> ambi would write\n"},
			},
			marks: []int{5, 20},
		},
		"removed where ambi changed": {
			have: replaced(goBase, "\tapiMemory  = 512\n", ""), base: goBase, want: moreMemory,
			kind: tree.Conflict,
			merged: replaced(goBase, "\tapiMemory  = 512\n",
				"<<<<<<< yours\n||||||| ambi wrote\n\tapiMemory  = 512\n=======\n\tapiMemory  = 1024\n>>>>>>> ambi would write\n"),
			problems: []tree.Problem{{
				Line: 6, Text: "edited where ambi has a new text",
				Hunk: "<<<<<<< yours\n||||||| ambi wrote\n\tapiMemory  = 512\n=======\n\tapiMemory  = 1024\n>>>>>>> ambi would write\n",
			}},
			marks: []int{6},
		},
		"one text, but no Go": {
			// The user puts an if around lines between which ambi begins a new function.
			have: replaced(goBody, "\tf1()\n", "\tif ours {\n\t\tf1()\n", "\tf7()\n", "\t\tf7()\n\t}\n"),
			base: goBody, want: replaced(goBody, "\tf4()\n", "\tf4()\n}\n\nfunc theirs() {\n"),
			kind:   tree.Conflict,
			merged: brokenTop + brokenHunk + "\t\tf7()\n\t}\n}\n",
			problems: []tree.Problem{{
				Line: 9, Text: "your edits and ambi's new text make no Go together: expected '(', found theirs", Hunk: brokenHunk,
			}},
			marks: []int{11},
		},
		"alignment is nobody's change": {
			have: replaced(goBase, "= 512", "= 640", "func deploy", "// mine\nfunc deploy"),
			base: goBase,
			want: replaced(goBase, "apiImage   =", "apiArchitecture = \"arm64\"\n\tapiImage        =",
				"apiMemory  =", "apiMemory       =", "apiPort    = 8080", "apiPort         = 9090", "apiTimeout =", "apiTimeout      ="),
			kind: tree.Conflict,
			// Only the two lines that meet are marked, and all of it stays aligned.
			merged: replaced(goBase, "apiImage   =", "apiArchitecture = \"arm64\"\n\tapiImage        =",
				"\tapiMemory  = 512\n\tapiPort    = 8080\n", alignedHunk,
				"apiTimeout =", "apiTimeout      =", "func deploy", "// mine\nfunc deploy"),
			problems: []tree.Problem{{Line: 6, Text: "edited where ambi has a new text", Hunk: alignedHunk}},
			marks:    []int{7},
		},
		"a conflict with a side that is no Go": {
			have: replaced(goBody, "\tf4()\n", "\tif ours {\n\t\tf4()\n", "\tf7()\n", "\t\tf7()\n\t}\n"),
			base: goBody, want: replaced(goBody, "\tf4()\n", "\tf4theirs()\n"),
			kind: tree.Conflict,
			merged: replaced(goBody, "\tf4()\n",
				"<<<<<<< yours\n\tif ours {\n\t\tf4()\n||||||| ambi wrote\n\tf4()\n=======\n\tf4theirs()\n>>>>>>> ambi would write\n",
				"\tf7()\n", "\t\tf7()\n\t}\n"),
			problems: []tree.Problem{{
				Line: 7, Text: "edited where ambi has a new text",
				Hunk: "<<<<<<< yours\n\tif ours {\n\t\tf4()\n||||||| ambi wrote\n\tf4()\n=======\n\tf4theirs()\n>>>>>>> ambi would write\n",
			}},
			marks: []int{7},
		},
		"the user's own does not parse": {
			have: replaced(goBase, "return nil", "return nil)"), base: goBase, want: moreMemory,
			kind: tree.Conflict,
			problems: []tree.Problem{{
				Line: 12, Text: "does not parse as Go, so ambi cannot merge its new text into it: expected statement, found ')'",
				Hint: "mend it, then generate again",
			}},
		},
		"no Go at all": {
			file: "stacks/notes.txt",
			have: "1\n2\n3\nmine\n", base: "1\n2\n3\n", want: "one\n2\n3\n",
			kind: tree.Merge, merged: "one\n2\n3\nmine\n",
		},
	} {
		t.Run(name, func(t *testing.T) {
			file := "stacks/lambda/api.go"
			if c.file != "" {
				file = c.file
			}
			dir := t.TempDir()
			for name, text := range map[string]string{
				file: c.have,
				"stacks/.ambi/base/" + strings.TrimPrefix(file, "stacks/"): c.base,
			} {
				to := filepath.Join(dir, name)
				if err := os.MkdirAll(filepath.Dir(to), 0o755); err != nil {
					t.Fatal(err)
				}
				if err := os.WriteFile(to, []byte(text), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			root, err := os.OpenRoot(dir)
			if err != nil {
				t.Fatal(err)
			}
			defer root.Close()
			files := []generator.File{{Path: file, Content: []byte(c.want)}}
			changes, err := tree.Compare(root, files, tree.Options{Merge: gitmerge.New(t.Context())})
			if err != nil {
				t.Fatal(err)
			}
			got := changes[0]
			if got.Kind != c.kind || string(got.Merged) != c.merged {
				t.Errorf("got %s:\n%s\nwant %s:\n%s", got.Kind, got.Merged, c.kind, c.merged)
			}
			if !slices.Equal(got.Problems, c.problems) {
				t.Errorf("got problems %+v\nwant %+v", got.Problems, c.problems)
			}
			if marks := got.MarkedLines(); !slices.Equal(marks, c.marks) {
				t.Errorf("got marks in the lines %d, want %d", marks, c.marks)
			}
		})
	}
}

// What a merge fails with ends the run, and is no conflict; texts that cannot be
// merged are one, which --conflicts cannot write either.
func TestMergerFails(t *testing.T) {
	broken := errors.New("no space left")
	for _, err := range []error{broken, &tree.UnmergeableError{Reason: "git is not on PATH", Hint: "install git"}} {
		dir := t.TempDir()
		if err := os.MkdirAll(filepath.Join(dir, "stacks/.ambi/base"), 0o755); err != nil {
			t.Fatal(err)
		}
		for name, text := range map[string]string{"stacks/main.go": "package mine\n", "stacks/.ambi/base/main.go": "package old\n"} {
			if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		root, oerr := os.OpenRoot(dir)
		if oerr != nil {
			t.Fatal(oerr)
		}
		defer root.Close()
		files := []generator.File{{Path: "stacks/main.go", Content: []byte("package new\n")}}
		fails := func(_, _, _ []byte) ([]byte, bool, error) { return nil, false, err }
		_, got := tree.Write(root, files, tree.Options{Merge: fails, Conflicts: true})
		var conflict *tree.ConflictError
		switch {
		case errors.Is(err, broken) && (!errors.Is(got, broken) || errors.As(got, &conflict) || got.Error() != "stacks/main.go: no space left"):
			t.Errorf("got %v", got)
		case !errors.Is(err, broken) && (!errors.As(got, &conflict) || !strings.HasPrefix(got.Error(),
			"stacks/main.go: edited, and ambi has a new text: git is not on PATH\nhint: nothing was written;") ||
			!strings.Contains(got.Error(), "\nhint: install git\n") || strings.Contains(got.Error(), "--conflicts")):
			t.Errorf("got %v", got)
		}
		if text, rerr := os.ReadFile(filepath.Join(dir, "stacks/main.go")); rerr != nil || string(text) != "package mine\n" {
			t.Errorf("the file became %q, %v", text, rerr)
		}
	}
}
