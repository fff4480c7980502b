package outfile_test

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"ambi/internal/outfile"
)

func read(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// alone requires that a folder holds these names and no more.
func alone(t *testing.T, dir string, names ...string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, e := range entries {
		got = append(got, e.Name())
	}
	if strings.Join(got, " ") != strings.Join(names, " ") {
		t.Errorf("the folder holds %q, want %q", got, names)
	}
}

func TestWrite(t *testing.T) {
	dir := t.TempDir()
	name := filepath.Join(dir, "out")
	for _, text := range []string{"new\n", "", "again, and longer\n"} {
		if err := outfile.Write(name, []byte(text)); err != nil {
			t.Fatal(err)
		}
		if got := read(t, name); got != text {
			t.Errorf("got %q, want %q", got, text)
		}
	}
	alone(t, dir, "out")
}

// A link stays, and what it leads to is replaced, or made.
func TestLinks(t *testing.T) {
	for name, c := range map[string]struct{ link, target, text string }{
		"beside":            {"target", "target", "old\n"},
		"in another folder": {"sub/target", "sub/target", "old\n"},
		"to nothing yet":    {"sub/target", "sub/target", ""},
		"by way of a link":  {"other/../target", "elsewhere/target", "old\n"},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			for _, folder := range []string{"sub", "elsewhere/below"} {
				if err := os.MkdirAll(filepath.Join(dir, folder), 0o755); err != nil {
					t.Fatal(err)
				}
			}
			if err := os.Symlink("elsewhere/below", filepath.Join(dir, "other")); err != nil {
				t.Skip(err)
			}
			target := filepath.Join(dir, filepath.FromSlash(c.target))
			if c.text != "" {
				if err := os.WriteFile(target, []byte(c.text), 0o640); err != nil {
					t.Fatal(err)
				}
			}
			link, second := filepath.Join(dir, "link"), filepath.Join(dir, "second")
			if err := errors.Join(os.Symlink(c.link, link), os.Symlink("link", second)); err != nil {
				t.Fatal(err)
			}
			if err := outfile.Write(second, []byte("new\n")); err != nil {
				t.Fatal(err)
			}
			for _, l := range []string{link, second} {
				if info, err := os.Lstat(l); err != nil || info.Mode()&fs.ModeSymlink == 0 {
					t.Errorf("%s is no link any more: %v, %v", l, info, err)
				}
			}
			if got := read(t, target); got != "new\n" {
				t.Errorf("the target holds %q", got)
			}
		})
	}
}

func TestLinksInACircle(t *testing.T) {
	dir := t.TempDir()
	a, b := filepath.Join(dir, "a"), filepath.Join(dir, "b")
	if err := errors.Join(os.Symlink("b", a), os.Symlink("a", b)); err != nil {
		t.Skip(err)
	}
	if err := outfile.Write(a, nil); err == nil || !strings.HasPrefix(err.Error(), "cannot write "+a+": ") {
		t.Errorf("got %v", err)
	}
	alone(t, dir, "a", "b")
}

// The mode stays, and a private file is private from the first byte on.
func TestMode(t *testing.T) {
	for _, mode := range []fs.FileMode{0o600, 0o640, 0o755, 0o666} {
		dir := t.TempDir()
		name := filepath.Join(dir, "out")
		if err := errors.Join(os.WriteFile(name, []byte("old\n"), 0o600), os.Chmod(name, mode)); err != nil {
			t.Fatal(err)
		}
		f, err := outfile.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		if info, err := f.Stat(); err != nil || info.Mode().Perm() != mode {
			t.Errorf("while it is written: %v, %v, want %v", info.Mode(), err, mode)
		}
		if err := f.Commit(); err != nil {
			t.Fatal(err)
		}
		if info, err := os.Stat(name); err != nil || info.Mode().Perm() != mode {
			t.Errorf("mode %v, %v, want %v", info.Mode(), err, mode)
		}
	}
}

// Without Commit nothing happens, and Discard after it does nothing.
func TestDiscard(t *testing.T) {
	dir := t.TempDir()
	name := filepath.Join(dir, "out")
	if err := os.WriteFile(name, []byte("old\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	f, err := outfile.Create(name)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.Write([]byte("half")); err != nil {
		t.Fatal(err)
	}
	if got := read(t, name); got != "old\n" {
		t.Errorf("while it is written: %q", got)
	}
	if err := errors.Join(f.Discard(), f.Discard()); err != nil {
		t.Fatal(err)
	}
	if got := read(t, name); got != "old\n" {
		t.Errorf("after Discard: %q", got)
	}
	alone(t, dir, "out")

	if f, err = outfile.Create(name); err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(f.Commit(), f.Discard()); err != nil {
		t.Fatal(err)
	}
	if got := read(t, name); got != "" {
		t.Errorf("after Commit and Discard: %q", got)
	}
}

func TestRefused(t *testing.T) {
	dir := t.TempDir()
	for name, want := range map[string]string{
		dir:                                     "is a directory",
		filepath.Join(dir, "missing", "out"):    "no such file or directory",
		filepath.Join(dir, "missing", "a", "b"): "no such file or directory",
	} {
		err := outfile.Write(name, []byte("x"))
		if err == nil || err.Error() != "cannot write "+name+": "+want {
			t.Errorf("%s: got %v, want %s", name, err, want)
		}
	}
	alone(t, dir)
}

// The process's own descriptors are written through, whatever they lead to.
func TestDescriptors(t *testing.T) {
	if _, err := os.Stat("/dev/stdout"); err != nil {
		t.Skip(err)
	}
	dir := t.TempDir()
	name := filepath.Join(dir, "redirected")
	to, err := os.Create(name)
	if err != nil {
		t.Fatal(err)
	}
	defer to.Close()
	if _, err := to.WriteString("before\n"); err != nil {
		t.Fatal(err)
	}
	stdout := os.Stdout
	os.Stdout = to
	defer func() { os.Stdout = stdout }()
	link := filepath.Join(dir, "link")
	if err := os.Symlink("/dev/stdout", link); err != nil {
		t.Fatal(err)
	}
	for _, descriptor := range []string{"/dev/stdout", "/dev/fd/1", link} {
		if err := outfile.Write(descriptor, []byte(filepath.Base(descriptor)+"\n")); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := to.WriteString("after\n"); err != nil {
		t.Errorf("the descriptor is closed: %v", err)
	}
	if got, want := read(t, name), "before\nstdout\n1\nlink\nafter\n"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	alone(t, dir, "link", "redirected")
}

func TestDevices(t *testing.T) {
	for _, name := range []string{"/dev/null", "/dev/full"} {
		before, err := os.Lstat(name)
		if err != nil {
			t.Skip(err)
		}
		f, err := outfile.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		if !f.Through() {
			t.Errorf("%s is not written through", name)
		}
		_, err = f.Write(bytes.Repeat([]byte("x"), 1000))
		if full := name == "/dev/full"; (err != nil) != full || full && err.Error() != "cannot write /dev/full: no space left on device" {
			t.Errorf("%s: got %v", name, err)
		}
		if err := f.Discard(); err != nil {
			t.Error(err)
		}
		if after, err := os.Lstat(name); err != nil || after.Mode() != before.Mode() {
			t.Errorf("%s was %v, and is %v (%v)", name, before.Mode(), after.Mode(), err)
		}
	}
}
