package main

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

// The archive for this machine holds a program that works where neither Go nor the
// source is, has nothing of this machine in it, and is the same when it is built again.
func TestArchive(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("the archive is unpacked as a tarball")
	}
	here := []platform{{runtime.GOOS, runtime.GOARCH}}
	out := filepath.Join(t.TempDir(), "dist")
	archive := release(t, out, here)
	stale := filepath.Join(out, "stale")
	if err := os.WriteFile(stale, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	if again := release(t, out, here); !bytes.Equal(archive, again) {
		t.Error("building the same source again gives other bytes")
	}
	if _, err := os.Stat(stale); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("an earlier build's file is still there: %v", err)
	}

	files := unpack(t, archive)
	for _, name := range []string{"CHANGELOG.md", "LICENSE", "README.md"} {
		if text, err := os.ReadFile(filepath.Join("../..", name)); err != nil || !bytes.Equal(text, files[name]) {
			t.Errorf("%s in the archive is not the repository's: %v", name, err)
		}
	}
	for name, text := range map[string]string{
		"completions/_ambi": "#compdef ambi", "completions/ambi.bash": "bash completion", "completions/ambi.fish": "fish completion", "completions/ambi.ps1": "powershell completion",
	} {
		if !bytes.Contains(files[name], []byte(text)) {
			t.Errorf("%s does not say %q", name, text)
		}
	}
	if len(files) != 8 {
		t.Errorf("%d files in the archive, want 8", len(files))
	}
	root, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	if bytes.Contains(files["ambi"], []byte(root)) {
		t.Errorf("the program has %s in it", root)
	}

	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "ambi"), files["ambi"], 0o755); err != nil {
		t.Fatal(err)
	}
	for _, command := range []string{"init -C shop", "validate -C shop", "generate -C shop --check", "compare -C shop"} {
		cmd := exec.Command(filepath.Join(dir, "ambi"), strings.Fields(command)...)
		cmd.Dir, cmd.Env = dir, []string{"HOME=" + dir, "PATH=" + dir}
		if said, err := cmd.CombinedOutput(); err != nil {
			t.Errorf("ambi %s: %v\n%s", command, err, said)
		}
	}
}

// release builds a release of one platform and returns its archive, whose checksum it has checked.
func release(t *testing.T, out string, platforms []platform) []byte {
	t.Helper()
	if err := build(context.Background(), "../..", out, platforms, io.Discard); err != nil {
		t.Fatal(err)
	}
	files, err := os.ReadDir(out)
	if err != nil || len(files) != 2 || files[0].Name() != "SHA256SUMS" {
		t.Fatalf("%v, %v: want SHA256SUMS and one archive", files, err)
	}
	archive, err := os.ReadFile(filepath.Join(out, files[1].Name()))
	if err != nil {
		t.Fatal(err)
	}
	sums, err := os.ReadFile(filepath.Join(out, "SHA256SUMS"))
	if want := fmt.Sprintf("%x  %s\n", sha256.Sum256(archive), files[1].Name()); err != nil || string(sums) != want {
		t.Errorf("SHA256SUMS has %q, want %q: %v", sums, want, err)
	}
	return archive
}

// unpack returns the files of a tarball, and fails where one has a time or an owner.
func unpack(t *testing.T, archive []byte) map[string][]byte {
	t.Helper()
	compressed, err := gzip.NewReader(bytes.NewReader(archive))
	if err != nil {
		t.Fatal(err)
	}
	files := map[string][]byte{}
	for r := tar.NewReader(compressed); ; {
		header, err := r.Next()
		if errors.Is(err, io.EOF) {
			return files
		}
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		if !header.ModTime.Equal(epoch()) || header.Uid != 0 || header.Uname != "" {
			t.Errorf("%s has the time %s and the owner %d %s", header.Name, header.ModTime, header.Uid, header.Uname)
		}
		if executable := header.Mode == 0o755; executable != (header.Name == "ambi") {
			t.Errorf("%s has the mode %o", header.Name, header.Mode)
		}
		files[header.Name] = text
	}
}

// A failed build keeps the release that is there, and leaves nothing behind.
func TestFailure(t *testing.T) {
	dir := t.TempDir()
	out := filepath.Join(dir, "dist")
	if err := os.Mkdir(out, 0o755); err != nil {
		t.Fatal(err)
	}
	earlier := filepath.Join(out, "earlier")
	if err := os.WriteFile(earlier, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	err := build(context.Background(), "../..", out, []platform{{"plan9", "sparc"}}, io.Discard)
	if err == nil || !strings.Contains(err.Error(), "building for plan9_sparc") {
		t.Errorf("a platform that Go does not know: %v", err)
	}
	files, err := os.ReadDir(dir)
	if err != nil || len(files) != 1 {
		t.Errorf("left behind: %v, %v", files, err)
	}
	if _, err := os.Stat(earlier); err != nil {
		t.Error(err)
	}
}

// The zips, which are for Windows, hold what tarballs hold, with a constant time.
func TestZip(t *testing.T) {
	entries := []entry{{"ambi.exe", 0o755, []byte("program")}, {"completions/ambi.ps1", 0o644, []byte("text")}}
	archive, err := zipped(entries)
	if err != nil {
		t.Fatal(err)
	}
	r, err := zip.NewReader(bytes.NewReader(archive), int64(len(archive)))
	if err != nil || len(r.File) != len(entries) {
		t.Fatalf("%d files, want %d: %v", len(r.File), len(entries), err)
	}
	for i, file := range r.File {
		content, err := file.Open()
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(content)
		if err != nil || !bytes.Equal(text, entries[i].text) || file.Name != entries[i].name || file.Mode() != entries[i].mode || !file.Modified.Equal(epoch()) {
			t.Errorf("%s, mode %o, time %s: %q, %v", file.Name, file.Mode(), file.Modified, text, err)
		}
	}
}
