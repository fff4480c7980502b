package tree

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"
)

// asNobody runs f as a user who owns the folder and has no special rights, on
// a thread that ends with it: for root, no folder is read-only. The folders
// above may be closed to that user, so f reaches the folder through an open root only.
func asNobody(t *testing.T, dir string, f func()) {
	t.Helper()
	if os.Getuid() != 0 {
		f()
		return
	}
	const nobody = 65534
	err := filepath.WalkDir(dir, func(name string, _ fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		return os.Lchown(name, nobody, nobody)
	})
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		runtime.LockOSThread() // and never unlocked, so that the thread is thrown away
		if err := syscall.Setfsuid(nobody); err != nil {
			t.Error(err)
			return
		}
		f()
	}()
	<-done
}

// A read-only folder anywhere is found out before anything is written.
func TestReadOnly(t *testing.T) {
	for folder, want := range map[string]string{
		"stacks":                   "stacks: cannot write to it: permission denied",
		"stacks/lambda":            "stacks/lambda: cannot write to it: permission denied",
		"stacks/kubernetes":        "stacks/kubernetes: cannot write to it: permission denied",
		"stacks/.ambi":             "stacks/.ambi/staging: cannot make the folder: permission denied",
		"stacks/.ambi/base":        "stacks/.ambi/base: cannot write to it: permission denied",
		"stacks/.ambi/base/lambda": "stacks/.ambi/base/lambda: cannot write to it: permission denied",
	} {
		t.Run(folder, func(t *testing.T) {
			dir := t.TempDir()
			written(oldSet).with(users).lay(t, dir)
			was := reading(t, dir)
			if err := os.Chmod(filepath.Join(dir, folder), 0o555); err != nil {
				t.Fatal(err)
			}
			root := open(t, dir)
			asNobody(t, dir, func() {
				_, err := Write(root, emitted(newSet), Options{})
				if !errors.Is(err, fs.ErrPermission) || err.Error() != want+"\nhint: nothing was written" {
					t.Errorf("got %v, want %s", err, want)
				}
			})
			same(t, "after the error", reading(t, dir), was)
			if err := os.Chmod(filepath.Join(dir, folder), 0o755); err != nil {
				t.Fatal(err)
			}
			if _, err := Write(open(t, dir), emitted(newSet), Options{}); err != nil {
				t.Fatal(err)
			}
			same(t, "once it is writable", reading(t, dir), written(newSet).with(users).folders())
		})
	}
}

// A project that is up to date needs no right to write.
func TestReadOnlyUpToDate(t *testing.T) {
	dir := t.TempDir()
	written(oldSet).lay(t, dir)
	d := newDisk(open(t, dir), func(op, name string) error {
		if changesDisk(op) {
			return syscall.EROFS
		}
		return nil
	})
	if _, err := write(d, emitted(oldSet), Options{}); err != nil {
		t.Error(err)
	}
}

// A pipe in place of a file is refused; opening it would wait for ever.
func TestPipe(t *testing.T) {
	dir := t.TempDir()
	project{"stacks/": ""}.lay(t, dir)
	if err := syscall.Mkfifo(filepath.Join(dir, "stacks/main.go"), 0o644); err != nil {
		t.Fatal(err)
	}
	root, got := open(t, dir), make(chan error, 1)
	go func() {
		_, err := Write(root, emitted(newSet), Options{Force: true})
		got <- err
	}()
	select {
	case err := <-got:
		if err == nil || !strings.Contains(err.Error(), "stacks/main.go: is not a regular file") {
			t.Errorf("got %v", err)
		}
	case <-time.After(10 * time.Second):
		t.Error("Write waits for the pipe")
	}
}
