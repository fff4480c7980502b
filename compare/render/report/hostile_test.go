package report_test

import (
	"bytes"
	"html"
	"reflect"
	"regexp"
	"slices"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	renderer "github.com/yuin/goldmark/renderer/html"
	"github.com/yuin/goldmark/text"

	"ambi/compare"
	"ambi/compare/render/report"
)

// hostile are texts that mean something in Markdown, to a forge or to a terminal.
func hostile() []string {
	return []string{
		"# a", "a\n# b", "- a", "1. a", "+ a", "a\n===", "> a", "    a", "```\na", "a\n\n---\n",
		"*a*", "_a_", "__a__", "~~a~~", "`a`", "``a`", "a`", "a\\", `a\|b`, "a|b", "|", "a\n| b |\n",
		"[a](https://x.example)", "![a](https://x.example/p.png)", "[a]: https://x.example", "![", "[^1]",
		"<img src=x>", "<script>a</script>", "</summary></details>", "<!--", "<https://x.example>", "&lt;b&gt;", "&#64;everyone",
		"https://x.example", "http://x.example/", "ftp://x.example", "www.x.example", "WWW.x.example", "a@x.example", "mailto:a@x.example",
		"@everyone", "a @org/team", "#12", "org/repo#12", "$a$", "$$a$$", "a$", "\x1b[2J", "\u202ea", "\u009b1m", "a\u2028# b", "a\r# b", "\xff",
	}
}

// Whatever text stands in a comparison, it makes no Markdown of its own: a comment
// is built as it is with a plain word in its place.
func TestForeignTextIsNoMarkdown(t *testing.T) {
	before := compared(t, apps()["small"])
	results := map[string]compare.Result{"simulated": simulated(t, 200, time.Minute, nil)}
	for name, app := range apps() {
		results[name] = compared(t, app)
	}
	for name, r := range results {
		d := compare.Against(before, r)
		for _, all := range []bool{false, true} { // of types of their own, too: a verdict, a category
			render := func(word string) []byte {
				setStrings(reflect.ValueOf(&r).Elem(), word, all)
				setStrings(reflect.ValueOf(&d).Elem(), word, all)
				return []byte(report.Markdown(r, report.Options{Spec: word, Against: &d, Failed: []string{word}}))
			}
			want := outline(render("word"))
			for _, word := range hostile() {
				source := render(word)
				if got := outline(source); !slices.Equal(got, want) {
					t.Errorf("%s: with %q the comment has other parts: %v", name, word, difference(got, want))
				}
				if found := activeText.FindString(shownText(t, source)); found != "" {
					t.Errorf("%s: %q leaves %q", name, word, found)
				}
				if !utf8.Valid(source) || bytes.ContainsFunc(source, controls) {
					t.Errorf("%s: %q leaves a control character", name, word)
				}
			}
		}
	}
}

// setStrings sets every text in a value; those of types of their own only if all
// are meant.
func setStrings(v reflect.Value, to string, all bool) {
	switch v.Kind() {
	case reflect.String:
		if v.CanSet() && (all || v.Type() == reflect.TypeFor[string]()) {
			v.SetString(to)
		}
	case reflect.Pointer:
		if !v.IsNil() {
			setStrings(v.Elem(), to, all)
		}
	case reflect.Struct:
		for i := range v.NumField() {
			setStrings(v.Field(i), to, all)
		}
	case reflect.Slice:
		for i := range v.Len() {
			setStrings(v.Index(i), to, all)
		}
	case reflect.Map:
		for _, key := range v.MapKeys() {
			value := reflect.New(v.Type().Elem()).Elem()
			value.Set(v.MapIndex(key))
			setStrings(value, to, all)
			v.SetMapIndex(key, value)
		}
	}
}

func markdownOf() goldmark.Markdown {
	return goldmark.New(goldmark.WithExtensions(extension.GFM, extension.Footnote), goldmark.WithRendererOptions(renderer.WithUnsafe()))
}

// outline lists the parts of a Markdown text, but for how its text is cut.
func outline(source []byte) []string {
	var parts []string
	_ = ast.Walk(markdownOf().Parser().Parse(text.NewReader(source)), func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		if kind := n.Kind(); entering && kind != ast.KindText && kind != ast.KindString {
			parts = append(parts, kind.String())
		}
		return ast.WalkContinue, nil
	})
	return parts
}

// shownText is what a reader sees of a comment, but for code, which no forge
// looks at, and for the addresses of pages that ambi knows.
func shownText(t *testing.T, source []byte) string {
	t.Helper()
	var b bytes.Buffer
	if err := markdownOf().Convert(source, &b); err != nil {
		t.Fatal(err)
	}
	return html.UnescapeString(notText.ReplaceAllString(b.String(), ""))
}

var (
	notText    = regexp.MustCompile(`(?s)<code>.*?</code>|<a [^>]*>.*?</a>|<[a-z/][^>]*>`)
	activeText = regexp.MustCompile(`@[A-Za-z0-9]|#[0-9]|[a-z]://[a-z]|(?i:www)\.[a-z]`)
)

func controls(r rune) bool {
	return r != '\n' && (r < ' ' || r >= 0x7f && r < 0xa0 || r == '\u202e' || r == '\u2028')
}

// difference is where two lists part.
func difference(got, want []string) []string {
	for i := range min(len(got), len(want)) {
		if got[i] != want[i] {
			return got[max(0, i-2):min(len(got), i+3)]
		}
	}
	return got[min(len(got), len(want)):]
}
