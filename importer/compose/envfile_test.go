package compose

import (
	"io"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/compose-spec/compose-go/v2/dotenv"
	"github.com/sirupsen/logrus"
)

func none(string) (string, bool) { return "", false }

// TestEnvFile reads forms of variables, with their places and without a word of what is bad.
func TestEnvFile(t *testing.T) {
	text := "\uFEFF# comment\nA=1 # one\n\nexport B='two\nlines $A'\nC=\"$A\\n${B:-x}\"\nbad line hunter2\nD: yaml\nE=$NONE\nF\nG=\"hunter2\n"
	all, bad := readEnvFile("x.env", []byte(text), false, &expander{}, none)
	var got []string
	for _, v := range all {
		got = append(got, v.name+"="+v.node.Text+"@"+v.node.Place()+v.why)
	}
	want := []string{"A=1@x.env:2", "B=two\nlines $A@x.env:4", "C=1\ntwo\nlines $A@x.env:6", "D=yaml@x.env:8", "E=$NONE@x.env:9refers to NONE, which has no value here"}
	if !slices.Equal(got, want) {
		t.Errorf("got  %q\nwant %q", got, want)
	}
	if !slices.Equal(bad, []int{7, 11}) {
		t.Errorf("bad lines %d, want 7 and 11", bad)
	}
	raw, _ := readEnvFile("x.env", []byte("A='$B' # c\r\n"), true, &expander{}, none)
	if len(raw) != 1 || raw[0].node.Text != "'$B' # c" {
		t.Errorf("raw: %+v", raw)
	}
}

// TestBombs are texts that are small and would unfold into gigabytes, or take for ever.
func TestBombs(t *testing.T) {
	doubling := "A0=xxxxxxxxxxxxxxxx\n"
	for i := range 60 {
		a, b := string(rune('0'+i/10))+string(rune('0'+i%10)), string(rune('0'+(i+1)/10))+string(rune('0'+(i+1)%10))
		if i == 0 {
			doubling = "A" + a + "=xxxxxxxxxxxxxxxx\n"
		}
		doubling += "A" + b + "=$A" + a + "$A" + a + "\n"
	}
	for name, text := range map[string]string{
		"doubling": doubling,
		"rest":     "A=" + strings.Repeat("${B:-x}", 9000) + "\n",
		"open":     "A=" + strings.Repeat("${", 30_000) + "\n",
		"nested":   "A=" + strings.Repeat("${B:-", 9000) + strings.Repeat("}", 9000) + "\n",
		"long":     "A=" + strings.Repeat("x", 60_000) + "\n" + strings.Repeat("B=$A$A$A$A\n", 9000),
	} {
		t.Run(name, func(t *testing.T) {
			all, _ := readEnvFile("x.env", []byte(text), false, &expander{}, none)
			total := 0
			for _, v := range all {
				total += len(v.node.Text)
			}
			if total > mostText+2*longestText {
				t.Errorf("%d bytes", total)
			}
		})
	}
}

// FuzzEnvFile holds what is read of any text to what Compose's own library reads.
func FuzzEnvFile(f *testing.F) {
	for _, text := range []string{"A=1\nB=$A # c\n", "export A='x'\nB=\"a\\n${A:-$C}\"", "A: b\nC\n#\n", "A=\"multi\nline\" B=c", "A='it\\'s'\n\n", "A=\\$B\nC=\"\\$B\"", "exportA=1\nA.b[0]-c=$$x"} {
		f.Add(text)
	}
	logrus.SetOutput(io.Discard)
	f.Fuzz(func(t *testing.T, text string) {
		if len(text) > 200 {
			return // the library takes time that grows with the square, and more
		}
		text += "\n" // without which the library takes a last name for a value
		all, bad := readEnvFile("x.env", []byte(text), false, &expander{}, none)
		got := map[string]string{}
		for _, v := range all {
			if v.why != "" {
				return // the library takes what has no value for empty
			}
			if v.node.Line < 1 || v.node.Line > 1+strings.Count(text, "\n") {
				t.Fatalf("line %d", v.node.Line)
			}
			got[v.name] = v.node.Text
		}
		want, err := dotenv.Parse(strings.NewReader(text))
		if err != nil || len(bad) > 0 {
			return
		}
		if !maps.Equal(got, want) {
			t.Fatalf("%q: got %q, want %q", text, got, want)
		}
	})
}
