package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// openInput opens a file that was named: by a flag, or by an argument where what
// is empty. A file that is not there, or that is a folder, is a wrong use; one
// that cannot be read is the machine's fault.
func openInput(what, name string, hints ...string) (*os.File, error) {
	if what != "" {
		what += ": "
	}
	info, err := os.Stat(name)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		text := fmt.Sprintf("%sno file %s", what, name)
		for _, hint := range hints {
			text += "\nhint: " + hint
		}
		return nil, usageError{errors.New(text)}
	case err == nil && info.IsDir():
		return nil, usageError{fmt.Errorf("%s%s is a folder, and a file is needed", what, name)}
	}
	file, err := os.Open(name)
	if err != nil {
		return nil, machineError{fmt.Errorf("cannot read %s: %w", name, bare(err))}
	}
	return file, nil
}

// checkOutput refuses to write a file where there is no folder, or where there
// is one in its place: before any work is done for it.
func checkOutput(what, name string) error {
	folder := filepath.Dir(name)
	if info, err := os.Stat(folder); errors.Is(err, fs.ErrNotExist) || err == nil && !info.IsDir() {
		return usageError{fmt.Errorf("%s: no folder %s", what, folder)}
	}
	if info, err := os.Stat(name); err == nil && info.IsDir() {
		return usageError{fmt.Errorf("%s: %s is a folder, and a file is written", what, name)}
	}
	return nil
}

// checkFolder requires that a folder is there, by the name that was given for it.
func checkFolder(what, folder, given string) error {
	info, err := os.Stat(folder)
	switch {
	case err != nil:
		return usageError{fmt.Errorf("%s: no folder %s", what, given)}
	case !info.IsDir():
		return usageError{fmt.Errorf("%s: %s is a file, and a folder is needed", what, given)}
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
