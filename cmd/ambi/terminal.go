package main

import (
	"os"

	"ambi/internal/terminal"
)

// colored reports whether output may be coloured: on a terminal, unless NO_COLOR
// is set (no-color.org).
func colored(out *terminal.Writer) bool {
	return terminal.Is(out) && os.Getenv("NO_COLOR") == "" && os.Getenv("TERM") != "dumb"
}
