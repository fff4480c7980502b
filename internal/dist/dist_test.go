package main

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

// The archive for this machine works in a folder where neither Go nor the source is,
// and is the same bytes when it is built again.
func TestArchive(t *testing.T) {
	here := runtime.GOOS + "/" + runtime.GOARCH
	first, again := t.TempDir(), t.TempDir()
	for _, out := range []string{first, again} {
		if err := build("../..", out, []string{here}, io.Discard); err != nil {
			t.Fatal(err)
		}
	}
	sums, err := os.ReadFile(filepath.Join(first, "SHA256SUMS"))
	if err != nil {
		t.Fatal(err)
	}
	sum, name, _ := strings.Cut(strings.TrimSpace(string(sums)), "  ")
	text, err := os.ReadFile(filepath.Join(first, name))
	if err != nil || fmt.Sprintf("%x", sha256.Sum256(text)) != sum {
		t.Errorf("the checksum of %s is wrong, %v", name, err)
	}
	if twice, err := os.ReadFile(filepath.Join(again, name)); err != nil || !bytes.Equal(text, twice) {
		t.Errorf("%s is different when it is built again, %v", name, err)
	}
	if runtime.GOOS == "windows" {
		t.Skip("what follows unpacks a tarball")
	}
	dir := t.TempDir()
	unpack(t, dir, text)
	for _, file := range []string{"LICENSE", "README.md", "CHANGELOG.md", "completions/ambi.bash", "completions/_ambi", "completions/ambi.fish", "completions/ambi.ps1"} {
		if info, err := os.Stat(filepath.Join(dir, file)); err != nil || info.Size() == 0 {
			t.Errorf("%s: %v", file, err)
		}
	}
	for _, command := range [][]string{{"init", "-C", "shop"}, {"validate", "-C", "shop"}, {"generate", "-C", "shop", "--check"}, {"compare", "-C", "shop"}} {
		cmd := exec.Command(filepath.Join(dir, "ambi"), command...)
		cmd.Dir, cmd.Env = dir, []string{"HOME=" + dir, "PATH=" + dir}
		if said, err := cmd.CombinedOutput(); err != nil {
			t.Errorf("ambi %s: %v\n%s", strings.Join(command, " "), err, said)
		}
	}
}

func unpack(t *testing.T, dir string, archive []byte) {
	t.Helper()
	compressed, err := gzip.NewReader(bytes.NewReader(archive))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(filepath.Join(dir, "completions"), 0o755); err != nil {
		t.Fatal(err)
	}
	r := tar.NewReader(compressed)
	for {
		header, err := r.Next()
		if err == io.EOF {
			return
		}
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, header.Name), text, header.FileInfo().Mode()); err != nil {
			t.Fatal(err)
		}
	}
}

// A zip, which is for Windows, holds what was put in, with one time.
func TestZip(t *testing.T) {
	archive, err := zipped([]entry{{"ambi.exe", []byte("program"), true}, {name: "LICENSE", text: []byte("text")}})
	if err != nil {
		t.Fatal(err)
	}
	r, err := zip.NewReader(bytes.NewReader(archive), int64(len(archive)))
	if err != nil || len(r.File) != 2 || r.File[0].Name != "ambi.exe" || !r.File[0].Modified.Equal(when()) || r.File[0].Mode() != 0o755 {
		t.Errorf("%v: %+v", err, r.File)
	}
}
