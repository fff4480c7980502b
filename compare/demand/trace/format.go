package trace

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"iter"
	"regexp"
	"strings"

	"ambi/internal/problem"
)

// Format is how a text writes a trace.
type Format string

// format is a row of the table of formats: a new one costs a file with its
// reader, and its row below.
type format struct {
	name Format
	what string // what it is, in a line
	page string // the address of its documentation; empty for ambi's own
	from string // how to get it, in Markdown
	// sniff reports whether a text is in the format.
	sniff func(head) bool
	// open starts to read it.
	open func(Options, *lines) (records, error)
	// Flags of "ambi trace" that have an effect on it.
	series, columns bool
}

// formats is the table, in the order in which they are tried: what is told by its
// first words comes before what takes almost any text.
func formats() []format {
	return []format{
		cloudWatchJSON(), logsInsights(), prometheus(), k6(), vegeta(), jsonLines(),
		alb(), envoy(), haproxy(), cloudFront(), w3c(), accessLog(),
		azureFunctions(), cloudWatchCSV(), timestamps(), csvTable(),
	}
}

// Description is what people need to know of a format.
type Description struct {
	Format Format
	What   string // what it is, in a line
	Page   string // the address of its documentation; empty for ambi's own
	From   string // how to get it, in Markdown
}

// Formats describes all formats.
func Formats() []Description {
	var all []Description
	for _, f := range formats() {
		all = append(all, Description{f.name, f.what, f.page, f.from})
	}
	return all
}

// names are those of all formats, in words.
func names(before string) string {
	var all []string
	for _, f := range formats() {
		all = append(all, string(f.name))
	}
	return strings.Join(all[:len(all)-1], ", ") + before + all[len(all)-1]
}

// ParseFormat is the format of a name.
func ParseFormat(name string) (Format, error) {
	if _, ok := formatOf(Format(name)); !ok {
		return "", problem.New("must be %s, got %q", names(" or "), name)
	}
	return Format(name), nil
}

func formatOf(name Format) (format, bool) {
	for _, f := range formats() {
		if f.name == name {
			return f, true
		}
	}
	return format{}, false
}

// detect finds out the format from the text's first lines. A text whose columns the
// user names is a table at least.
func detect(h head, options Options, notes *notes) (format, error) {
	if len(h.first()) == 0 {
		return format{}, notes.fail(0, "has no request in it")
	}
	for _, f := range formats() {
		if f.sniff(h) {
			return f, nil
		}
	}
	if options.TimeColumn != "" {
		return csvTable(), nil
	}
	other := "a table needs a header that names a column timestamp, time or date, or --time-column"
	if hasAny(h.first(), "{", "[") {
		other = "of other JSON, an object a line can be read: jq -c '.[]' FILE writes an array so"
	}
	return format{}, notes.fail(h.number, "is in none of the formats that can be read, got "+quote(h.first()),
		"these can be read: "+names(" and "), other, "--format names a format that was not found out")
}

// open starts the reader of a format.
func open(f format, options Options, l *lines) (records, error) {
	if len(options.Series) > 0 && !f.series {
		return nil, l.notes.fail(0, fmt.Sprintf("has one series of requests, and --series picks one of several (read as %s)", f.name))
	}
	if (options.TimeColumn != "" || options.CountColumn != "") && !f.columns {
		return nil, l.notes.fail(0, fmt.Sprintf("says itself which part is the time, and --time-column and --count-column are for tables and JSON lines (read as %s)", f.name))
	}
	return f.open(options, l)
}

// head is the begin of a text, by which its format is found out.
type head struct {
	text   []byte
	match  *regexp.Regexp
	number int // of the first line that says something, from 1
}

// headOf looks at the begin of a text without taking it.
func headOf(text *bufio.Reader, match *regexp.Regexp, name string) (head, error) {
	begin, err := text.Peek(peeked)
	if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, bufio.ErrBufferFull) {
		return head{}, damaged(err, name)
	}
	if err == nil { // the last line is cut
		if end := bytes.LastIndexByte(begin, '\n'); end >= 0 {
			begin = begin[:end]
		}
	}
	h := head{text: begin, match: match}
	for n := range h.numbered() {
		h.number = n
		break
	}
	return h, nil
}

// numbered are the lines that say something, with their numbers.
func (h head) numbered() iter.Seq2[int, []byte] {
	return func(yield func(int, []byte) bool) {
		text := h.text
		for n := 1; len(text) > 0; n++ {
			var line []byte
			line, text, _ = bytes.Cut(text, []byte("\n"))
			line = bytes.TrimRight(line, " \t\r")
			if len(line) > 0 && line[0] != '#' && (h.match == nil || h.match.Match(line)) && !yield(n, line) {
				return
			}
		}
	}
}

// some are up to n of these lines.
func (h head) some(n int) [][]byte {
	var all [][]byte
	for _, line := range h.numbered() {
		if all = append(all, line); len(all) == n {
			break
		}
	}
	return all
}

// first is the first of these lines.
func (h head) first() []byte {
	for _, line := range h.numbered() {
		return line
	}
	return nil
}

// directive is what follows a word such as "#Fields:" at the begin of a line.
func (h head) directive(word string) string {
	for line := range bytes.Lines(h.text) {
		if rest, is := bytes.CutPrefix(line, []byte(word)); is {
			return string(bytes.TrimSpace(rest))
		}
	}
	return ""
}
