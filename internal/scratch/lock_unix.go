//go:build darwin || dragonfly || freebsd || linux || netbsd || openbsd

package scratch

import (
	"errors"
	"io/fs"
	"os"
	"syscall"
)

// locks says whether the system has locks that end with their process.
const locks = true

// lock locks a folder of the current user's until the returned function is called
// or the process ends. Processes that it starts do not inherit the lock.
func lock(dir string) (unlock func(), err error) {
	f, err := os.OpenFile(dir, os.O_RDONLY|syscall.O_DIRECTORY|syscall.O_NOFOLLOW, 0)
	if err != nil {
		return nil, err
	}
	if err := lockFile(f, dir); err != nil {
		f.Close()
		return nil, err
	}
	return func() { f.Close() }, nil
}

func lockFile(f *os.File, dir string) error {
	err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
	for errors.Is(err, syscall.EINTR) {
		err = syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
	}
	if errors.Is(err, syscall.EWOULDBLOCK) {
		return errTaken
	}
	if err != nil {
		return err
	}
	locked, err := f.Stat()
	if err != nil {
		return err
	}
	if owner, ok := locked.Sys().(*syscall.Stat_t); ok && int(owner.Uid) != os.Geteuid() {
		return fs.ErrPermission
	}
	// The previous holder of the lock may have removed the folder.
	there, err := os.Lstat(dir)
	if err != nil {
		return err
	}
	if !os.SameFile(locked, there) {
		return fs.ErrNotExist
	}
	return nil
}
