package outfile

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"

	"ambi/internal/problem"
)

// Check refuses a file that a flag names where there is no folder for it, or a
// folder in its place: before any work is done for it.
func Check(flag, name string) error {
	folder := filepath.Dir(name)
	if info, err := os.Stat(folder); errors.Is(err, fs.ErrNotExist) || err == nil && !info.IsDir() {
		return problem.Flag(flag, "no folder %s", folder).Of(problem.Misuse)
	}
	if info, err := os.Stat(name); err == nil && info.IsDir() {
		return problem.Flag(flag, "%s is a folder, and must be a file", name).Of(problem.Misuse)
	}
	return nil
}
