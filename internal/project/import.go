package project

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"

	"ambi/internal/inputfile"
	"ambi/internal/outfile"
	"ambi/internal/problem"
)

// WriteSpec writes the spec of a project in a folder, and returns the file's name. It
// replaces one that is there only if it is told to.
func WriteSpec(dir string, text []byte, replace bool) (string, error) {
	name := filepath.Join(dir, SpecFile)
	if _, err := os.Lstat(name); err == nil && !replace {
		return "", problem.File(name, 0, "is there already; nothing was written").Hint("--force replaces it, and --stdout prints the spec instead")
	} else if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return "", problem.New("cannot write %s: %w", name, inputfile.Cause(err)).Of(problem.Machine)
	}
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		return "", problem.New("cannot write %s: %w", name, inputfile.Cause(err)).Of(problem.Machine)
	}
	return name, outfile.Write(name, text)
}
