package compose

import (
	"strings"
)

// Bounds of interpolation: text that is small must not expand into gigabytes.
const (
	longestText = 64 << 10 // of one value, once expanded
	mostText    = 8 << 20  // of all values together
	deepest     = 50       // of defaults within defaults
)

// lookup finds the value of a variable.
type lookup func(name string) (string, bool)

// expander puts values in place of references. It is the grammar of Compose's
// interpolation, and says which variable was missing instead of leaving it empty.
// Source: https://docs.docker.com/reference/compose-file/interpolation/
type expander struct{ total int }

// expand puts values in place of all references of a text. Where one has neither a value
// nor a default, why says so, and the text keeps the reference.
func (e *expander) expand(text string, find lookup) (expanded, why string) {
	if !strings.Contains(text, "$") {
		return text, ""
	}
	if len(text) > longestText {
		return text, "is too long to put values in place of its variables"
	}
	return e.level(text, find, 0)
}

func (e *expander) level(text string, find lookup, depth int) (expanded, why string) {
	if depth > deepest {
		return text, "has defaults within defaults, too deep to read"
	}
	var out strings.Builder
	note := func(reason string) {
		if why == "" {
			why = reason
		}
	}
	for {
		before, rest, found := strings.Cut(text, "$")
		out.WriteString(before)
		if !found {
			return out.String(), why
		}
		switch name := leadingName(rest); {
		case strings.HasPrefix(rest, "$"):
			out.WriteByte('$')
			text = rest[1:]
		case name != "":
			text = rest[len(name):]
			value, ok := find(name)
			if !ok {
				note(unset(name))
				value = "$" + name
			}
			if !e.write(&out, value) {
				return text, tooMuch
			}
		case strings.HasPrefix(rest, "{"):
			end := closing(rest)
			if end < 0 {
				note("has a reference without an end")
				return out.String() + "$" + rest, why
			}
			value, reason := e.braced(rest[1:end], find, depth)
			if reason != "" {
				note(reason)
			}
			if !e.write(&out, value) {
				return text, tooMuch
			}
			text = rest[end+1:]
		default:
			out.WriteByte('$')
			text = rest
		}
	}
}

const tooMuch = "unfolds into too much text"

// write adds a value, and reports whether all is within bounds.
func (e *expander) write(out *strings.Builder, value string) bool {
	if e.total += len(value); e.total > mostText || out.Len()+len(value) > longestText {
		return false
	}
	out.WriteString(value)
	return true
}

func unset(name string) string { return "refers to " + name + ", which has no value here" }

// braced is what stands for the inside of ${...}.
func (e *expander) braced(inside string, find lookup, depth int) (value, why string) {
	name := leadingName(inside)
	rest := inside[len(name):]
	operator, argument := rest, ""
	for _, o := range []string{":-", ":?", ":+", "-", "?", "+"} {
		if after, ok := strings.CutPrefix(rest, o); ok {
			operator, argument = o, after
			break
		}
	}
	value, ok := find(name)
	if strings.HasPrefix(operator, ":") {
		ok = ok && value != ""
	}
	reference := "${" + inside + "}"
	switch {
	case name == "":
		return reference, "has a reference that Compose does not read"
	case operator == "" && !ok, strings.HasSuffix(operator, "?") && !ok:
		return reference, unset(name)
	case operator == "", strings.HasSuffix(operator, "?"):
		return value, ""
	case strings.HasSuffix(operator, "-"):
		if ok {
			return value, ""
		}
		return e.level(argument, find, depth+1)
	case strings.HasSuffix(operator, "+"):
		if !ok {
			return "", ""
		}
		return e.level(argument, find, depth+1)
	}
	return reference, "has a reference that Compose does not read"
}

// leadingName is the name of a variable that a text begins with.
func leadingName(text string) string {
	for i, c := range []byte(text) {
		letter := c == '_' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
		if !letter && (i == 0 || c < '0' || c > '9') {
			return text[:i]
		}
	}
	return text
}

// closing is where the brace that a text begins with is closed; negative where it is not.
func closing(text string) int {
	open := 0
	for i := range len(text) {
		switch text[i] {
		case '{':
			open++
		case '}':
			if open--; open == 0 {
				return i
			}
		}
	}
	return -1
}
