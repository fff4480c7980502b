// Command dist builds a release of ambi into the folder dist: one archive for each
// platform, with the program, the completions of four shells, the README, the changelog
// and the license, and SHA256SUMS, the checksums of the archives.
//
//	go run ./internal/dist
//
// The same commit and the same version of Go give the same bytes on every machine:
// programs are built without cgo and without paths of the machine, and everything in an
// archive has one constant time. The folder is replaced as a whole, and only if
// everything was built.
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
	"io/fs"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"runtime"
	"strings"
	"time"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := build(ctx, ".", "dist", platforms(), os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "dist:", err)
		os.Exit(1)
	}
}

// platform is a pair of GOOS and GOARCH.
type platform struct{ os, arch string }

func (p platform) String() string { return p.os + "_" + p.arch }

// platforms are those that a release is built for.
func platforms() []platform {
	return []platform{
		{"darwin", "amd64"},
		{"darwin", "arm64"},
		{"linux", "amd64"},
		{"linux", "arm64"},
		{"windows", "amd64"},
		{"windows", "arm64"},
	}
}

// entry is a file of an archive.
type entry struct {
	name string
	mode fs.FileMode
	text []byte
}

// build replaces the folder out with the archives of the source in root. On failure it
// leaves out as it was.
func build(ctx context.Context, root, out string, platforms []platform, log io.Writer) error {
	work, err := os.MkdirTemp(filepath.Dir(out), ".dist-") // on the disk of out: it is renamed
	if err != nil {
		return err
	}
	defer os.RemoveAll(work)
	here, err := compile(ctx, root, work, platform{runtime.GOOS, runtime.GOARCH})
	if err != nil {
		return err
	}
	version, err := versionOf(ctx, here)
	if err != nil {
		return err
	}
	shared, err := besides(ctx, root, here)
	if err != nil {
		return err
	}
	archives := filepath.Join(work, "archives")
	if err := os.Mkdir(archives, 0o755); err != nil {
		return err
	}
	var sums strings.Builder
	for _, p := range platforms {
		program, err := compile(ctx, root, work, p)
		if err != nil {
			return err
		}
		text, err := os.ReadFile(program)
		if err != nil {
			return err
		}
		name, pack, suffix := "ambi", tarball, ".tar.gz"
		if p.os == "windows" {
			name, pack, suffix = "ambi.exe", zipped, ".zip"
		}
		archive, err := pack(append([]entry{{name, 0o755, text}}, shared...))
		if err != nil {
			return err
		}
		file := fmt.Sprintf("ambi_%s_%s%s", version, p, suffix)
		if err := os.WriteFile(filepath.Join(archives, file), archive, 0o644); err != nil {
			return err
		}
		fmt.Fprintf(&sums, "%x  %s\n", sha256.Sum256(archive), file)
		fmt.Fprintf(log, "%s: %.1f MB\n", file, float64(len(archive))/1e6)
	}
	if err := os.WriteFile(filepath.Join(archives, "SHA256SUMS"), []byte(sums.String()), 0o644); err != nil {
		return err
	}
	if err := os.RemoveAll(out); err != nil {
		return err
	}
	return os.Rename(archives, out)
}

// compile builds ambi for a platform in the folder work, and returns the program's path.
// Building it again costs a link: Go's cache has the rest.
func compile(ctx context.Context, root, work string, p platform) (string, error) {
	program, err := filepath.Abs(filepath.Join(work, p.String()))
	if err != nil {
		return "", err
	}
	cmd := exec.CommandContext(ctx, "go", "build", "-trimpath", "-ldflags=-s -w", "-o", program, "./cmd/ambi")
	cmd.Dir = root
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0", "GOOS="+p.os, "GOARCH="+p.arch)
	if said, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("building for %s: %w\n%s", p, err, said)
	}
	return program, nil
}

// versionOf asks the program: Go puts the tag or the commit into it.
func versionOf(ctx context.Context, program string) (string, error) {
	said, err := exec.CommandContext(ctx, program, "--version").Output()
	if err != nil {
		return "", fmt.Errorf("ambi --version: %w", err)
	}
	words := strings.Fields(string(said)) // ambi v1.2.3 (go1.26), ...
	if len(words) < 2 || words[0] != "ambi" {
		return "", fmt.Errorf("ambi --version prints no version: %q", said)
	}
	return words[1], nil
}

// besides returns what every archive has besides the program.
func besides(ctx context.Context, root, program string) ([]entry, error) {
	var list []entry
	for _, name := range []string{"CHANGELOG.md", "LICENSE", "README.md"} {
		text, err := os.ReadFile(filepath.Join(root, name))
		if err != nil {
			return nil, err
		}
		list = append(list, entry{name, 0o644, text})
	}
	for _, c := range []struct{ shell, file string }{
		{"zsh", "_ambi"}, // the name by which zsh finds it
		{"bash", "ambi.bash"},
		{"fish", "ambi.fish"},
		{"powershell", "ambi.ps1"},
	} {
		text, err := exec.CommandContext(ctx, program, "completion", c.shell).Output()
		if err != nil {
			return nil, fmt.Errorf("ambi completion %s: %w", c.shell, err)
		}
		list = append(list, entry{"completions/" + c.file, 0o644, text})
	}
	return list, nil
}

// epoch returns the time of every entry: the earliest that a zip can hold.
func epoch() time.Time { return time.Date(1980, 1, 1, 0, 0, 0, 0, time.UTC) }

func tarball(entries []entry) ([]byte, error) {
	var b bytes.Buffer
	compressed, err := gzip.NewWriterLevel(&b, gzip.BestCompression)
	if err != nil {
		return nil, err
	}
	w := tar.NewWriter(compressed)
	for _, e := range entries {
		header := &tar.Header{Typeflag: tar.TypeReg, Name: e.name, Mode: int64(e.mode), Size: int64(len(e.text)), ModTime: epoch()}
		if err := w.WriteHeader(header); err != nil {
			return nil, err
		}
		if _, err := w.Write(e.text); err != nil {
			return nil, err
		}
	}
	if err := errors.Join(w.Close(), compressed.Close()); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

func zipped(entries []entry) ([]byte, error) {
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for _, e := range entries {
		header := &zip.FileHeader{Name: e.name, Method: zip.Deflate, Modified: epoch()}
		header.SetMode(e.mode)
		file, err := w.CreateHeader(header)
		if err != nil {
			return nil, err
		}
		if _, err := file.Write(e.text); err != nil {
			return nil, err
		}
	}
	if err := w.Close(); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}
