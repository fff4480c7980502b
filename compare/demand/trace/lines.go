package trace

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"regexp"
)

// maxLine bounds a line: a row of 1,440 counts has a tenth of it.
const maxLine = 1 << 20

// lines gives a text line by line.
type lines struct {
	text   *bufio.Reader
	match  *regexp.Regexp
	notes  *notes
	number int    // of the line that was given last, from 1
	long   []byte // a line that is longer than the buffer

	directive func(line []byte) // takes lines that begin with #; nil for most formats
}

// next is the next line that says something: without its end, and neither blank
// nor a comment. It is valid until the next one.
func (l *lines) next() ([]byte, error) {
	for {
		line, err := l.raw()
		if err != nil {
			return nil, err
		}
		l.number++
		line = withoutEnd(line)
		if l.directive != nil && len(line) > 0 && line[0] == '#' {
			l.directive(line)
		}
		if len(line) == 0 || line[0] == '#' || (l.match != nil && !l.match.Match(line)) {
			continue
		}
		return line, nil
	}
}

// withoutEnd is a line without the white space at its end.
func withoutEnd(line []byte) []byte {
	for len(line) > 0 && (line[len(line)-1] == '\n' || line[len(line)-1] == '\r' || line[len(line)-1] == ' ' || line[len(line)-1] == '\t') {
		line = line[:len(line)-1]
	}
	return line
}

// raw is the next line with its end.
func (l *lines) raw() ([]byte, error) {
	line, err := l.text.ReadSlice('\n')
	if errors.Is(err, bufio.ErrBufferFull) {
		l.long = l.long[:0]
		for errors.Is(err, bufio.ErrBufferFull) {
			if l.long = append(l.long, line...); len(l.long) > maxLine {
				return nil, l.notes.fail(l.number+1, fmt.Sprintf("a line must be at most %d bytes long", maxLine))
			}
			line, err = l.text.ReadSlice('\n')
		}
		l.long = append(l.long, line...)
		line = l.long
	}
	if errors.Is(err, io.EOF) && len(line) > 0 {
		err = nil
	}
	return line, err
}

// skip notes that the last line cannot be read.
func (l *lines) skip(format string, args ...any) error {
	return l.notes.skip(l.number, fmt.Sprintf(format, args...))
}

// quote shortens a text for a message.
func quote(text []byte) string {
	const longest = 60
	if len(text) > longest {
		return fmt.Sprintf("%q…", text[:longest])
	}
	return fmt.Sprintf("%q", text)
}
