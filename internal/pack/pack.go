// Package pack makes the zips that AWS Lambda runs. The same files always give the same bytes:
// entries are sorted, times are constant, and of the modes only the execute permission is kept.
// So deploying an unchanged app changes nothing.
package pack

import (
	"archive/zip"
	"bytes"
	"debug/elf"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"slices"
	"strings"
	"time"

	"ambi/internal/problem"
	"ambi/spec"
	"ambi/target/lambda"
)

// Bootstrap is the executable that Lambda's runtime provided.al2023 starts.
const Bootstrap = "bootstrap"

// epoch is the earliest time that a zip can hold.
var epoch = time.Date(1980, 1, 1, 0, 0, 0, 0, time.UTC) //nolint:gochecknoglobals // a constant in all but name

// Zip packs a folder for functions of one architecture. The errors, all at once, are
// about what Lambda could not run; one that is not a [*Fault] is the disk's.
func Zip(folder fs.FS, architecture spec.Architecture) ([]byte, error) {
	var names []string
	var faults []error
	unzipped := int64(0)
	err := fs.WalkDir(folder, ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		info, err := fs.Stat(folder, name) // follows links: a zip for Lambda holds files
		if err != nil {
			return err
		}
		if !info.Mode().IsRegular() {
			faults = append(faults, fmt.Errorf("%s: is neither a file nor a folder", name))
			return nil
		}
		unzipped += info.Size()
		names = append(names, name)
		return nil
	})
	if err != nil {
		return nil, err
	}
	if unzipped > lambda.MaxUnzippedBytes {
		faults = append(faults, fmt.Errorf("%d MB in all: Lambda unpacks at most %d MB", unzipped>>20, lambda.MaxUnzippedBytes>>20))
	}
	faults = append(faults, bootstrap(folder, architecture))
	if err := errors.Join(faults...); err != nil {
		return nil, &Fault{err}
	}
	slices.Sort(names)
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for _, name := range names {
		if err := add(w, folder, name); err != nil {
			return nil, err
		}
	}
	if err := w.Close(); err != nil {
		return nil, err
	}
	if b.Len() > lambda.MaxZipBytes {
		return nil, &Fault{problem.New("the zip has %d MB: Lambda takes at most %d MB", b.Len()>>20, lambda.MaxZipBytes>>20).Hint("an image may have up to 10 GB")}
	}
	return b.Bytes(), nil
}

// Fault is what Lambda could not run.
type Fault struct{ err error }

func (f *Fault) Error() string { return f.err.Error() }

func (f *Fault) Unwrap() error { return f.err }

// Kind says that what was given is wrong.
func (f *Fault) Kind() problem.Kind { return problem.Invalid }

func add(w *zip.Writer, folder fs.FS, name string) error {
	file, err := folder.Open(name)
	if err != nil {
		return err
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		return err
	}
	header := &zip.FileHeader{Name: name, Method: zip.Deflate, Modified: epoch}
	header.SetMode(0o644)
	if name == Bootstrap || info.Mode()&0o111 != 0 { // Windows knows no such right
		header.SetMode(0o755)
	}
	entry, err := w.CreateHeader(header)
	if err != nil {
		return err
	}
	_, err = io.Copy(entry, file)
	return err
}

// machine is what ELF, the format of programs for Linux, calls an architecture.
func machine(architecture spec.Architecture) elf.Machine {
	if architecture == spec.ARM64 {
		return elf.EM_AARCH64
	}
	return elf.EM_X86_64
}

// bootstrap checks what Lambda starts: a program for Linux on the architecture, or
// a script whose lines end as Linux needs it.
func bootstrap(folder fs.FS, architecture spec.Architecture) error {
	text, err := fs.ReadFile(folder, Bootstrap)
	if errors.Is(err, fs.ErrNotExist) {
		return problem.New("there is no %s", Bootstrap).Hint("it is the executable that Lambda starts, at the top of the folder")
	}
	if err != nil {
		return err
	}
	if first, _, _ := strings.Cut(string(text[:min(len(text), 256)]), "\n"); strings.HasPrefix(first, "#!") {
		if strings.HasSuffix(first, "\r") {
			return problem.New("%s: its lines end in CR LF, which Linux does not run", Bootstrap).Hint("save it with LF")
		}
		return nil
	}
	program, err := elf.NewFile(bytes.NewReader(text))
	if err != nil {
		return fmt.Errorf("%s: is neither a program for Linux nor a script", Bootstrap)
	}
	if program.Machine != machine(architecture) {
		return fmt.Errorf("%s: is built for %s, and lambda.architecture is %s", Bootstrap, strings.ToLower(strings.TrimPrefix(program.Machine.String(), "EM_")), architecture)
	}
	return nil
}
