package report

import (
	"fmt"
	"html"
	"reflect"
	"strings"

	"ambi/internal/lazyregexp"
	"ambi/internal/terminal"
)

// markup is text in which Markdown counts. Only ambi's own constants are markup;
// all else becomes part of one through with, literal, code or link, so that no
// name or value makes a heading, a link or a mention.
type markup string

// with puts values into a format of fmt: markup and numbers as they are, all else
// as literal text.
func (format markup) with(values ...any) markup {
	begins := strings.HasPrefix(strings.TrimLeft(string(format), "- "), "%")
	safe := make([]any, len(values))
	for i, value := range values {
		kind := reflect.ValueOf(value).Kind()
		if _, ours := value.(markup); ours || reflect.Int <= kind && kind <= reflect.Float64 {
			safe[i] = value
			continue
		}
		text := literal(fmt.Sprint(value))
		if begins && i == 0 {
			text = markup(block.ReplaceAllString(string(text), `$1\$2`))
		}
		safe[i] = text
	}
	return markup(fmt.Sprintf(string(format), safe...))
}

// block matches what would make a list or a heading at the beginning of a line.
var block = lazyregexp.New(`^([0-9]*)([-+=.)])`)

// literal is text that appears as it is, on one line.
func literal(text string) markup {
	text = strings.NewReplacer(
		`\`, `\\`, "`", "\\`", "*", `\*`, "_", `\_`, "[", `\[`, "]", `\]`, "|", `\|`, "#", `\#`, "~", `\~`,
		"<", "&lt;", ">", "&gt;", "&", "&amp;", apart, "&#8203;",
	).Replace(inactive(text))
	return markup(formula.ReplaceAllString(text, `\$$$1`))
}

// formula matches a dollar sign that is not one of money.
var formula = lazyregexp.New(`\$([^0-9]|$)`)

// inHTML is literal within HTML, where Markdown's escapes do not count.
func inHTML(text string) markup {
	return markup(strings.ReplaceAll(html.EscapeString(inactive(text)), apart, "&#8203;"))
}

// code is text as code.
func code(text string) markup {
	text = oneLine(text)
	fence := "`"
	for strings.Contains(text, fence) {
		fence += "`"
	}
	if len(fence) > 1 {
		return markup(fence + " " + text + " " + fence)
	}
	return markup(fence + text + fence)
}

// link is the address of a page, for a reader to follow; another text is literal.
func link(address string) markup {
	if !plainAddress.MatchString(address) {
		return literal(address)
	}
	return markup(address)
}

var plainAddress = lazyregexp.New(`^https://[a-z0-9.-]+/[A-Za-z0-9/._#=&?-]*$`)

// active matches the beginning of what GitHub and GitLab make something of after
// Markdown: names that they notify, references, addresses. None of Markdown's
// escapes prevents it; a space without width behind it does.
var active = lazyregexp.New(`[@#]|(?i:www)|:/`)

const apart = "\u200b"

// inactive is text on one line that no forge makes something of.
func inactive(text string) string {
	return active.ReplaceAllString(oneLine(text), "$0"+apart)
}

// oneLine has spaces for line breaks, and makes other control characters visible.
func oneLine(text string) string {
	return terminal.Line(strings.TrimSpace(strings.NewReplacer("\r\n", " ", "\n", " ", "\r", " ").Replace(text)))
}
