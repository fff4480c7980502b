package tree

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"ambi/generator"
)

// project is a folder's whole content: text by path; a folder's path ends in a
// slash, a symbolic link's text begins with an arrow.
type project map[string]string

const linkTo = "-> "

// lay writes the project's files, and the folders that they need.
func (p project) lay(t testing.TB, dir string) {
	t.Helper()
	for _, name := range slices.Sorted(maps.Keys(p)) {
		to := filepath.Join(dir, name)
		folder := filepath.Dir(to)
		if strings.HasSuffix(name, "/") {
			folder = to
		}
		if err := os.MkdirAll(folder, 0o755); err != nil {
			t.Fatal(err)
		}
		var err error
		if target, ok := strings.CutPrefix(p[name], linkTo); ok {
			err = os.Symlink(target, to)
		} else if !strings.HasSuffix(name, "/") {
			err = os.WriteFile(to, []byte(p[name]), 0o644)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
}

// reading returns the project that a folder holds.
func reading(t testing.TB, dir string) project {
	t.Helper()
	p := make(project)
	err := filepath.WalkDir(dir, func(name string, e fs.DirEntry, err error) error {
		if err != nil || name == dir {
			return err
		}
		rel, err := filepath.Rel(dir, name)
		if err != nil {
			return err
		}
		rel = filepath.ToSlash(rel)
		switch {
		case e.IsDir():
			p[rel+"/"] = ""
		case e.Type()&fs.ModeSymlink != 0:
			to, err := os.Readlink(name)
			if err != nil {
				return err
			}
			p[rel] = linkTo + to
		case e.Type().IsRegular():
			text, err := os.ReadFile(name)
			if err != nil {
				return err
			}
			p[rel] = string(text)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// folders adds every folder that the files need.
func (p project) folders() project {
	p = maps.Clone(p)
	for name := range maps.Clone(p) {
		for dir := path.Dir(strings.TrimSuffix(name, "/")); dir != "."; dir = path.Dir(dir) {
			p[dir+"/"] = ""
		}
	}
	return p
}

// with returns the project with other files laid over it.
func (p project) with(others ...project) project {
	p = maps.Clone(p)
	for _, o := range others {
		maps.Copy(p, o)
	}
	return p
}

// written is what a project holds after ambi wrote the files: they and their base texts.
func written(files project) project {
	p := maps.Clone(files)
	for name, text := range files {
		p["stacks/.ambi/base/"+strings.TrimPrefix(name, "stacks/")] = text
	}
	return p
}

// emitted turns files into what the generator returns, in no particular order.
func emitted(files project) []generator.File {
	var fs []generator.File
	for name, text := range files {
		fs = append(fs, generator.File{Path: name, Content: []byte(text)})
	}
	return fs
}

func same(t testing.TB, when string, got, want project) {
	t.Helper()
	var b strings.Builder
	for _, name := range slices.Sorted(maps.Keys(got.with(want))) {
		g, inGot := got[name]
		w, inWant := want[name]
		switch {
		case !inGot:
			b.WriteString("\nmissing: " + name)
		case !inWant:
			b.WriteString("\ntoo many: " + name)
		case g != w:
			b.WriteString("\n" + name + ": got " + g + ", want " + w)
		}
	}
	if b.Len() > 0 {
		t.Fatalf("%s:%s", when, b.String())
	}
}

func open(t testing.TB, dir string) *os.Root {
	t.Helper()
	root, err := os.OpenRoot(dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { root.Close() })
	return root
}

// prefixMerge merges what a real merge would, in the one form that these tests
// need: comments that begin with "edit", added after the base text.
func prefixMerge(yours, base, want []byte) ([]byte, bool, error) {
	rest, ok := bytes.CutPrefix(yours, base)
	if ok && bytes.HasPrefix(rest, []byte("// edit")) {
		return slices.Concat(want, rest), false, nil
	}
	return fmt.Appendf(nil, "<<<<<<< yours\n%s=======\n%s>>>>>>> ambi's\n", yours, want), true, nil
}

// TestTable lays each row of the package comment's table on disk. A dash is a
// file that does not exist; a plus joins lines.
func TestTable(t *testing.T) {
	const none = "-"
	type state struct{ file, base string }
	rows := []struct {
		have, base, want string
		kind             Kind
		after            state // the file and its base text after Write
		conflicts        state // the same with Conflicts
		forcedKind       Kind
		forced           state // the same with Force
	}{
		{none, none, "new", Create, state{"new", "new"}, state{"new", "new"}, Create, state{"new", "new"}},
		{none, "new", "new", Create, state{"new", "new"}, state{"new", "new"}, Create, state{"new", "new"}},
		{none, "old", "new", Create, state{"new", "new"}, state{"new", "new"}, Create, state{"new", "new"}},
		{"new", none, "new", Unchanged, state{"new", "new"}, state{"new", "new"}, Unchanged, state{"new", "new"}},
		{"new", "new", "new", Unchanged, state{"new", "new"}, state{"new", "new"}, Unchanged, state{"new", "new"}},
		{"new", "old", "new", Unchanged, state{"new", "new"}, state{"new", "new"}, Unchanged, state{"new", "new"}},
		{"old", "old", "new", Update, state{"new", "new"}, state{"new", "new"}, Update, state{"new", "new"}},
		{"mine", "new", "new", Edited, state{"mine", "new"}, state{"mine", "new"}, Overwrite, state{"new", "new"}},
		{"old+// edit", "old", "new", Merge, state{"new+// edit", "new"}, state{"new+// edit", "new"}, Overwrite, state{"new", "new"}},
		{"mine", "old", "new", Conflict, state{"mine", "old"}, state{"<<<<<<< yours+mine+=======+new+>>>>>>> ambi's", "new"}, Overwrite, state{"new", "new"}},
		{"<<<<<<< yours", "new", "new", Unresolved, state{"<<<<<<< yours", "new"}, state{"<<<<<<< yours", "new"}, Overwrite, state{"new", "new"}},
		{"mine+>>>>>>> main", "old", "new", Unresolved, state{"mine+>>>>>>> main", "old"}, state{"mine+>>>>>>> main", "old"}, Overwrite, state{"new", "new"}},
		// Git's markers in a base text: the file as ambi wrote it, an edit of either side, neither.
		{"<<<<<<< a+old+=======+b+>>>>>>> b", "<<<<<<< a+old+=======+b+>>>>>>> b", "new", Update, state{"new", "new"}, state{"new", "new"}, Update, state{"new", "new"}},
		{"old+// edit", "<<<<<<< a+old+=======+b+>>>>>>> b", "new", Merge, state{"new+// edit", "new"}, state{"new+// edit", "new"}, Overwrite, state{"new", "new"}},
		{"old+// edit", "<<<<<<< a+a+=======+old+>>>>>>> b", "new", Merge, state{"new+// edit", "new"}, state{"new+// edit", "new"}, Overwrite, state{"new", "new"}},
		{"new+// edit", "<<<<<<< a+a+=======+new+>>>>>>> b", "new", Edited, state{"new+// edit", "new"}, state{"new+// edit", "new"}, Overwrite, state{"new", "new"}},
		{"mine", "<<<<<<< a+old+=======+b+>>>>>>> b", "new", Conflict, state{"mine", "<<<<<<< a+old+=======+b+>>>>>>> b"}, state{"<<<<<<< yours+mine+=======+new+>>>>>>> ambi's", "new"}, Overwrite, state{"new", "new"}},
		{"mine", none, "new", Foreign, state{"mine", none}, state{"mine", none}, Overwrite, state{"new", "new"}},
		{none, "old", none, Unchanged, state{none, none}, state{none, none}, Unchanged, state{none, none}},
		{"old", "old", none, Remove, state{none, none}, state{none, none}, Remove, state{none, none}},
		{"mine", "old", none, Leftover, state{"mine", "old"}, state{"mine", "old"}, Remove, state{none, none}},
	}
	const file, base = "stacks/lambda/api.tf", "stacks/.ambi/base/lambda/api.tf"
	// Every row holds, too, when one of the texts is empty.
	for _, empty := range []string{"", "new", "old", "mine"} {
		text := func(s string) string {
			var b strings.Builder
			for line := range strings.SplitSeq(s, "+") {
				if line != empty {
					b.WriteString(line + "\n")
				}
			}
			return b.String()
		}
		lay := func(s state) project {
			p := project{"Pulumi.yaml": "name: thumbs\n"}
			if s.file != none {
				p[file] = text(s.file)
			}
			if s.base != none {
				p[base] = text(s.base)
			}
			return p
		}
		for _, r := range rows {
			t.Run(strings.Join([]string{"have", r.have, "base", r.base, "want", r.want, "empty", empty}, " "), func(t *testing.T) {
				before := lay(state{r.have, r.base})
				var files []generator.File
				if r.want != none {
					files = []generator.File{{Path: file, Content: []byte(text(r.want))}}
				}
				check := func(changes []Change, kind Kind) {
					t.Helper()
					if len(changes) != 1 {
						t.Fatalf("%d changes, want 1", len(changes))
					}
					c := changes[0]
					if c.Kind != kind || c.Path != file {
						t.Errorf("%s is %s, want %s", c.Path, c.Kind, kind)
					}
					for what, got := range map[string][]byte{r.have: c.Have, r.base: c.Base, r.want: c.Want} {
						if (got == nil) != (what == none) || got != nil && string(got) != text(what) {
							t.Errorf("got text %q, want %q", got, what)
						}
					}
				}
				compare := func(dir string) Kind {
					t.Helper()
					changes, err := Compare(open(t, dir), files, Options{Merge: prefixMerge})
					if err != nil {
						t.Fatal(err)
					}
					if len(changes) == 0 {
						return Unchanged
					}
					return changes[0].Kind
				}
				// run writes into a new project, and returns its folder.
				run := func(opts Options, kind Kind, refused bool, after state) string {
					t.Helper()
					dir := t.TempDir()
					before.lay(t, dir)
					was := reading(t, dir)
					opts.Merge = prefixMerge
					changes, err := Write(open(t, dir), files, opts)
					var e *ConflictError
					if errors.As(err, &e) != refused || e == nil && err != nil {
						t.Fatalf("Write: %v", err)
					}
					check(changes, kind)
					want := lay(after).folders()
					if refused {
						want = was
					}
					same(t, fmt.Sprintf("after Write, conflicts %v, force %v", opts.Conflicts, opts.Force), reading(t, dir), want)
					return dir
				}

				dir := t.TempDir()
				before.lay(t, dir)
				was := reading(t, dir)
				changes, err := Compare(open(t, dir), files, Options{Merge: prefixMerge})
				if err != nil {
					t.Fatal(err)
				}
				check(changes, r.kind)
				same(t, "after Compare", reading(t, dir), was)

				blocks := r.kind == Unresolved || r.kind == Foreign
				dir = run(Options{}, r.kind, blocks || r.kind == Conflict, r.after)
				// Once written, there is nothing left to do, except for the user.
				if k := compare(dir); k.Stale() && k != r.kind || k.Stale() != (blocks || r.kind == Conflict || r.kind == Leftover) {
					t.Errorf("after Write, it is %s", k)
				}
				dir = run(Options{Conflicts: true}, r.kind, blocks, r.conflicts)
				if k := compare(dir); r.kind == Conflict && k != Unresolved {
					t.Errorf("after Write with Conflicts, it is %s", k)
				}
				dir = run(Options{Force: true}, r.forcedKind, false, r.forced)
				if k := compare(dir); k != Unchanged {
					t.Errorf("after Write with Force, it is %s", k)
				}
			})
		}
	}
}

// A conflict anywhere keeps everything from being written, and all that is in
// the way is told at once.
func TestConflictWritesNothing(t *testing.T) {
	dir := t.TempDir()
	old := project{
		"stacks/main.go": "package old\n", "stacks/a.go": "package old\n", "stacks/gone.go": "package old\n",
		"stacks/b.go": "package old\n", "stacks/merges.go": "package old\n",
	}
	written(old).with(project{
		"stacks/a.go":         "package mine\n",
		"stacks/b.go":         "package old\n\n<<<<<<< yours\n",
		"stacks/merges.go":    "package old\n// edit\n",
		"stacks/foreign.go":   "never ambi's\n",
		"stacks/unrelated.go": "the team's own\n",
	}).lay(t, dir)
	was := reading(t, dir)

	set := emitted(project{
		"stacks/main.go": "package new\n", "stacks/a.go": "package new\n", "stacks/b.go": "package new\n",
		"stacks/foreign.go": "package new\n",
	})
	const conflict = `stacks/a.go:1: edited where ambi has a new text
  <<<<<<< yours
  package mine
  =======
  package new
  >>>>>>> ambi's
`
	const want = `stacks/b.go:3: has a conflict marker
stacks/foreign.go: not written by ambi
hint: nothing was written; ` + "`ambi diff`" + ` shows how the files differ from ambi's
hint: resolve the conflict there, and remove its markers
hint: move it away; or, if ambi did write it, commit stacks/.ambi with it: that is how ambi knows
hint: to discard your edits of a file, remove it and generate again; ` + "`ambi generate --force`" + ` discards all edits of all files`
	for _, conflicts := range []bool{false, true} {
		want := want
		if !conflicts {
			want = conflict + want
		}
		_, err := Write(open(t, dir), set, Options{Merge: prefixMerge, Conflicts: conflicts})
		if err == nil || err.Error() != want {
			t.Errorf("got error:\n%v\nwant:\n%s", err, want)
		}
		same(t, "after the error", reading(t, dir), was)
	}
}

func TestOrderIsByPath(t *testing.T) {
	dir := t.TempDir()
	written(project{"stacks/b/old.go": "1\n", "stacks/z.go": "1\n"}).lay(t, dir)
	changes, err := Write(open(t, dir), emitted(project{
		"stacks/main.go": "2\n", "stacks/a/x.go": "2\n", "stacks/a.go": "2\n", "stacks/c.go": "2\n", "stacks/b/new.go": "2\n",
	}), Options{})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, c := range changes {
		got = append(got, c.Path)
	}
	want := []string{"stacks/a.go", "stacks/a/x.go", "stacks/b/new.go", "stacks/b/old.go", "stacks/c.go", "stacks/main.go", "stacks/z.go"}
	if !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

// A folder is removed with its last file, but not with a file of the team's in it.
func TestEmptyFoldersGo(t *testing.T) {
	dir := t.TempDir()
	written(project{"stacks/a/b/c.go": "1\n", "stacks/k/x.go": "1\n", "stacks/main.go": "1\n"}).
		with(project{"stacks/k/team.go": "ours\n"}).lay(t, dir)
	if _, err := Write(open(t, dir), emitted(project{"stacks/main.go": "1\n"}), Options{}); err != nil {
		t.Fatal(err)
	}
	same(t, "after removing", reading(t, dir),
		written(project{"stacks/main.go": "1\n"}).with(project{"stacks/k/team.go": "ours\n"}).folders())

	if _, err := Write(open(t, dir), nil, Options{}); err != nil {
		t.Fatal(err)
	}
	same(t, "after removing all", reading(t, dir), project{"stacks/k/team.go": "ours\n"}.folders())
}

func TestSetsThatNoDiskHolds(t *testing.T) {
	for name, set := range map[string][]string{
		"outside stacks":                       {"Pulumi.yaml"},
		"is not a clean relative path":         {"stacks/../go.mod"},
		"\"/stacks/x\" is not":                 {"/stacks/x"},
		"is for ambi's own records":            {"stacks/.ambi/base/x.go"},
		"stacks/x.go: emitted twice":           {"stacks/x.go", "stacks/x.go"},
		"as a file and as the folder of stack": {"stacks/x", "stacks/x-y", "stacks/x/y/z.go"},
	} {
		var files []generator.File
		for _, p := range set {
			files = append(files, generator.File{Path: p})
		}
		want := name
		if name == "outside stacks" {
			want = "ambi writes only under stacks"
		}
		dir := t.TempDir()
		if _, err := Write(open(t, dir), files, Options{Force: true}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("Write of %q: got %v, want %q", set, err, want)
		}
		if _, err := Compare(open(t, dir), files, Options{Merge: prefixMerge}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("Compare of %q: got %v, want %q", set, err, want)
		}
		same(t, "after the error", reading(t, dir), project{})
	}
}

func TestModes(t *testing.T) {
	dir := t.TempDir()
	if _, err := Write(open(t, dir), emitted(project{"stacks/lambda/x.go": "x\n"}), Options{}); err != nil {
		t.Fatal(err)
	}
	// What the umask, whatever it is, makes of the modes.
	likeFile, likeFolder := filepath.Join(dir, "file"), filepath.Join(dir, "folder")
	if err := os.WriteFile(likeFile, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(likeFolder, 0o755); err != nil {
		t.Fatal(err)
	}
	for name, like := range map[string]string{
		"stacks/lambda":                 likeFolder,
		"stacks/lambda/x.go":            likeFile,
		"stacks/.ambi/base/lambda":      likeFolder,
		"stacks/.ambi/base/lambda/x.go": likeFile,
	} {
		got, err := os.Stat(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		want, err := os.Stat(like)
		if err != nil {
			t.Fatal(err)
		}
		if got.Mode() != want.Mode() {
			t.Errorf("%s has mode %s, want %s", name, got.Mode(), want.Mode())
		}
	}
}
