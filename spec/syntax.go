package spec

import (
	"errors"
	"fmt"
	"io"
	"sort"
	"strconv"
	"strings"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"

	"ambi/internal/lazyregexp"
	"ambi/internal/problem"
)

var yamlError = lazyregexp.New(`^yaml: (?:line ([0-9]+): )?((?s).*)$`)

// Syntax is an error of the YAML library about the text of a file, at its place and with a
// hint where one is known.
func Syntax(file string, text []byte, err error) problem.Problem {
	r := newReporter(file)
	r.syntax(text, err)
	return r.found[0]
}

// syntax reports an error of the YAML library, whose only position is a line
// in the text of the message.
func (r *reporter) syntax(src []byte, err error) {
	lines := strings.Split(string(src), "\n")
	line, message := 1, err.Error()
	if m := yamlError.FindStringSubmatch(message); m != nil {
		message = m[2]
		if n, err := strconv.Atoi(m[1]); err == nil {
			line = n
		}
	}
	line = min(line, len(lines))
	if strings.HasPrefix(message, "did not find expected") && len(src) <= maxSearched {
		line = firstBad(lines, line)
	}
	for n := max(line-1, 1); n <= min(line+1, len(lines)); n++ {
		text := lines[n-1]
		indent := text[:len(text)-len(strings.TrimLeft(text, " \t"))]
		if tab := strings.IndexByte(indent, '\t'); tab >= 0 && len(indent) < len(text) {
			r.report(Position{n, tab + 1}, "", "a tab cannot indent YAML", "indent with spaces")
			return
		}
	}
	at := Position{line, indentOf(lines[line-1]) + 1}
	if m := unknownAnchor.FindStringSubmatch(message); m != nil {
		at = find(lines, "*"+m[1])
	}
	place, hint := syntaxHint(message, lines, line)
	if place.Line > 0 {
		at = place
	}
	var hints []string
	if hint != "" {
		hints = []string{hint}
	}
	r.report(at, "", "is not YAML: "+message, hints...)
}

var unknownAnchor = lazyregexp.New(`^unknown anchor '(.*)' referenced$`)

// slip is a mistake that the library's message does not name.
type slip struct {
	message string             // that it may be behind
	text    *lazyregexp.Regexp // in its line; what its group matches is the place
	hint    string
}

// slips lists the usual ones, those that look most alike first.
func slips() []slip {
	return []slip{
		{"cannot start any token", badStart, "put quotes around a value that starts with @, ` or %"},
		{"alphabetic or numeric character", starStart, "put quotes around a value that starts with * or &"},
		{"did not find expected ','", braceInFlow, "within brackets, put quotes around a text with { or } in it"},
		{"did not find expected", quoteWithin, "the quotes end before the value does: use the other kind of quotes"},
		{"mapping values are not allowed", colonWithin, "put quotes around a value that has a colon and a space in it"},
		{"block sequence entries are not allowed", dashAfterKey, "start a list on its own line, or write it in brackets"},
		{"could not find expected ':'", colonTight, "put a space after the colon"},
		{"mapping values are not allowed", colonTight, "put a space after the colon"},
		{"unknown escape character", backslash, `in double quotes write \\ for a backslash, or use single quotes`},
		{"unexpected end of stream", openQuote, "close the quotes that open here"},
		{"incompatible YAML document", directive, "remove the %YAML line"},
	}
}

var (
	badStart     = lazyregexp.New("(?:^|[-:,[{])\\s*([@`%])")
	starStart    = lazyregexp.New(`[-:,[{]\s*([*&])(?:[\s,\]}]|$)`)
	braceInFlow  = lazyregexp.New(`(?:^|[\[,:{])\s*([^\s"'\[\]{},:#][^"'\[\]{},:]*\{)`)
	quoteWithin  = lazyregexp.New(`[-:,[{]\s+('[^']*'[^\s',}\]:]|"[^"]*"[^\s",}\]:])`)
	colonWithin  = lazyregexp.New(`^\s*(?:- )?[A-Za-z_][^\s:]*:\s+([^\s"'{\[#|>][^#]*:(?:\s|$))`)
	dashAfterKey = lazyregexp.New(`:\s+(- )`)
	colonTight   = lazyregexp.New(`^\s*(?:- )?([A-Za-z_][A-Za-z0-9_-]*:)[^\s/]`)
	backslash    = lazyregexp.New(`"[^"]*(\\)`)
	openQuote    = lazyregexp.New(`[-:,[{]\s+('[^']*|"[^"]*)$`)
	directive    = lazyregexp.New(`^(%YAML)`)
)

// syntaxHint finds what may be behind a message of the library about a line: its
// place, if that is found, and what to do.
func syntaxHint(message string, lines []string, line int) (at Position, hint string) {
	for _, s := range slips() {
		if !strings.Contains(message, s.message) {
			continue
		}
		for n := line; n <= min(line+maxAway, len(lines)); n++ {
			if m := s.text.FindStringSubmatchIndex(lines[n-1]); m != nil {
				return Position{n, utf8.RuneCountInString(lines[n-1][:m[2]]) + 1}, s.hint
			}
		}
	}
	if strings.Contains(message, "expected key") || strings.Contains(message, "mapping values") || strings.Contains(message, "'-' indicator") {
		return Position{}, indentHint(lines, line)
	}
	if strings.Contains(message, "',' or") {
		return Position{}, "a comma or the closing bracket is missing"
	}
	return Position{}, ""
}

// maxAway is how many lines below the one that the library names a mistake is looked for.
const maxAway = 20

// indentHint compares a line's indentation with those of the lines that it may
// belong to.
func indentHint(lines []string, line int) string {
	own := indentOf(lines[line-1])
	var others []string
	next := -1 // the least indentation so far, from the line up
	for n := line - 1; n > 0 && next != 0; n-- {
		text := strings.TrimSpace(lines[n-1])
		if text == "" || text[0] == '#' {
			continue
		}
		if indent := indentOf(lines[n-1]); next < 0 || indent < next {
			if indent == own {
				return "" // it is in line with what is above it
			}
			others = append([]string{strconv.Itoa(indent)}, others...)
			next = indent
		}
	}
	if len(others) == 0 {
		return ""
	}
	return fmt.Sprintf("it is indented by %d spaces, what is above it by %s: which one does it belong with?", own, either(others))
}

func indentOf(text string) int { return len(text) - len(strings.TrimLeft(text, " ")) }

// find is the place of the first line that holds text.
func find(lines []string, text string) Position {
	for i, line := range lines {
		if before, _, found := strings.Cut(line, text); found {
			return Position{i + 1, utf8.RuneCountInString(before) + 1}
		}
	}
	return Position{1, 1}
}

// maxSearched is the size in bytes of the largest text that is parsed several
// times to place an error better.
const maxSearched = 128 << 10

// firstBad is the number of the line at which the library's parser stops. What
// the library reports is where the innermost mapping or list starts, which may
// be a screen above. It is the line without which the text before it parses,
// or, in an unclosed bracket, the bracket's own.
func firstBad(lines []string, from int) int {
	return from + sort.Search(len(lines)-from, func(i int) bool {
		in := yaml.NewDecoder(strings.NewReader(strings.Join(lines[:from+i], "\n")))
		for {
			var node yaml.Node
			if err := in.Decode(&node); err != nil {
				return !errors.Is(err, io.EOF)
			}
		}
	})
}
