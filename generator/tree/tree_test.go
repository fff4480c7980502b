package tree

import (
	"errors"
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

// TestTable lays each row of the package comment's table on disk. A dash is a
// file that does not exist.
func TestTable(t *testing.T) {
	const none = "-"
	rows := []struct {
		have, base, want string
		kind             Kind
		file, text       string // the file and its base text after Write
		forced, forcedTo string // the same after Write with Force
	}{
		{none, none, "new", Create, "new", "new", "new", "new"},
		{none, "new", "new", Create, "new", "new", "new", "new"},
		{none, "old", "new", Create, "new", "new", "new", "new"},
		{"new", none, "new", Unchanged, "new", "new", "new", "new"},
		{"new", "new", "new", Unchanged, "new", "new", "new", "new"},
		{"new", "old", "new", Unchanged, "new", "new", "new", "new"},
		{"old", "old", "new", Update, "new", "new", "new", "new"},
		{"mine", none, "new", Edited, "mine", none, "new", "new"},
		{"mine", "new", "new", Edited, "mine", "new", "new", "new"},
		{"mine", "old", "new", Edited, "mine", "old", "new", "new"},
		{none, "old", none, Unchanged, none, none, none, none},
		{"old", "old", none, Remove, none, none, none, none},
		{"mine", "old", none, RemoveEdited, "mine", "old", none, none},
	}
	const file, base = "stacks/lambda/api.go", "stacks/.ambi/base/lambda/api.go"
	// Every row holds, too, when one of the texts is empty.
	for _, empty := range []string{"", "new", "old", "mine"} {
		text := func(s string) string {
			if s == empty {
				return ""
			}
			return s + "\n"
		}
		lay := func(file, base string, have, baseText string) project {
			p := project{"Pulumi.yaml": "name: thumbs\n"}
			if have != none {
				p[file] = text(have)
			}
			if baseText != none {
				p[base] = text(baseText)
			}
			return p
		}
		for _, r := range rows {
			t.Run(strings.Join([]string{"have", r.have, "base", r.base, "want", r.want, "empty", empty}, " "), func(t *testing.T) {
				before := lay(file, base, r.have, r.base)
				var files []generator.File
				if r.want != none {
					files = []generator.File{{Path: file, Content: []byte(text(r.want))}}
				}
				check := func(dir string, changes []Change) {
					t.Helper()
					if len(changes) != 1 {
						t.Fatalf("%d changes, want 1", len(changes))
					}
					c := changes[0]
					if c.Kind != r.kind || c.Path != file {
						t.Errorf("%s is %s, want %s", c.Path, c.Kind, r.kind)
					}
					for what, got := range map[string][]byte{r.have: c.Have, r.base: c.Base, r.want: c.Want} {
						if (got == nil) != (what == none) || got != nil && string(got) != text(what) {
							t.Errorf("got text %q, want %q", got, what)
						}
					}
				}

				dir := t.TempDir()
				before.lay(t, dir)
				was := reading(t, dir)
				changes, err := Compare(open(t, dir), files)
				if err != nil {
					t.Fatal(err)
				}
				check(dir, changes)
				same(t, "after Compare", reading(t, dir), was)

				changes, err = Write(open(t, dir), files, Options{})
				var e *EditedError
				if errors.As(err, &e) != (r.kind == Edited) || e == nil && err != nil {
					t.Fatalf("Write: %v", err)
				}
				check(dir, changes)
				after := lay(file, base, r.file, r.text).folders()
				if r.kind == Edited {
					after = was
				}
				same(t, "after Write", reading(t, dir), after)

				dir = t.TempDir()
				before.lay(t, dir)
				changes, err = Write(open(t, dir), files, Options{Force: true})
				if err != nil {
					t.Fatal(err)
				}
				check(dir, changes)
				same(t, "after Write with Force", reading(t, dir), lay(file, base, r.forced, r.forcedTo).folders())

				// Once written, there is nothing left to do.
				changes, err = Compare(open(t, dir), files)
				if err != nil {
					t.Fatal(err)
				}
				for _, c := range changes {
					if c.Kind != Unchanged {
						t.Errorf("after Write with Force, %s is %s", c.Path, c.Kind)
					}
				}
			})
		}
	}
}

// An edit anywhere keeps everything from being written, and all edits are told at once.
func TestEditedWritesNothing(t *testing.T) {
	dir := t.TempDir()
	old := project{"stacks/main.go": "old\n", "stacks/a.go": "old\n", "stacks/gone.go": "old\n", "stacks/b.go": "old\n"}
	written(old).with(project{
		"stacks/a.go":         "mine\n",
		"stacks/b.go":         "mine\n",
		"stacks/foreign.go":   "never ambi's\n",
		"stacks/unrelated.go": "the team's own\n",
	}).lay(t, dir)
	was := reading(t, dir)

	_, err := Write(open(t, dir), emitted(project{
		"stacks/main.go": "new\n", "stacks/a.go": "new\n", "stacks/b.go": "new\n", "stacks/foreign.go": "new\n",
	}), Options{})
	const want = "stacks/a.go: edited since ambi wrote it\n" +
		"stacks/b.go: edited since ambi wrote it\n" +
		"stacks/foreign.go: not written by ambi\n" +
		"hint: nothing was written; `ambi diff` shows the difference\n" +
		"hint: `ambi generate --force` overwrites these files"
	if err == nil || err.Error() != want {
		t.Errorf("got error:\n%v\nwant:\n%s", err, want)
	}
	same(t, "after the error", reading(t, dir), was)
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
		if _, err := Compare(open(t, dir), files); err == nil || !strings.Contains(err.Error(), want) {
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
