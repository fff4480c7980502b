// Package terminal writes untrusted text (a file's name, a value of a spec, another program's
// output) so that a terminal shows control sequences and does not execute them.
//
//	out := terminal.NewWriter(os.Stdout)
//	fmt.Fprintln(out, name) // "a\x1b[2J" appears as a\u001b[2J
//
// A Writer makes visible every control character but line breaks and tabs, and
// the invisible characters that reorder text or hide in it. Escapes are those of
// JSON, so a JSON document means the same afterwards. Where a line break would
// forge a line of its own, Line shows that too.
package terminal

import (
	"fmt"
	"io"
	"os"
	"regexp"
	"strings"
	"sync"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/mattn/go-isatty"
)

// Line returns text on one line, with all that is not to be seen made visible.
func Line(text string) string { return escape(text, "") }

// Text is Line for a text of several lines: line breaks and tabs stay.
func Text(text string) string { return escape(text, "\n\t") }

// escape makes visible what a terminal obeys, but for the characters in keep.
func escape(text, keep string) string {
	hidden := func(r rune) bool { return Hidden(r) && !strings.ContainsRune(keep, r) }
	if strings.IndexFunc(text, hidden) < 0 && utf8.ValidString(text) {
		return text
	}
	var b strings.Builder
	for len(text) > 0 {
		r, size := utf8.DecodeRuneInString(text)
		switch {
		case r == utf8.RuneError && size == 1:
			fmt.Fprintf(&b, `\x%02x`, text[0])
		case !hidden(r):
			b.WriteString(text[:size])
		default:
			for _, unit := range utf16.AppendRune(nil, r) {
				fmt.Fprintf(&b, `\u%04x`, unit)
			}
		}
		text = text[size:]
	}
	return b.String()
}

// Hidden reports whether a character controls what shows it: C0 and C1, line
// and paragraph separators, and format characters such as those that reverse
// text. The two joiners are letters' business in several scripts.
func Hidden(r rune) bool {
	const nonJoiner, joiner = '\u200c', '\u200d'
	return unicode.In(r, unicode.Cc, unicode.Cf, unicode.Zl, unicode.Zp) && r != nonJoiner && r != joiner
}

// Writer is a terminal's stream, safe for use by several goroutines.
type Writer struct {
	mutex sync.Mutex
	under io.Writer
	rest  []byte // the begin of a character whose end was not yet written
	err   error  // the first that a write had
}

// Err returns the first error that a write had, nil for none: who prints many
// lines need not look at each of them.
func (w *Writer) Err() error {
	w.mutex.Lock()
	defer w.mutex.Unlock()
	return w.err
}

// put writes as it is, and nothing after an error.
func (w *Writer) put(text []byte) error {
	if w.err == nil && len(text) > 0 {
		_, w.err = w.under.Write(text)
	}
	return w.err
}

// NewWriter returns a Writer that writes to a stream.
func NewWriter(under io.Writer) *Writer { return &Writer{under: under} }

// Write writes text, with control characters made visible.
func (w *Writer) Write(p []byte) (int, error) { return w.write(p, Text) }

// Flush writes what was held back because its end was missing.
func (w *Writer) Flush() error {
	w.mutex.Lock()
	defer w.mutex.Unlock()
	rest := w.rest
	w.rest = nil
	return w.put([]byte(Text(string(rest))))
}

func (w *Writer) write(p []byte, shown func(string) string) (int, error) {
	w.mutex.Lock()
	defer w.mutex.Unlock()
	text := append(w.rest, p...)
	whole := len(text) - unfinished(text)
	w.rest = text[whole:]
	if err := w.put([]byte(shown(string(text[:whole])))); err != nil {
		return 0, err
	}
	return len(p), nil
}

// unfinished counts the last bytes of a text that may be the begin of a character
// or of a colour.
func unfinished(text []byte) int {
	if n := len(begunColor.Find(text)); n > 0 {
		return n
	}
	for n := 1; n < utf8.UTFMax && n <= len(text); n++ {
		if last := text[len(text)-n:]; utf8.RuneStart(last[0]) {
			if utf8.FullRune(last) {
				return 0
			}
			return n
		}
	}
	return 0
}

// color matches what chooses a colour or a weight (SGR), and begunColor the first
// part of it.
var (
	color      = regexp.MustCompile(`\x1b\[[0-9;]{0,20}m`)
	begunColor = regexp.MustCompile(`\x1b(\[[0-9;]{0,20})?$`)
)

// Styled returns a stream to the same terminal that lets colours through. It is
// for what ambi styles itself, around Text, and for the output of a program that
// was asked for colours.
func (w *Writer) Styled() io.Writer { return styled{w} }

type styled struct{ *Writer }

func (s styled) Write(p []byte) (int, error) {
	return s.write(p, func(text string) string {
		var b strings.Builder
		from := 0
		for _, at := range color.FindAllStringIndex(text, -1) {
			b.WriteString(Text(text[from:at[0]]) + text[at[0]:at[1]])
			from = at[1]
		}
		return b.String() + Text(text[from:])
	})
}

// Document returns the stream for a document that programs read: not a byte of it
// changes, unless it is a terminal that it goes to.
func (w *Writer) Document() io.Writer {
	if Is(w) {
		return w
	}
	return document{w}
}

type document struct{ w *Writer }

func (d document) Write(p []byte) (int, error) {
	d.w.mutex.Lock()
	defer d.w.mutex.Unlock()
	if err := d.w.put(p); err != nil {
		return 0, err
	}
	return len(p), nil
}

// Raw returns the stream itself, for a program that the user has to do with.
func (w *Writer) Raw() io.Writer { return w.under }

// Is reports whether a stream, or the one under its Writer, is a terminal.
func Is(out io.Writer) bool {
	if w, ok := out.(*Writer); ok {
		return Is(w.under)
	}
	file, ok := out.(*os.File)
	return ok && isatty.IsTerminal(file.Fd())
}

// Redraw replaces the line that the cursor is on.
func Redraw(out io.Writer, line string) {
	if w, ok := out.(*Writer); ok {
		w.mutex.Lock()
		defer w.mutex.Unlock()
		out = w.under
	}
	fmt.Fprint(out, "\r\x1b[K"+Line(line))
}
