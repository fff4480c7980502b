// Package outfile writes the files that a command's user names:
//
//	f, err := outfile.Create("page.html")
//	...
//	defer func() { _ = f.Discard() }() // nothing is left of it once it is committed
//	_, err = f.Write(page)
//	...
//	err = f.Commit()
//
// A regular file, or one that is not there yet, is replaced by renaming a
// finished one over it: its readers see the old text or the new one, and a failure
// leaves the old one. The file keeps its mode, and its owner where the system
// allows that. A symbolic link is followed, and stays. A device, a pipe and an
// open descriptor such as /dev/stdout are written to, and never replaced.
package outfile

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"syscall"
)

// File is a file on its way: it is there once it is committed.
type File struct {
	*os.File
	name    string      // as the user gave it
	target  string      // what is replaced; empty for what is written through
	before  fs.FileInfo // of the target; nil where it is new
	through bool
	shared  bool // a descriptor of the whole process, which stays open
	ended   bool
}

// Create starts to write a file.
func Create(name string) (*File, error) {
	f, err := create(name)
	if err != nil {
		return nil, cannotWrite(name, err)
	}
	return f, nil
}

// Write writes a whole file.
func Write(name string, text []byte) error {
	f, err := Create(name)
	if err != nil {
		return err
	}
	defer func() { _ = f.Discard() }() // nothing is left of it once it is committed
	if _, err := f.Write(text); err != nil {
		return err
	}
	return f.Commit()
}

func create(name string) (*File, error) {
	target, descriptor, err := follow(name)
	if err != nil {
		return nil, err
	}
	f := &File{name: name, through: true}
	switch descriptor {
	case none:
	case 1:
		f.File, f.shared = os.Stdout, true
		return f, nil
	case 2:
		f.File, f.shared = os.Stderr, true
		return f, nil
	default: // at the end of what the descriptor's owner wrote
		f.File, err = os.OpenFile(target, os.O_WRONLY|os.O_APPEND, 0)
		return f, err
	}
	switch f.before, err = os.Stat(target); {
	case errors.Is(err, fs.ErrNotExist):
	case err != nil:
		return nil, err
	case f.before.IsDir():
		return nil, syscall.EISDIR
	case !f.before.Mode().IsRegular():
		f.File, err = os.OpenFile(target, os.O_WRONLY, 0)
		return f, err
	}
	f.target, f.through = target, false
	if f.File, err = temporary(filepath.Dir(target)); err != nil || f.before == nil {
		return f, err
	}
	if err := Like(f.File, f.before); err != nil {
		return nil, errors.Join(err, f.Discard())
	}
	return f, nil
}

// temporary makes a file with a name of its own, and the mode of any new file.
func temporary(folder string) (*os.File, error) {
	for {
		name := filepath.Join(folder, fmt.Sprintf(".ambi-%016x", rand.Uint64()))
		f, err := os.OpenFile(name, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o666)
		if !errors.Is(err, fs.ErrExist) {
			return f, err
		}
	}
}

// none is no descriptor.
const none = -1

// follow returns the path that links lead to, whether anything is there or not,
// or the open descriptor that they lead to.
func follow(name string) (target string, descriptor int, err error) {
	for range 40 {
		folder, base := filepath.Split(name)
		if folder, err = filepath.EvalSymlinks(cmp.Or(folder, ".")); err != nil {
			return "", none, err
		}
		if folder, err = filepath.Abs(folder); err != nil {
			return "", none, err
		}
		target = filepath.Join(folder, base)
		if n, err := strconv.Atoi(base); err == nil && isDescriptors(folder) {
			return target, n, nil
		}
		link, err := os.Readlink(target)
		if err != nil { // no link, or nothing there
			return target, none, nil
		}
		if name = link; !filepath.IsAbs(link) {
			name = folder + string(filepath.Separator) + link // not cleaned: .. may follow a link
		}
	}
	return "", none, syscall.ELOOP
}

// isDescriptors reports whether a folder holds the process's open descriptors.
func isDescriptors(folder string) bool {
	switch folder {
	case "/dev/fd", fmt.Sprintf("/proc/%d/fd", os.Getpid()):
		return true
	}
	return false
}

// Through reports whether what is written goes straight to a device, a pipe or
// an open descriptor, where nothing can be taken back or written over.
func (f *File) Through() bool { return f.through }

// Write writes on.
func (f *File) Write(p []byte) (int, error) {
	n, err := f.File.Write(p)
	if err != nil {
		err = cannotWrite(f.name, err)
	}
	return n, err
}

// Commit ends the file, and puts it in its place.
func (f *File) Commit() error {
	if err := f.commit(); err != nil {
		return errors.Join(cannotWrite(f.name, err), f.Discard())
	}
	f.ended = true
	return nil
}

func (f *File) commit() error {
	switch {
	case f.shared:
		return nil
	case f.through:
		return f.Close()
	}
	if err := errors.Join(f.Sync(), f.Close()); err != nil {
		return err
	}
	return os.Rename(f.Name(), f.target)
}

// Discard ends a file that was not committed: what it would replace stays. What
// was written through cannot be taken back. After Commit it does nothing.
func (f *File) Discard() error {
	if f.ended || f.shared {
		return nil
	}
	f.ended = true
	if err := f.Close(); err != nil && !errors.Is(err, os.ErrClosed) {
		return cannotWrite(f.name, err)
	}
	if f.through {
		return nil
	}
	if err := os.Remove(f.Name()); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return cannotWrite(f.name, err)
	}
	return nil
}

// cannotWrite names the file as the user knows it: the temporary name says nothing.
func cannotWrite(name string, err error) error {
	var at *fs.PathError
	var link *os.LinkError
	switch {
	case errors.As(err, &at):
		err = at.Err
	case errors.As(err, &link):
		err = link.Err
	}
	return fmt.Errorf("cannot write %s: %w", name, err)
}

// Like gives a file the mode of another one, and its owner where the system
// allows that.
func Like(f *os.File, other fs.FileInfo) error {
	keepOwner(f, other)
	return f.Chmod(other.Mode().Perm())
}
