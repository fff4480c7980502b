package main

import (
	"io"
	"os"

	"github.com/mattn/go-isatty"
)

// colored reports whether output may be coloured: on a terminal, unless NO_COLOR
// is set (no-color.org).
func colored(out io.Writer) bool {
	file, ok := out.(*os.File)
	return ok && isatty.IsTerminal(file.Fd()) && os.Getenv("NO_COLOR") == "" && os.Getenv("TERM") != "dumb"
}
