package tree

import (
	"errors"
	"fmt"
	"path"
	"slices"
	"strings"
	"syscall"
	"testing"
)

// TestDiskError lets each operation fail, reads too, once: the error names a
// path, says what state the project is in, and the next run ends well.
func TestDiskError(t *testing.T) {
	for name, s := range scenarios {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			all := fastDir(t)
			var before, decided, after int
			for n := 1; ; n++ {
				dir := copyOf(t, all, s.before)
				was := reading(t, dir)
				count, failed := 0, ""
				hook := func(op, name string) error {
					count++
					if count == n {
						failed = op + " " + name
						return syscall.EIO
					}
					return nil
				}
				_, err := write(newDisk(open(t, dir), hook), emitted(s.set), s.options())
				if failed == "" {
					if err != nil {
						t.Fatal(err)
					}
					break
				}
				if !errors.Is(err, syscall.EIO) {
					t.Fatalf("%s fails: got error %v", failed, err)
				}
				text := err.Error()
				if !strings.HasPrefix(text, "stacks") && !strings.HasPrefix(text, ".: ") && !strings.HasPrefix(text, "Pulumi.yaml: ") || !strings.Contains(text, ": cannot ") {
					t.Errorf("%s fails: the error names no path: %s", failed, text)
				}
				switch {
				case strings.Contains(text, "is not finished"):
					decided++
					s.checkWhole(t, failed+" fails", reading(t, dir))
				case strings.Contains(text, "all files are written"):
					after++
					for name, text := range reading(t, dir) {
						if want, ok := s.after.folders()[name]; !strings.HasPrefix(name, stateDir) && (!ok || want != text) {
							t.Errorf("%s fails: %s is not written", failed, name)
						}
					}
				default:
					before++
					if strings.Contains(text, ".new: ") || strings.Contains(text, ".base: ") {
						t.Errorf("%s fails: the error names a number, not the file: %s", failed, text)
					}
					same(t, failed+" fails", reading(t, dir), was)
				}
				_, err = Write(open(t, dir), emitted(s.set), s.options())
				if err := s.again(err); err != nil {
					t.Fatalf("after %s failed: %v", failed, err)
				}
				same(t, "after "+failed+" failed", reading(t, dir), s.after.folders())
			}
			if before == 0 || decided == 0 || after == 0 {
				t.Errorf("%d errors before the decision, %d after it, %d at the end: want some of each", before, decided, after)
			}
		})
	}
}

// TestFullDisk lets everything that needs space fail from some moment on: the
// run is either refused, and nothing has changed, or done.
func TestFullDisk(t *testing.T) {
	for name, s := range scenarios {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			all := fastDir(t)
			refused := 0
			for n := 1; ; n++ {
				dir := copyOf(t, all, s.before)
				was := reading(t, dir)
				count := 0
				hook := func(op, _ string) error {
					count++
					if count >= n && slices.Contains([]string{"make the folder", "create", "write"}, op) {
						return syscall.ENOSPC
					}
					return nil
				}
				_, err := write(newDisk(open(t, dir), hook), emitted(s.set), s.options())
				if err == nil {
					same(t, fmt.Sprintf("full from operation %d", n), reading(t, dir), s.after.folders())
					if count < n {
						break
					}
					continue
				}
				refused++
				if !errors.Is(err, syscall.ENOSPC) || !strings.HasSuffix(err.Error(), "no space left on device\nhint: nothing was written") {
					t.Fatalf("full from operation %d: %v", n, err)
				}
				same(t, fmt.Sprintf("full from operation %d", n), reading(t, dir), was)
			}
			if refused < 5 {
				t.Errorf("refused %d times only", refused)
			}
		})
	}
}

// An edit in the moment between comparing and renaming is left alone and told.
func TestEditWhileWriting(t *testing.T) {
	dir := t.TempDir()
	written(oldSet).lay(t, dir)
	edited := project{"stacks/lambda/stack.go": "just now\n", "stacks/kubernetes/web.go": "just now\n"}
	hook := func(op, name string) error {
		if name == pendingDir && op == "put a file there" {
			edited.lay(t, dir)
		}
		return nil
	}
	_, err := write(newDisk(open(t, dir), hook), emitted(newSet), Options{Force: true})
	const want = "stacks/kubernetes/web.go: changed while ambi was writing; it is left as it is\n" +
		"stacks/lambda/stack.go: changed while ambi was writing; it is left as it is\n" +
		"hint: all other files are written; run `ambi generate` again"
	if err == nil || err.Error() != want {
		t.Errorf("got %v", err)
	}
	same(t, "after the edits", reading(t, dir), written(newSet).with(edited, project{
		"stacks/.ambi/base/lambda/stack.go":   "lambda 1\n",
		"stacks/.ambi/base/kubernetes/web.go": "kubernetes web 1\n",
	}).folders())
}

// Every text is durable before the rename that decides the run, and every
// changed folder before the one that closes the journal.
func TestSyncs(t *testing.T) {
	for name, s := range scenarios {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			s.before.lay(t, dir)
			unsynced := make(map[string]bool)
			var decided, closed bool
			hook := func(op, name string) error {
				if closed {
					return nil
				}
				switch op {
				case "sync":
					delete(unsynced, name)
				case "make the folder":
					unsynced[path.Dir(name)] = true
				case "create", "write":
					if name != stagingDir+"/probe" {
						unsynced[name], unsynced[stagingDir] = true, true
					}
				case "remove":
					delete(unsynced, name)
					unsynced[path.Dir(name)] = true
				case "put a file there":
					if name == pendingDir || name == stagingDir {
						decided, closed = name == pendingDir, name == stagingDir
						for u := range unsynced {
							if closed || strings.HasPrefix(u, stagingDir) {
								t.Errorf("%s is not synced when %s is renamed", u, name)
							}
						}
					}
					// What leaves the journal or enters it goes with it.
					if to := path.Dir(name); decided && to != pendingDir {
						unsynced[to] = true
					}
				}
				return nil
			}
			if _, err := write(newDisk(open(t, dir), hook), emitted(s.set), s.options()); err != nil {
				t.Fatal(err)
			}
			if !closed {
				t.Error("no journal was closed")
			}
		})
	}
}
