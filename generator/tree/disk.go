package tree

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"runtime"
	"strings"
	"sync"

	"ambi/internal/outfile"
)

const (
	fileMode   = 0o644
	folderMode = 0o755
	// maxText bounds how much of a file is read, so that a video or disk image does not fill
	// the memory.
	maxText = 16 << 20
)

// disk is the project's folder. Every operation goes through an [os.Root], so
// that no path and no symbolic link leads out of it, and passes the hook first.
type disk struct {
	root *os.Root
	// hook, if set, runs before each operation; its error takes the
	// operation's place. Tests kill the process here, or fill the disk.
	hook   func(op, name string) error
	hookMu sync.Mutex
	// folders are those that look has seen to be real ones, so that it need
	// not look at them again for each file.
	folders map[string]bool
}

func newDisk(root *os.Root, hook func(op, name string) error) *disk {
	return &disk{root: root, hook: hook, folders: make(map[string]bool)}
}

// diskError is an operation that the disk refused, named by the path that the
// user knows.
type diskError struct {
	path, op string
	err      error
}

func (e *diskError) Error() string { return e.path + ": cannot " + e.op + ": " + e.err.Error() }
func (e *diskError) Unwrap() error { return e.err }

// about says a disk's error in terms that the user knows: the file that was
// being staged, say, instead of its number in the staging folder.
func about(name, op string, err error) error {
	var e *diskError
	if errors.As(err, &e) {
		return &diskError{path: name, op: op, err: e.err}
	}
	return err
}

// do runs one operation. The path and system call in the error of package os
// are dropped: they say less than ours.
func (d *disk) do(op, name string, f func() error) error {
	var err error
	if d.hook != nil {
		d.hookMu.Lock()
		err = d.hook(op, name)
		d.hookMu.Unlock()
	}
	if err == nil {
		err = f()
	}
	if err == nil {
		return nil
	}
	var p *fs.PathError
	var l *os.LinkError
	if errors.As(err, &p) {
		err = p.Err
	} else if errors.As(err, &l) {
		err = l.Err
	}
	return &diskError{path: name, op: op, err: err}
}

// What look expects at a path.
type standing bool

const (
	aFile   standing = false
	aFolder standing = true
)

// look says whether a file or a folder stands at a path. Anything else on the
// way there is a BlockedError. Symbolic links are refused even when they stay
// inside the project: two targets' folders linked to one would overwrite each other.
func (d *disk) look(name string, want standing) (bool, error) {
	for i := 0; i < len(name); {
		end := len(name)
		if n := strings.IndexByte(name[i:], '/'); n >= 0 {
			end = i + n
		}
		part := name[:end]
		i = end + 1
		if d.folders[part] && end < len(name) {
			continue
		}

		info, err := d.info(part)
		if errors.Is(err, fs.ErrNotExist) {
			return false, nil
		}
		if err != nil {
			return false, err
		}
		folder := end < len(name) || want == aFolder
		switch {
		case info.Mode()&fs.ModeSymlink != 0:
			to, err := d.root.Readlink(part)
			if err != nil {
				return false, &diskError{path: part, op: "read the link", err: err}
			}
			return false, &BlockedError{Path: part, Reason: "is a symbolic link to " + to, Hint: "ambi follows no links; put a real file or folder there"}
		case folder && !info.IsDir():
			return false, &BlockedError{Path: part, Reason: "is a file where ambi needs a folder"}
		case !folder && info.IsDir():
			return false, &BlockedError{Path: part, Reason: "is a folder where ambi needs a file"}
		case !folder && !info.Mode().IsRegular():
			return false, &BlockedError{Path: part, Reason: "is not a regular file"}
		}
		if folder {
			d.folders[part] = true
		}
	}
	return true, nil
}

// read returns a file's text, nil when it is missing.
func (d *disk) read(name string) ([]byte, error) {
	exists, err := d.look(name, aFile)
	if err != nil || !exists {
		return nil, err
	}
	var text []byte
	err = d.do("read", name, func() (err error) {
		f, err := d.root.Open(name)
		if err != nil {
			return err
		}
		defer f.Close()
		text, err = io.ReadAll(io.LimitReader(f, maxText+1))
		return err
	})
	if len(text) > maxText {
		return nil, &BlockedError{Path: name, Reason: fmt.Sprintf("has more than %d MiB, and nothing that ambi writes has", maxText>>20), Hint: "move it away"}
	}
	return text, err
}

// list returns a folder's entries, sorted by name.
func (d *disk) list(name string) ([]fs.DirEntry, error) {
	var entries []fs.DirEntry
	err := d.do("list", name, func() (err error) {
		entries, err = fs.ReadDir(d.root.FS(), name)
		return err
	})
	return entries, err
}

// create writes a new file, with the mode and the owner of another one if it is given.
func (d *disk) create(name string, text []byte, like fs.FileInfo) (err error) {
	var f *os.File
	err = d.do("create", name, func() (err error) {
		f, err = d.root.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, fileMode)
		return err
	})
	if err != nil {
		return err
	}
	defer func() {
		if cerr := d.do("close", name, f.Close); err == nil {
			err = cerr
		}
	}()
	return d.do("write", name, func() error {
		if _, err := f.Write(text); err != nil || like == nil {
			return err
		}
		return outfile.Like(f, like)
	})
}

// info describes a file.
func (d *disk) info(name string) (info fs.FileInfo, err error) {
	err = d.do("look at it", name, func() error {
		info, err = d.root.Lstat(name)
		return err
	})
	return info, err
}

func (d *disk) mkdir(name string) error {
	return d.do("make the folder", name, func() error { return d.root.Mkdir(name, folderMode) })
}

// mkdirAll makes a folder and those above it, where they are missing.
func (d *disk) mkdirAll(name string) error {
	exists, err := d.look(name, aFolder)
	if err != nil || exists {
		return err
	}
	if err := d.mkdirAll(path.Dir(name)); err != nil {
		return err
	}
	return d.mkdir(name)
}

func (d *disk) rename(from, to string) error {
	return d.do("put a file there", to, func() error { return d.root.Rename(from, to) })
}

func (d *disk) remove(name string) error {
	return d.do("remove", name, func() error { return d.root.Remove(name) })
}

// empty removes all that is in a folder. It follows no links.
func (d *disk) empty(name string) error {
	entries, err := d.list(name)
	if err != nil {
		return err
	}
	for _, e := range entries {
		below := name + "/" + e.Name()
		if e.IsDir() {
			if err := d.empty(below); err != nil {
				return err
			}
		}
		if err := d.remove(below); err != nil {
			return err
		}
	}
	return nil
}

// prune removes a folder if it is empty, and then those above it.
func (d *disk) prune(name string) error {
	for ; name != "."; name = path.Dir(name) {
		exists, err := d.look(name, aFolder)
		if err != nil {
			return err
		}
		if !exists {
			continue
		}
		entries, err := d.list(name)
		if err != nil {
			return err
		}
		if len(entries) > 0 {
			return nil
		}
		if err := d.remove(name); err != nil {
			return err
		}
	}
	return nil
}

// sync waits until a file's text, or the names in a folder, are on the medium,
// so that they survive a power cut. A folder that is gone needs none of it.
func (d *disk) sync(name string, what standing) error {
	how := os.O_RDWR // some systems flush only what may be written
	if what == aFolder {
		how = os.O_RDONLY
		if runtime.GOOS == "windows" {
			return nil // it cannot flush a folder
		}
	}
	err := d.do("sync", name, func() error {
		f, err := d.root.OpenFile(name, how, 0)
		if err != nil {
			return err
		}
		defer f.Close()
		return f.Sync()
	})
	if what == aFolder && errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}
