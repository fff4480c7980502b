package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"ambi/internal/problem"
)

// openInput opens a file that was named: by a flag, or by an argument where flag
// is empty. A file that is not there, or that is a folder, is a wrong use; one
// that cannot be read is the machine's fault.
func openInput(flag, name string, hints ...string) (*os.File, error) {
	info, err := os.Stat(name)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		missing := problem.Flag(flag, "no file %s", name)
		missing.Hints = hints
		return nil, usageError{missing}
	case err == nil && info.IsDir():
		return nil, usageError{problem.Flag(flag, "%s is a folder, and a file is needed", name)}
	}
	file, err := os.Open(name)
	if err != nil {
		return nil, machineError{fmt.Errorf("cannot read %s: %w", name, bare(err))}
	}
	return file, nil
}

// checkOutput refuses to write a file where there is no folder, or where there
// is one in its place: before any work is done for it.
func checkOutput(flag, name string) error {
	folder := filepath.Dir(name)
	if info, err := os.Stat(folder); errors.Is(err, fs.ErrNotExist) || err == nil && !info.IsDir() {
		return usageError{problem.Flag(flag, "no folder %s", folder)}
	}
	if info, err := os.Stat(name); err == nil && info.IsDir() {
		return usageError{problem.Flag(flag, "%s is a folder, and a file is written", name)}
	}
	return nil
}

// checkFolder requires that a folder is there, by the name that was given for it.
func checkFolder(flag, folder, given string) error {
	info, err := os.Stat(folder)
	switch {
	case err != nil:
		return usageError{problem.Flag(flag, "no folder %s", given)}
	case !info.IsDir():
		return usageError{problem.Flag(flag, "%s is a file, and a folder is needed", given)}
	}
	return nil
}

// bare is an error of a file without its path and operation, which messages
// have in words of their own.
func bare(err error) error {
	var at *fs.PathError
	if errors.As(err, &at) {
		return at.Err
	}
	return err
}
