// Package inputfile opens the files and checks the folders that flags and
// arguments name. What is not there is a wrong use of ambi, and what cannot be
// read is the machine's fault; both are problems that name the flag.
package inputfile

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"

	"ambi/internal/problem"
)

// Open opens a file that a flag names; flag is empty for one that an argument
// names. The hints say where a missing file comes from.
func Open(flag, name string, hints ...string) (*os.File, error) {
	info, err := os.Stat(name)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		missing := problem.Flag(flag, "no file %s", name).Of(problem.Misuse)
		missing.Hints = hints
		return nil, missing
	case err == nil && info.IsDir():
		return nil, problem.Flag(flag, "%s is a folder, and a file is needed", name).Of(problem.Misuse)
	}
	file, err := os.Open(name)
	if err != nil {
		return nil, problem.As(problem.Machine, fmt.Errorf("cannot read %s: %w", name, Cause(err)))
	}
	return file, nil
}

// Read reads what is left of a file of at most some bytes; problems have the name.
func Read(file io.Reader, name string, most int64) ([]byte, error) {
	text, err := io.ReadAll(io.LimitReader(file, most+1))
	if err != nil {
		return nil, problem.New("cannot read %s: %w", name, Cause(err)).Of(problem.Machine)
	}
	if int64(len(text)) > most {
		return nil, problem.New("%s: must have at most %d bytes", name, most).Of(problem.Misuse)
	}
	return text, nil
}

// MaxText bounds a file that people write by hand, such as go.mod or Pulumi.yaml.
const MaxText = 4 << 20

// Text reads a file that people write by hand, and no more of it than MaxText. That
// it is not there is an fs.ErrNotExist.
func Text(name string) ([]byte, error) {
	info, err := os.Stat(name)
	if err == nil && !info.Mode().IsRegular() {
		return nil, problem.New("%s: must be a file", name).Of(problem.Misuse)
	}
	file, err := os.Open(name)
	if err != nil {
		return nil, problem.New("cannot read %s: %w", name, Cause(err)).Of(problem.Machine)
	}
	defer file.Close()
	return Read(file, name, MaxText)
}

// CheckFolder requires that a folder is there. Messages have it as it was given.
func CheckFolder(flag, folder, given string) error {
	info, err := os.Stat(folder)
	switch {
	case err != nil:
		return problem.Flag(flag, "no folder %s", given).Of(problem.Misuse)
	case !info.IsDir():
		return problem.Flag(flag, "%s is a file, and a folder is needed", given).Of(problem.Misuse)
	}
	return nil
}

// Cause is an error of a file without its operation and path, which messages have
// in words of their own.
func Cause(err error) error {
	var at *fs.PathError
	if errors.As(err, &at) {
		return at.Err
	}
	return err
}
