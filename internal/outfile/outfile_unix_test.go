//go:build unix

package outfile_test

import (
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"ambi/internal/outfile"
)

// A pipe is written through, by its own name and by a link's.
func TestPipe(t *testing.T) {
	dir := t.TempDir()
	pipe, link := filepath.Join(dir, "pipe"), filepath.Join(dir, "link")
	if err := syscall.Mkfifo(pipe, 0o600); err != nil {
		t.Skip(err)
	}
	if err := os.Symlink("pipe", link); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{pipe, link} {
		got := make(chan string)
		go func() {
			f, err := os.Open(pipe)
			if err != nil {
				t.Error(err)
				close(got)
				return
			}
			defer f.Close()
			text, _ := io.ReadAll(f)
			got <- string(text)
		}()
		if err := outfile.Write(name, []byte("text\n")); err != nil {
			t.Fatal(err)
		}
		if text := <-got; text != "text\n" {
			t.Errorf("the reader got %q", text)
		}
		if info, err := os.Lstat(pipe); err != nil || info.Mode().Type() != fs.ModeNamedPipe {
			t.Errorf("the pipe is %v (%v)", info.Mode(), err)
		}
	}
	alone(t, dir, "link", "pipe")
}

// Root keeps a file another user's.
func TestOwner(t *testing.T) {
	if os.Getuid() != 0 {
		t.Skip("only root gives files away")
	}
	name := filepath.Join(t.TempDir(), "out")
	if err := os.WriteFile(name, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Chown(name, 65534, 65533); err != nil {
		t.Fatal(err)
	}
	if err := outfile.Write(name, []byte("new\n")); err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(name)
	if err != nil {
		t.Fatal(err)
	}
	if of, ok := info.Sys().(*syscall.Stat_t); !ok || of.Uid != 65534 || of.Gid != 65533 {
		t.Errorf("the owner is %v", info.Sys())
	}
}
