//go:build unix

package outfile

import (
	"io/fs"
	"os"
	"syscall"
)

// keepOwner gives a file the owner and the group of another one. Only root may
// give a file away, and others only to their own groups: then it is the user's.
func keepOwner(f *os.File, other fs.FileInfo) {
	if of, known := other.Sys().(*syscall.Stat_t); known {
		if f.Chown(int(of.Uid), int(of.Gid)) != nil {
			_ = f.Chown(-1, int(of.Gid))
		}
	}
}
