//go:build !unix

package outfile

import (
	"io/fs"
	"os"
)

// keepOwner does nothing: here, owners are kept in other ways.
func keepOwner(*os.File, fs.FileInfo) {}
