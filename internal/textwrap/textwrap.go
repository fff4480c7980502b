// Package textwrap breaks text into lines.
package textwrap

import (
	"strings"
	"unicode/utf8"
)

// Lines breaks text at spaces into lines of at most so many characters, one line at least. A
// longer word has a line of its own.
func Lines(text string, width int) []string {
	lines := []string{""}
	for _, word := range strings.Fields(text) {
		last := &lines[len(lines)-1]
		switch {
		case *last == "":
			*last = word
		case utf8.RuneCountInString(*last)+1+utf8.RuneCountInString(word) <= width:
			*last += " " + word
		default:
			lines = append(lines, word)
		}
	}
	return lines
}
