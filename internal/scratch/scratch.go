// Package scratch makes temporary folders that do not pile up:
//
//	dir, remove, err := scratch.Dir(scratch.Preview)
//	...
//	defer remove()
//
// A process that is killed cannot remove its folder. So each folder is locked for
// as long as its process lives, and making one removes the unlocked folders of
// earlier runs. The kernel gives a lock up when its process ends, however it ends.
// On systems without such locks nothing of earlier runs is removed.
package scratch

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// Kind says what a folder is for; its name holds that.
type Kind string

// All kinds of folders that ambi makes.
const (
	Merge   Kind = "merge"
	Package Kind = "package"
	Preview Kind = "preview"
)

// attempts is how often making or removing a folder is tried: another process may
// take a new one for a leftover before it is locked, or still write into it.
const attempts = 10

// errTaken says that another process holds a folder's lock.
var errTaken = errors.New("the folder is in use")

// Dir makes a folder in the system's folder for temporary files, which only the
// current user can read, and removes folders that killed processes left there. The
// caller removes the new one.
func Dir(kind Kind) (dir string, remove func() error, err error) {
	removeLeftovers(os.TempDir())
	for range attempts {
		dir, err = os.MkdirTemp("", "ambi-"+string(kind)+"-")
		if err != nil {
			return "", nil, err
		}
		unlock, err := lock(dir)
		if errors.Is(err, errTaken) || errors.Is(err, fs.ErrNotExist) {
			continue // another process removes it
		}
		if err != nil {
			return "", nil, errors.Join(err, os.RemoveAll(dir))
		}
		return dir, func() error {
			defer unlock()
			return removeAll(dir)
		}, nil
	}
	return "", nil, fmt.Errorf("cannot keep a temporary folder in %s: each new one is removed at once", os.TempDir())
}

// removeLeftovers removes the folders of processes that ended. Folders that cannot be removed
// stay; they do no harm.
func removeLeftovers(parent string) {
	if !locks {
		return
	}
	folder, err := os.Open(parent)
	if err != nil {
		return
	}
	entries, _ := folder.ReadDir(-1)
	folder.Close()
	for _, entry := range entries {
		if !entry.IsDir() || !madeHere(entry.Name()) {
			continue
		}
		dir := filepath.Join(parent, entry.Name())
		if unlock, err := lock(dir); err == nil {
			_ = os.RemoveAll(dir)
			unlock()
		}
	}
}

// madeHere reports whether Dir makes folders of this name: a kind and a number.
func madeHere(name string) bool {
	for _, kind := range []Kind{Merge, Package, Preview} {
		number, found := strings.CutPrefix(name, "ambi-"+string(kind)+"-")
		if found && number != "" && strings.Trim(number, "0123456789") == "" {
			return true
		}
	}
	return false
}

// removeAll removes a folder in which a process that was just ended may still
// write.
func removeAll(dir string) (err error) {
	for range attempts {
		if err = os.RemoveAll(dir); err == nil {
			return nil
		}
		time.Sleep(50 * time.Millisecond)
	}
	return err
}
