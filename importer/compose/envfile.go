package compose

import (
	"bytes"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"ambi/importer/source"
)

// variable is one of a file of variables, such as .env.
type variable struct {
	node *source.Node // its value, at its place
	name string
	why  string // why it has no value, if so
}

// mostVariables bounds a file of variables.
const mostVariables = 10_000

// envFile reads the variables of a file, in Compose's form: NAME=value, with quotes,
// comments, values over several lines, and references to variables before it. Errors never
// have any of its text, which may be secret.
// Source: https://docs.docker.com/reference/compose-file/services/#env_file-format
type envFile struct {
	name   string
	text   string
	line   int
	expand *expander
	find   lookup
	raw    bool // nothing is quoted, escaped or referred to
	known  map[string]string
	all    []variable
	bad    []int // lines that are no variables
}

// readEnvFile lists the variables of a file, and the lines that are none.
func readEnvFile(name string, text []byte, raw bool, e *expander, find lookup) ([]variable, []int) {
	text = bytes.TrimPrefix(text, []byte("\uFEFF"))
	if len(text) > source.MaxSize || !utf8.Valid(text) {
		return nil, []int{1}
	}
	f := &envFile{name: name, text: string(text), line: 1, expand: e, find: find, raw: raw, known: map[string]string{}}
	for f.next() {
		if len(f.all) > mostVariables || len(f.bad) > mostVariables {
			break
		}
	}
	return f.all, f.bad
}

// take takes the first n bytes of what is left.
func (f *envFile) take(n int) string {
	taken := f.text[:n]
	f.line += strings.Count(taken, "\n")
	f.text = f.text[n:]
	return taken
}

// takeLine takes what is left of a line.
func (f *envFile) takeLine() string {
	end := strings.IndexByte(f.text, '\n')
	if end < 0 {
		end = len(f.text) - 1
	}
	return strings.TrimSuffix(f.take(end+1), "\n")
}

// next reads one variable, comment or bad line; false at the end.
func (f *envFile) next() bool {
	f.take(len(f.text) - len(strings.TrimLeftFunc(f.text, unicode.IsSpace)))
	if f.text == "" {
		return false
	}
	if f.text[0] == '#' {
		f.takeLine()
		return true
	}
	line := f.line
	if rest := strings.TrimPrefix(f.text, "export"); rest != f.text && strings.TrimLeft(rest, " \t") != rest {
		f.take(len(f.text) - len(strings.TrimLeft(rest, " \t")))
	}
	end := strings.IndexAny(f.text, "=:\n")
	if end < 0 {
		end = len(f.text)
	}
	name := strings.TrimSpace(f.text[:end])
	if name == "" || strings.ContainsFunc(name, notInName) {
		f.takeLine()
		f.bad = append(f.bad, line)
		return true
	}
	if end == len(f.text) || f.text[end] == '\n' { // a name alone takes its value from around
		f.takeLine()
		if value, ok := f.find(name); ok {
			f.add(name, line, value, "")
		}
		return true
	}
	f.take(end + 1)
	value, why, ok := f.value()
	if !ok {
		f.bad = append(f.bad, line)
		return true
	}
	f.add(name, line, value, why)
	return true
}

func notInName(c rune) bool {
	return !unicode.IsLetter(c) && !unicode.IsNumber(c) && !strings.ContainsRune("_.-[]", c)
}

func (f *envFile) add(name string, line int, value, why string) {
	f.known[name] = value
	f.all = append(f.all, variable{
		&source.Node{Kind: source.Scalar, Text: value, Tag: "!!str", File: f.name, Line: line, Column: 1, Path: name}, name, why,
	})
}

// value reads what follows the equals sign.
func (f *envFile) value() (value, why string, ok bool) {
	if f.raw {
		return strings.TrimSuffix(f.takeLine(), "\r"), "", true
	}
	f.take(len(f.text) - len(strings.TrimLeft(f.text, " \t\v\f\r")))
	if f.text == "" || f.text[0] != '"' && f.text[0] != '\'' {
		value, _, _ = strings.Cut(f.takeLine(), " #")
		value, why = f.expand.expand(strings.TrimRightFunc(value, unicode.IsSpace), f.within)
		return value, why, true
	}
	quote := f.text[0]
	var out []byte
	for i := 1; i < len(f.text); i++ {
		switch c := f.text[i]; {
		case c == '\\' && i+1 < len(f.text):
			if i++; f.text[i] != quote {
				out = append(out, '\\')
			}
			out = append(out, f.text[i])
		case c == quote:
			f.take(i + 1)
			if quote == '\'' {
				return string(out), "", true
			}
			value, why = f.expand.expand(unescape(string(out)), f.within)
			return value, why, true
		default:
			out = append(out, c)
		}
	}
	f.takeLine()
	return "", "", false // the quote has no end
}

// within finds a variable around the file first, as Compose does, and then in it.
func (f *envFile) within(name string) (string, bool) {
	if value, ok := f.find(name); ok {
		return value, true
	}
	value, ok := f.known[name]
	return value, ok
}

// unescape puts characters in place of the escapes of a double-quoted value. An escaped
// dollar sign becomes two, which stand for one once references are expanded.
func unescape(text string) string {
	var out strings.Builder
	for {
		before, rest, found := strings.Cut(text, `\`)
		out.WriteString(before)
		if !found {
			return out.String()
		}
		text = rest
		switch {
		case rest == "":
			out.WriteByte('\\')
		case rest[0] == '$':
			out.WriteString("$$")
			text = rest[1:]
		case strings.IndexByte(`abfnrtv"\`, rest[0]) >= 0:
			c, _, after, err := strconv.UnquoteChar(`\`+rest[:1], '"')
			if err == nil && after == "" {
				out.WriteRune(c)
				text = rest[1:]
			}
		case rest[0] == '0': // and three octal digits
			digits := rest[1:]
			digits = digits[:len(digits)-len(strings.TrimLeft(digits, "0123456789"))]
			digits = digits[:min(len(digits), 3)]
			if c, _, _, err := strconv.UnquoteChar(`\`+digits, '"'); err == nil {
				out.WriteRune(c)
			} else {
				out.WriteString(`\` + digits)
			}
			text = rest[1+len(digits):]
		default:
			out.WriteByte('\\')
		}
	}
}
