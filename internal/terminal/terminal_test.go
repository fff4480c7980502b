package terminal_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"

	"ambi/internal/terminal"
)

func TestLine(t *testing.T) {
	for text, want := range map[string]string{
		"":                    "",
		"app/app.yaml":        "app/app.yaml",
		"Größe 日本 é 👩\u200d👩": "Größe 日本 é 👩\u200d👩",
		"a\x1b[2Jb":           `a\u001b[2Jb`,
		"a\nb\r\tc\x00\x7f":   `a\u000ab\u000d\u0009c\u0000\u007f`,
		"\u009b31m":           `\u009b31m`,
		"\x9b31m":             `\x9b31m`,
		"a\u202eb\u2066c":     `a\u202eb\u2066c`,
		"a\u2028b\ufeff":      `a\u2028b\ufeff`,
		"\U000e0041":          `\udb40\udc41`,
		"cut \xe2\x80":        `cut \xe2\x80`,
	} {
		if got := terminal.Line(text); got != want {
			t.Errorf("%q appears as %q, want %q", text, got, want)
		}
	}
}

func TestWriter(t *testing.T) {
	const text = "a\tb\x1b[2J\x1b]8;;http://x\x07\u009bK\u202e日本 \x1b[31mred\x1b[0m\x9b\xe2\x80\n"
	const want = "a\tb\\u001b[2J\\u001b]8;;http://x\\u0007\\u009bK\\u202e日本 \\u001b[31mred\\u001b[0m\\x9b\\xe2\\x80\n"
	const styled = "a\tb\\u001b[2J\\u001b]8;;http://x\\u0007\\u009bK\\u202e日本 \x1b[31mred\x1b[0m\\x9b\\xe2\\x80\n"
	for size := 1; size <= len(text); size++ { // in pieces that cut characters and colours
		var plain, colored bytes.Buffer
		a, b := terminal.NewWriter(&plain), terminal.NewWriter(&colored)
		for i := 0; i < len(text); i += size {
			piece := []byte(text[i:min(i+size, len(text))])
			if n, err := a.Write(piece); n != len(piece) || err != nil {
				t.Fatalf("%d, %v", n, err)
			}
			if n, err := b.Styled().Write(piece); n != len(piece) || err != nil {
				t.Fatalf("%d, %v", n, err)
			}
		}
		if plain.String() != want {
			t.Errorf("in pieces of %d: %q, want %q", size, plain.String(), want)
		}
		if colored.String() != styled {
			t.Errorf("styled, in pieces of %d: %q, want %q", size, colored.String(), styled)
		}
	}
}

// What ends within a character is written in the end.
func TestFlush(t *testing.T) {
	var b bytes.Buffer
	w := terminal.NewWriter(&b)
	fmt.Fprint(w, "a\xe2\x80")
	if err := w.Flush(); err != nil || b.String() != `a\xe2\x80` {
		t.Errorf("%q, %v", b.String(), err)
	}
}

// A JSON document means the same after it went through a Writer.
func FuzzJSON(f *testing.F) {
	f.Add("a\x1b\u009b\u202e\U000e0041\x7f\\\"")
	f.Fuzz(func(t *testing.T, text string) {
		var b bytes.Buffer
		if err := json.NewEncoder(terminal.NewWriter(&b)).Encode(text); err != nil {
			t.Fatal(err)
		}
		var got string
		if err := json.Unmarshal(b.Bytes(), &got); err != nil || got != strings.ToValidUTF8(text, "\ufffd") && utf8.ValidString(text) {
			t.Errorf("%q became %q, %v", text, got, err)
		}
		if strings.ContainsAny(b.String(), "\x1b\u009b\u202e\x7f") {
			t.Errorf("%q is obeyed", b.String())
		}
	})
}

func TestRedraw(t *testing.T) {
	var b bytes.Buffer
	terminal.Redraw(terminal.NewWriter(&b), "a\n\x1b[2J")
	if b.String() != "\r\x1b[K"+`a\u000a\u001b[2J` {
		t.Errorf("%q", b.String())
	}
}
