//go:build !(darwin || dragonfly || freebsd || linux || netbsd || openbsd)

package tree

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
)

const (
	lockName = ".ambi-lock"
	lockHint = "; if none runs, one was killed: delete " + lockName
)

// tryLock makes a file that only one process can make. Where the kernel has no
// lock that ends with the process, a killed run leaves the file behind, and
// the user is told to delete it: guessing whether its maker lives can be wrong.
// Readers go without.
func tryLock(root *os.Root, mode lockMode) (unlock func(), err error) {
	if mode == shared {
		return func() {}, nil
	}
	f, err := root.OpenFile(lockName, os.O_WRONLY|os.O_CREATE|os.O_EXCL, fileMode)
	if errors.Is(err, fs.ErrExist) {
		return nil, errLocked
	}
	if err != nil {
		return nil, fmt.Errorf("cannot lock the project's folder: %w", err)
	}
	f.Close()
	return func() { _ = root.Remove(lockName) }, nil
}
