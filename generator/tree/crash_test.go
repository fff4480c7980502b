package tree

import (
	"errors"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// scenario is one run of ambi that tests interrupt.
type scenario struct {
	before project // without the folders
	set    project // what the run writes
	// conflicts and force are those of Options.
	conflicts, force bool
	after            project
	// other is a set that the next run writes instead, and what is there then.
	other, afterOther project
	// forced is what Force makes of it instead of after; nil is the same.
	forced project
	// edits are the paths that a user may edit after the kill, where the
	// base text must then be the text that the edit was made on.
	edits []string
	// settings is what the project file ends in after the run; empty leaves it alone.
	settings string
}

func (s scenario) options() Options {
	return Options{Merge: prefixMerge, Conflicts: s.conflicts, Force: s.force, Project: s.editor()}
}

// editor puts the settings at the end of the project file, in place of those that
// it recorded.
func (s scenario) editor() Editor {
	if s.settings == "" {
		return nil
	}
	return func(have, base []byte) (text, record []byte, err error) {
		kept := strings.TrimSuffix(strings.TrimSuffix(string(have), s.settings), string(base))
		return []byte(kept + s.settings), []byte(s.settings), nil
	}
}

// listed is a project file with settings, and its record.
func listed(settings string) project {
	return project{"Pulumi.yaml": users["Pulumi.yaml"] + settings, "stacks/.ambi/Pulumi.yaml": settings}
}

// again forgives a second run with conflicts that it finds those of the first.
func (s scenario) again(err error) error {
	var e *ConflictError
	if s.conflicts && errors.As(err, &e) {
		return nil
	}
	return err
}

var (
	oldSet = project{
		"stacks/main.go":             "main 1\n",
		"stacks/lambda/stack.go":     "lambda 1\n",
		"stacks/lambda/web.go":       "web 1\n",
		"stacks/kubernetes/stack.go": "kubernetes 1\n",
		"stacks/kubernetes/web.go":   "kubernetes web 1\n",
	}
	newSet = project{
		"stacks/main.go":           "main 1\n",
		"stacks/lambda/stack.go":   "lambda 2\n",
		"stacks/lambda/api.go":     "",
		"stacks/jobs/nightly/x.go": "x 2\n",
	}
	otherSet = project{
		"stacks/main.go":             "main 3\n",
		"stacks/kubernetes/stack.go": "kubernetes 3\n",
		"stacks/lambda/api.go":       "api 3\n",
	}
	// What a team made of oldGo: it edited four files in its own way.
	oldGo = project{
		"stacks/main.go":             "package old\n",
		"stacks/lambda/stack.go":     "package old\n",
		"stacks/lambda/web.go":       "package old\n",
		"stacks/kubernetes/stack.go": "package old\n",
		"stacks/kubernetes/web.go":   "package old\n",
	}
	edits = project{
		"stacks/main.go":             "package old\n// edited, and ambi has nothing new\n",
		"stacks/lambda/stack.go":     "package old\n// edited, to be merged\n",
		"stacks/lambda/web.go":       "package old\n// edited, and no longer wanted\n",
		"stacks/kubernetes/stack.go": "package old\n// edited\n",
	}
	newGo = project{
		"stacks/main.go":             "package old\n",
		"stacks/lambda/stack.go":     "package new\n",
		"stacks/lambda/api.go":       "package new\n",
		"stacks/kubernetes/stack.go": "package new\n",
	}
	merged = project{
		"stacks/main.go":                  edits["stacks/main.go"],
		"stacks/lambda/stack.go":          "package new\n// edited, to be merged\n",
		"stacks/lambda/web.go":            edits["stacks/lambda/web.go"],
		"stacks/.ambi/base/lambda/web.go": "package old\n",
		"stacks/kubernetes/stack.go":      "package new\n// edited\n",
	}
	otherGo = newGo.with(project{"stacks/lambda/stack.go": "package other\n", "stacks/lambda/api.go": "package other\n"})
	users   = project{"Pulumi.yaml": "name: thumbs\n", "stacks/team/own.go": "the team's own\n"}
)

var scenarios = map[string]scenario{
	"fresh": {
		before: project{"Pulumi.yaml": "name: thumbs\n"},
		set:    newSet, after: written(newSet).with(project{"Pulumi.yaml": "name: thumbs\n"}),
		other: otherSet, afterOther: written(otherSet).with(project{"Pulumi.yaml": "name: thumbs\n"}),
		edits: slices.Sorted(maps.Keys(newSet)),
	},
	"change": {
		before: written(oldSet).with(users),
		set:    newSet, after: written(newSet).with(users),
		other: otherSet, afterOther: written(otherSet).with(users),
		edits: slices.Sorted(maps.Keys(oldSet.with(newSet))),
	},
	"settings": {
		before: written(oldSet).with(users, listed("old\n")),
		set:    newSet, settings: "new\n",
		after: written(newSet).with(users, listed("new\n")),
		other: otherSet, afterOther: written(otherSet).with(users, listed("new\n")),
		edits: slices.Sorted(maps.Keys(oldSet.with(newSet))),
	},
	"settings alone": {
		before: written(oldSet).with(users),
		set:    oldSet, settings: "new\n",
		after: written(oldSet).with(users, listed("new\n")),
		other: otherSet, afterOther: written(otherSet).with(users, listed("new\n")),
	},
	"remove all": {
		before: written(oldSet).with(users),
		set:    project{}, after: users,
		other: otherSet, afterOther: written(otherSet).with(users),
		edits: slices.Sorted(maps.Keys(oldSet)),
	},
	"base texts only": {
		// One file that the user brought to the new text, one that is gone.
		before: written(oldSet).with(users, project{"stacks/lambda/stack.go": "lambda 2\n", "stacks/.ambi/base/gone.go": "gone\n"}),
		set:    oldSet.with(project{"stacks/lambda/stack.go": "lambda 2\n"}),
		after:  written(oldSet.with(project{"stacks/lambda/stack.go": "lambda 2\n"})).with(users),
		other:  otherSet.with(project{"stacks/lambda/stack.go": "lambda 2\n"}),
		afterOther: written(otherSet.with(project{"stacks/lambda/stack.go": "lambda 2\n"})).
			with(users),
	},
	"merge": {
		before: written(oldGo).with(edits, users),
		set:    newGo, after: written(newGo).with(merged, users),
		other:      otherGo,
		afterOther: written(otherGo).with(merged, users, project{"stacks/lambda/stack.go": "package other\n// edited, to be merged\n"}),
		forced:     written(newGo).with(users),
		edits:      slices.Sorted(maps.Keys(newGo)),
	},
	"conflicts": {
		before:    written(oldGo).with(edits, users, project{"stacks/kubernetes/stack.go": "package mine\n"}),
		conflicts: true,
		set:       newGo,
		after: written(newGo).with(merged, users, project{
			"stacks/kubernetes/stack.go": "<<<<<<< yours\npackage mine\n=======\npackage new\n>>>>>>> ambi's\n",
		}),
		other: otherGo,
		afterOther: written(otherGo).with(merged, users, project{
			"stacks/lambda/stack.go":     "package other\n// edited, to be merged\n",
			"stacks/kubernetes/stack.go": "<<<<<<< yours\npackage mine\n=======\npackage new\n>>>>>>> ambi's\n",
		}),
	},
	"force": {
		before: written(oldSet).with(users, project{
			"stacks/lambda/stack.go":   "edited\n",
			"stacks/lambda/api.go":     "foreign\n",
			"stacks/kubernetes/web.go": "edited\n",
		}),
		force: true,
		set:   newSet, after: written(newSet).with(users),
		other: otherSet, afterOther: written(otherSet).with(users),
	},
}

// changes says whether an operation changes the disk. A kill before one that
// does not is a kill before the next that does.
func changesDisk(op string) bool {
	return slices.Contains([]string{"make the folder", "create", "write", "put a file there", "remove"}, op)
}

// killAt stops the disk at its n-th change, counted from 1.
func killAt(n int, stop func() error) func(op, name string) error {
	done := 0
	return func(op, _ string) error {
		if changesDisk(op) {
			done++
		}
		if done >= n {
			return stop()
		}
		return nil
	}
}

const killed = 99

// TestMain lets the test run itself as the process that is killed.
func TestMain(m *testing.M) {
	job := os.Getenv("TREE_TEST_KILL")
	if job == "" {
		os.Exit(m.Run())
	}
	name, at, _ := strings.Cut(job, ":")
	n, err := strconv.Atoi(at)
	s, known := scenarios[name]
	if err != nil || !known {
		fmt.Fprintln(os.Stderr, "bad job", job)
		os.Exit(2)
	}
	root, err := os.OpenRoot(".")
	if err == nil {
		hook := killAt(n, func() error { os.Exit(killed); return nil })
		_, err = write(newDisk(root, hook), emitted(s.set), s.options())
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// fastDir is a folder in memory where the system has one: these tests sync
// thousands of times.
func fastDir(t testing.TB) string {
	t.Helper()
	dir, err := os.MkdirTemp("/dev/shm", "tree")
	if err != nil {
		return t.TempDir()
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	return dir
}

// copyOf lays the project in a new folder.
func copyOf(t testing.TB, parent string, p project) string {
	t.Helper()
	dir, err := os.MkdirTemp(parent, "")
	if err != nil {
		t.Fatal(err)
	}
	p.lay(t, dir)
	return dir
}

// TestKill ends the process before each change that it would make to the disk,
// and checks what the next run makes of it.
func TestKill(t *testing.T) {
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	for name, s := range scenarios {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			all := fastDir(t)
			var last project
			kills := 0
			for n := 1; ; n++ {
				dir := copyOf(t, all, s.before)
				cmd := exec.Command(self)
				cmd.Dir = dir
				cmd.Env = append(os.Environ(), fmt.Sprintf("TREE_TEST_KILL=%s:%d", name, n))
				out, err := cmd.CombinedOutput()
				got := reading(t, dir)
				if err == nil {
					same(t, "without a kill", got, s.after.folders())
					break
				}
				if cmd.ProcessState.ExitCode() != killed {
					t.Fatalf("kill %d: %v: %s", n, err, out)
				}
				kills++
				if !reflect.DeepEqual(got, last) {
					s.checkInterrupted(t, fmt.Sprintf("kill %d", n), all, got)
				}
				last = got
				if err := os.RemoveAll(dir); err != nil {
					t.Fatal(err)
				}
			}
			t.Logf("killed %d times", kills)
			if kills < 10 {
				t.Errorf("killed %d times only: the hook does not see the disk", kills)
			}
		})
	}
}

// checkInterrupted checks a project that an interrupted run left, and all that
// can come after it.
func (s scenario) checkInterrupted(t *testing.T, when, all string, left project) {
	t.Helper()
	s.checkWhole(t, when, left)
	next := func(what string, edit project, remove string) string {
		dir := copyOf(t, all, left.with(edit))
		if remove != "" {
			if err := os.Remove(filepath.Join(dir, remove)); err != nil && !os.IsNotExist(err) {
				t.Fatalf("%s, %s: %v", when, what, err)
			}
		}
		return dir
	}
	run := func(what, dir string, set project, opts Options, want project) {
		t.Helper()
		_, err := Write(open(t, dir), emitted(set), opts)
		if err := s.again(err); err != nil {
			t.Fatalf("%s, %s: %v", when, what, err)
		}
		if err != nil {
			want = s.after // the killed run is finished, and its conflicts keep this one out
		}
		same(t, when+", "+what, reading(t, dir), want.folders())
	}

	s.checkCompare(t, when, next("compare", nil, ""))
	run("the same set", next("the same set", nil, ""), s.set, s.options(), s.after)
	run("another set", next("another set", nil, ""), s.other, s.options(), s.afterOther)

	if s.settings != "" {
		// The user edits the project file: the edit is kept, and gets the settings.
		dir := next("edit of Pulumi.yaml", project{"Pulumi.yaml": "edited by hand\n"}, "")
		run("edit of Pulumi.yaml", dir, s.set, s.options(), s.after.with(project{"Pulumi.yaml": "edited by hand\n" + s.settings}))
		dir = next("removal of Pulumi.yaml", nil, "Pulumi.yaml")
		if _, err := Write(open(t, dir), emitted(s.set), s.options()); err != nil {
			t.Fatalf("%s, removal of Pulumi.yaml: %v", when, err)
		}
		if _, there := reading(t, dir)["Pulumi.yaml"]; there {
			t.Fatalf("%s: Pulumi.yaml, which the user removed, is back", when)
		}
	}
	for _, folder := range []string{"stacks/jobs", "stacks/.ambi/base/jobs"} {
		if _, there := left[folder+"/"]; !there {
			continue
		}
		dir := next("removal of "+folder, nil, "")
		if err := os.RemoveAll(filepath.Join(dir, folder)); err != nil {
			t.Fatal(err)
		}
		run("removal of "+folder, dir, s.set, s.options(), s.after)
	}
	for _, name := range s.edits {
		// The user edits a file, or makes one. The edit is kept, and its base text
		// is that of what was edited: of the killed run if that had come so far.
		what := "edit of " + name
		const edit = "edited by hand\n"
		base := "stacks/.ambi/base/" + strings.TrimPrefix(name, "stacks/")
		from := s.before
		now, exists := left[name]
		if was, existed := s.before[name]; exists != existed || now != was {
			from = s.after
		}
		wantBase, based := from[base]
		dir := next(what, project{name: edit}, "")
		_, err := Write(open(t, dir), emitted(s.set), Options{Merge: prefixMerge, Project: s.editor()})
		var e *ConflictError
		if err != nil && !errors.As(err, &e) {
			t.Fatalf("%s, %s: %v", when, what, err)
		}
		got := reading(t, dir)
		if got[name] != edit {
			t.Fatalf("%s, %s: it became %q", when, what, got[name])
		}
		wantText, wanted := s.set[name]
		if refused := wanted && (!based || wantBase != wantText); refused != (err != nil) {
			t.Errorf("%s, %s: got error %v", when, what, err)
		}
		if text, exists := got[base]; exists != based || text != wantBase {
			t.Errorf("%s, %s: the base text is %q (%v), and the edit was made on %q (%v)", when, what, text, exists, wantBase, based)
		}
		if based || wanted {
			after := s.after
			if s.forced != nil {
				after = s.forced
			}
			run(what+", then force", dir, s.set, Options{Force: true, Project: s.editor()}, after)
		}

		what = "removal of " + name
		after := s.after
		if wanted {
			after = after.with(project{name: wantText})
		}
		run(what, next(what, nil, name), s.set, s.options(), after)
	}
}

// checkWhole requires each file and base text to be wholly old or wholly new.
func (s scenario) checkWhole(t *testing.T, when string, left project) {
	t.Helper()
	old, new := s.before.folders(), s.after.folders()
	for name, text := range left {
		if strings.HasPrefix(name, pendingDir+"/") || strings.HasPrefix(name, stagingDir+"/") || strings.HasSuffix(name, "/") {
			continue
		}
		if path.Base(name) == probeName && text == "" {
			continue
		}
		o, inOld := old[name]
		n, inNew := new[name]
		if !(inOld && text == o || inNew && text == n) {
			t.Fatalf("%s: %s is torn or a stray: %q", when, name, text)
		}
	}
	for name := range old {
		if _, kept := new[name]; kept {
			if _, there := left[name]; !there {
				t.Fatalf("%s: %s is missing", when, name)
			}
		}
	}
}

// checkCompare requires a comparison to say what it would say before the run or
// after it, or that the run is pending. It must not change anything.
func (s scenario) checkCompare(t *testing.T, when, dir string) {
	t.Helper()
	was := reading(t, dir)
	got, err := Compare(open(t, dir), emitted(s.set), s.options())
	same(t, when+", after Compare", reading(t, dir), was)
	_, decided := was[pendingDir+"/"]
	var p *PendingError
	if errors.As(err, &p) != decided || p == nil && err != nil {
		t.Fatalf("%s, Compare: %v", when, err)
	}
	if p != nil {
		return
	}
	for _, whole := range []project{s.before, s.after} {
		want, err := Compare(open(t, copyOf(t, filepath.Dir(dir), whole)), emitted(s.set), s.options())
		if err != nil {
			t.Fatal(err)
		}
		if reflect.DeepEqual(got, want) {
			return
		}
	}
	kinds := make(map[string]Kind)
	for _, c := range got {
		kinds[c.Path] = c.Kind
	}
	t.Fatalf("%s: Compare describes neither the state before nor the one after: %v", when, kinds)
}

// errDead is what a disk says whose process was killed: to everything.
var errDead = errors.New("the process is dead")

// TestKillTwice kills the run that finishes a killed run. The disk of a dead
// process is one that refuses everything, so no process is needed.
func TestKillTwice(t *testing.T) {
	stop := func() error { return errDead }
	run := func(t *testing.T, s scenario, dir string, n int) bool {
		t.Helper()
		_, err := write(newDisk(open(t, dir), killAt(n, stop)), emitted(s.set), s.options())
		if err := s.again(err); err != nil && !errors.Is(err, errDead) {
			t.Fatal(err)
		}
		return !errors.Is(err, errDead)
	}
	for name, s := range scenarios {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			all := fastDir(t)
			var last project
			for n := 1; ; n++ {
				dir := copyOf(t, all, s.before)
				if run(t, s, dir, n) {
					break
				}
				once := reading(t, dir)
				if reflect.DeepEqual(once, last) {
					continue
				}
				last = once
				// Every n meets some m, and every m some n; -short takes fewer.
				step := 5
				if testing.Short() {
					step = 20
				}
				for m := 1 + n%step; ; m += step {
					when := fmt.Sprintf("kill %d, then %d", n, m)
					dir := copyOf(t, all, once)
					done := run(t, s, dir, m)
					s.checkWhole(t, when, reading(t, dir))
					if !done {
						_, err := Write(open(t, dir), emitted(s.set), s.options())
						if err := s.again(err); err != nil {
							t.Fatalf("%s: %v", when, err)
						}
					}
					same(t, when, reading(t, dir), s.after.folders())
					if err := os.RemoveAll(dir); err != nil {
						t.Fatal(err)
					}
					if done {
						break
					}
				}
			}
		})
	}
}
