//go:build darwin || dragonfly || freebsd || linux || netbsd || openbsd

package tree

import (
	"errors"
	"fmt"
	"os"
	"syscall"
)

const lockHint = ""

// tryLock takes the kernel's lock on the project's folder itself: it leaves
// nothing on disk, and ends with the process however that ends. A file system
// that knows no such lock (some network ones do not, for folders) goes without.
func tryLock(root *os.Root, mode lockMode) (unlock func(), err error) {
	f, err := root.Open(".")
	if err != nil {
		return nil, fmt.Errorf("cannot open the project's folder: %w", err)
	}
	how := syscall.LOCK_SH
	if mode == exclusive {
		how = syscall.LOCK_EX
	}
	for {
		err = syscall.Flock(int(f.Fd()), how|syscall.LOCK_NB)
		if !errors.Is(err, syscall.EINTR) {
			break
		}
	}
	switch {
	case err == nil, errors.Is(err, errors.ErrUnsupported), errors.Is(err, syscall.EBADF), errors.Is(err, syscall.EISDIR):
		return func() { f.Close() }, nil
	case errors.Is(err, syscall.EWOULDBLOCK):
		f.Close()
		return nil, errLocked
	}
	f.Close()
	return nil, fmt.Errorf("cannot lock the project's folder: %w", err)
}
