// Command dist builds what a release of ambi is made of: an archive a platform, with
// the program, completions for four shells and the texts that belong to it, and a file
// of their checksums.
//
//	go run ./internal/dist -out dist
//
// The same source and the same Go give the same bytes on any machine: nothing is built
// with cgo or with paths of the machine, and every time in an archive is one constant.
package main

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"time"
)

func main() {
	out := flag.String("out", "dist", "the `FOLDER` to write")
	only := flag.String("platforms", strings.Join(usualPlatforms(), ","), "`OS/ARCHITECTURE` of each archive")
	flag.Parse()
	if err := build(".", *out, strings.Split(*only, ","), os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "dist:", err)
		os.Exit(1)
	}
}

func usualPlatforms() []string {
	return []string{"linux/amd64", "linux/arm64", "darwin/amd64", "darwin/arm64", "windows/amd64", "windows/arm64"}
}

// entry is a file of an archive.
type entry struct {
	name       string
	text       []byte
	executable bool
}

// build writes an archive for each platform, and their checksums.
func build(root, out string, platforms []string, log io.Writer) error {
	work, err := os.MkdirTemp("", "ambi-dist-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(work)
	built := map[string]string{} // by platform
	program := func(goos, goarch string) (string, error) {
		platform := goos + "-" + goarch
		if built[platform] == "" {
			output := filepath.Join(work, platform)
			if err := compile(root, output, goos, goarch); err != nil {
				return "", err
			}
			built[platform] = output
		}
		return built[platform], nil
	}
	here, err := program(runtime.GOOS, runtime.GOARCH)
	if err != nil {
		return err
	}
	common, version, err := alike(root, here)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(out, 0o755); err != nil {
		return err
	}
	var sums strings.Builder
	for _, platform := range platforms {
		goos, goarch, ok := strings.Cut(platform, "/")
		if !ok {
			return fmt.Errorf("%q is no platform such as linux/amd64", platform)
		}
		file, err := program(goos, goarch)
		if err != nil {
			return err
		}
		text, err := os.ReadFile(file)
		if err != nil {
			return err
		}
		name, pack, suffix := "ambi", tarball, ".tar.gz"
		if goos == "windows" {
			name, pack, suffix = "ambi.exe", zipped, ".zip"
		}
		archive, err := pack(append([]entry{{name, text, true}}, common...))
		if err != nil {
			return err
		}
		archived := fmt.Sprintf("ambi_%s_%s_%s%s", version, goos, goarch, suffix)
		if err := os.WriteFile(filepath.Join(out, archived), archive, 0o644); err != nil {
			return err
		}
		fmt.Fprintf(&sums, "%x  %s\n", sha256.Sum256(archive), archived)
		fmt.Fprintf(log, "%s: %.1f MB\n", archived, float64(len(archive))/1e6)
	}
	return os.WriteFile(filepath.Join(out, "SHA256SUMS"), []byte(sums.String()), 0o644)
}

// compile builds ambi for a platform.
func compile(root, output, goos, goarch string) error {
	cmd := exec.Command("go", "build", "-trimpath", "-ldflags=-s -w", "-o", output, "./cmd/ambi")
	cmd.Dir, cmd.Stderr = root, os.Stderr
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0", "GOFLAGS=", "GOOS="+goos, "GOARCH="+goarch)
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("%s/%s does not compile: %w", goos, goarch, err)
	}
	return nil
}

// alike is what all archives have, and the version that the program says it is.
func alike(root, program string) ([]entry, string, error) {
	said, err := exec.Command(program, "--version").Output()
	words := strings.Fields(string(said)) // ambi v1.2.3 ...
	if err != nil || len(words) < 2 {
		return nil, "", errors.Join(fmt.Errorf("the program does not say its version: %s", said), err)
	}
	var list []entry
	for _, name := range []string{"CHANGELOG.md", "LICENSE", "README.md"} {
		text, err := os.ReadFile(filepath.Join(root, name))
		if err != nil {
			return nil, "", err
		}
		list = append(list, entry{name: name, text: text})
	}
	for shell, name := range map[string]string{"bash": "ambi.bash", "fish": "ambi.fish", "powershell": "ambi.ps1", "zsh": "_ambi"} {
		text, err := exec.Command(program, "completion", shell).Output()
		if err != nil {
			return nil, "", fmt.Errorf("completion for %s: %w", shell, err)
		}
		list = append(list, entry{name: "completions/" + name, text: text})
	}
	slices.SortFunc(list, func(a, b entry) int { return strings.Compare(a.name, b.name) })
	return list, words[1], nil
}

// when is the time of every entry: the earliest that a zip can hold.
func when() time.Time { return time.Date(1980, 1, 1, 0, 0, 0, 0, time.UTC) }

func (e entry) mode() fs.FileMode {
	if e.executable {
		return 0o755
	}
	return 0o644
}

func tarball(entries []entry) ([]byte, error) {
	var b bytes.Buffer
	compressed, err := gzip.NewWriterLevel(&b, gzip.BestCompression)
	if err != nil {
		return nil, err
	}
	w := tar.NewWriter(compressed)
	for _, e := range entries {
		header := &tar.Header{Name: e.name, Mode: int64(e.mode()), Size: int64(len(e.text)), ModTime: when(), Typeflag: tar.TypeReg}
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
		header := &zip.FileHeader{Name: e.name, Method: zip.Deflate, Modified: when()}
		header.SetMode(e.mode())
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
