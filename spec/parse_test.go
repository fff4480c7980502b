package spec_test

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"ambi/internal/problem"
	"ambi/spec"
)

const minimal = `apiVersion: ambi/v1
name: thumbs
services:
  api:
    image: ghcr.io/example/thumbs:1.4.2
    http: {routes: ["GET /"]}
`

// TestText feeds what a golden file cannot hold: bytes that are not text, and
// line ends that a checkout may change.
func TestText(t *testing.T) {
	utf16 := func(first, second int) []byte {
		var b []byte
		for _, c := range []byte("name: x\n") {
			pair := make([]byte, 2)
			pair[first], pair[second] = c, 0
			b = append(b, pair...)
		}
		return b
	}
	for _, c := range []struct{ name, src, want string }{
		{"empty", "", "a:1:1: is empty\nhint: a spec starts with: apiVersion: ambi/v1"},
		{"blank", " \n\n", "a:1:1: is empty\nhint: a spec starts with: apiVersion: ambi/v1"},
		{"only BOM", "\uFEFF", "a:1:1: is empty\nhint: a spec starts with: apiVersion: ambi/v1"},
		{"UTF-16 LE", "\xFF\xFE" + string(utf16(0, 1)), "a:1:1: is UTF-16 text\nhint: save it as UTF-8"},
		{"UTF-16 BE", "\xFE\xFF" + string(utf16(1, 0)), "a:1:1: is UTF-16 text\nhint: save it as UTF-8"},
		{"UTF-16 without BOM", string(utf16(0, 1)), "a:1:2: a NUL byte: this is not a text file\nhint: a spec is YAML text"},
		{"executable", "\x7FELF\x02\x01\x01\x00", "a:1:1: the control character U+007F\nhint: within a value write an escape in double quotes"},
		{"Latin-1", "name: caf\xE9\n", "a:1:10: the byte 0xE9 is not UTF-8 text\nhint: save it as UTF-8"},
		{"surrogate", "name: \xED\xA0\x80\n", "a:1:7: the byte 0xED is not UTF-8 text\nhint: save it as UTF-8"},
		{"escape", "name: x\n# \x1b[2J\n", "a:2:3: the control character U+001B\nhint: within a value write an escape in double quotes"},
		{"BOM within", "name: é\uFEFFx\n", "a:1:8: the control character U+FEFF\nhint: within a value write an escape in double quotes"},
		{"line separator", "name: x\u2028services: y\n", "a:1:8: the line break U+2028, which editors do not count as one\nhint: end lines with LF or CR LF; within a value write an escape in double quotes"},
		{"next line", "name: x\u0085\n", "a:1:8: the line break U+0085, which editors do not count as one\nhint: end lines with LF or CR LF; within a value write an escape in double quotes"},
		{"old Mac", "name: x\rservices: y\r", "a:1:8: the line break U+000D, which editors do not count as one\nhint: end lines with LF or CR LF; within a value write an escape in double quotes"},
		{"deep flow", strings.Repeat("[", 20_000), "a:1:1: is not YAML: exceeded max depth of 10000"},
		{"deep blocks", strings.Repeat("- ", 20_000), "a:1:1: is not YAML: exceeded max depth of 10000"},
		{"columns count characters", "ÄÖÜ: {ß: 1, name: 2}\nÄÖÜ: 1", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := spec.Parse("a", []byte(c.src))
			if err == nil {
				t.Fatal("parsed")
			}
			if c.want != "" && err.Error() != c.want {
				t.Errorf("got:\n%v\nwant:\n%s", err, c.want)
			}
		})
	}
	for name, src := range map[string]string{
		"BOM": "\uFEFF" + minimal, "CR LF": strings.ReplaceAll(minimal, "\n", "\r\n"),
		"no last line end": strings.TrimSuffix(minimal, "\n"), "document marks": "---\n" + minimal + "...\n",
	} {
		if _, err := spec.Parse("a", []byte(src)); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestHugeInput refuses quickly what is too large or made to take long.
func TestHugeInput(t *testing.T) {
	if testing.Short() {
		t.Skip("takes some seconds")
	}
	fill := func(head, unit string) []byte {
		return append([]byte(head), bytes.Repeat([]byte(unit), (spec.MaxSize-len(head))/len(unit))...)
	}
	numbered := func(head, format string) []byte {
		var b bytes.Buffer
		b.WriteString(head)
		for i := 0; b.Len() < spec.MaxSize-200; i++ {
			fmt.Fprintf(&b, format, i)
		}
		return b.Bytes()
	}
	open := "apiVersion: ambi/v1\nname: x\nservices:\n  a:\n    image: a:1\n"
	// As many services as there may be, and as many needs as aliases may repeat.
	all := make([]string, 240)
	for i := range all {
		all[i] = fmt.Sprintf("service-of-a-long-enough-name-%d", i)
	}
	everybody := []byte("apiVersion: ambi/v1\nname: x\nservices:\n")
	for i := range 1000 {
		needs := "*all"
		if i == 0 {
			needs = "&all [" + strings.Join(all, ", ") + "]"
		}
		everybody = fmt.Appendf(everybody, "  service-of-a-long-enough-name-%d: {image: 'x:1', needs: %s, http: {routes: [GET /s%d]}}\n", i, needs, i)
	}
	for name, src := range map[string][]byte{
		"50 MB":                   bytes.Repeat([]byte("name: x\n"), 50<<20/8),
		"comments":                fill(open, "#\n"),
		"one comment":             fill(open, "#"),
		"blank lines":             fill(open, "\n"),
		"one long key":            fill(open, "k"),
		"one long value":          fill(open+"    http: ", "v"),
		"one long quoted value":   append(fill(open+"    http: \"", "\\n"), '"'),
		"unknown keys":            numbered(open, "    key%d: 1\n"),
		"duplicate keys":          fill(open, "    port: 1\n"),
		"environment":             numbered(open+"    env:\n", "      NAME_%d: value\n"),
		"routes":                  append(numbered(open+"    http:\n      routes:\n", "      - GET /a/b/{c}/%d\n"), "      - GET /a/b/{d}/0\n"...),
		"one route":               append(fill(open+"    http: {routes: [\"GET ", "/{a}"), `"]}`...),
		"bad routes":              fill(open+"    http:\n      routes:\n", "      - x\n"),
		"needs of nobody":         numbered(open+"    needs:\n", "      - nobody-%d\n"),
		"needs of everybody":      everybody,
		"permissions":             fill(open+"    permissions:\n", "      - {actions: ['*'], resources: ['*']}\n"),
		"origins":                 numbered(open+"    http:\n      cors:\n        origins:\n", "        - https://a%d/\n"),
		"headers":                 numbered(open+"    http:\n      cors:\n        headers:\n", "        - x%d y\n"),
		"one long domain":         fill(open+"    http:\n      domain: ", "a."),
		"services":                numbered("apiVersion: ambi/v1\nname: x\nservices:\n", "  a%d: {}\n"),
		"flow of lists":           fill("services: ", "["),
		"flow of mappings":        fill("services: ", "{a: "),
		"indentation":             fill("services:\n", "                 - - - -\n"),
		"anchors":                 numbered(open, "    key%d: &a%[1]d x\n"),
		"aliases":                 fill("name: &a x\nservices: [", "*a,"),
		"merges of one mapping":   fill("services:\n  a: &a {image: x}\n  b:\n    <<: [", "*a,"),
		"chained merges":          numbered("services:\n  s: &a0 {port: 1}\n", "  s%d: &a%[1]d {<<: *a0, port: 2}\n"),
		"open quotes":             fill(open, "    a: \"b\n"),
		"colons":                  fill(open, ": "),
		"questions":               fill("services: ", "? "),
		"tabs":                    fill("services:\n", "\t"),
		"block scalars":           fill(open, "    a: |\n     b\n"),
		"tags":                    fill(open, "    a: !!str b\n"),
		"directives":              fill("", "%YAML 1.1\n"),
		"documents":               fill("", "---\na\n"),
		"digits":                  fill(open+"    cpu: ", "9"),
		"errors in the last line": append(numbered(open+"    env:\n", "      NAME_%d: value\n"), "   x: y"...),
	} {
		t.Run(name, func(t *testing.T) {
			before := cpuTime(t)
			_, err := spec.Parse("a", src)
			took := cpuTime(t) - before
			if err == nil {
				t.Fatal("parsed")
			}
			t.Logf("%v of the processor's time, %d bytes of errors", took, len(err.Error()))
			if took > 10*time.Second {
				t.Errorf("took %v of the processor's time", took)
			}
			if len(err.Error()) > 100<<10 {
				t.Errorf("%d bytes of errors", len(err.Error()))
			}
		})
	}
}

// TestPositions asks where fields stand: given ones, defaults, and those that
// came through an alias.
func TestPositions(t *testing.T) {
	app, err := spec.Parse("a", []byte(`apiVersion: ambi/v1
name: thumbs
services:
  api: &api
    image: x:1
    env:
      LOG_LEVEL: info
      "MULTI": |
        text
    http:
      routes:
        - GET /a
        - GET /b
    scale: {min: 2}
  web:
    <<: *api
    http: {routes: [GET /c]}
`))
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		path  string
		want  spec.Position
		given bool
	}{
		{"", spec.Position{Line: 1, Column: 1}, true},
		{"name", spec.Position{Line: 2, Column: 7}, true},
		{"targets", spec.Position{Line: 1, Column: 1}, false},
		{"services", spec.Position{Line: 3, Column: 1}, true},
		{"services.api", spec.Position{Line: 4, Column: 3}, true},
		{"services.api.image", spec.Position{Line: 5, Column: 12}, true},
		{"services.api.cpu", spec.Position{Line: 4, Column: 3}, false},
		{"services.api.env", spec.Position{Line: 6, Column: 5}, true},
		{"services.api.env.LOG_LEVEL", spec.Position{Line: 7, Column: 18}, true},
		{"services.api.env.MULTI", spec.Position{Line: 8, Column: 16}, true},
		{"services.api.http.routes[1]", spec.Position{Line: 13, Column: 11}, true},
		{"services.api.http.routes[7]", spec.Position{Line: 11, Column: 7}, false},
		{"services.api.scale.min", spec.Position{Line: 14, Column: 18}, true},
		{"services.api.scale.max", spec.Position{Line: 14, Column: 5}, false},
		{"services.api.kubernetes.namespace", spec.Position{Line: 4, Column: 3}, false},
		{"services.web", spec.Position{Line: 15, Column: 3}, true},
		{"services.web.image", spec.Position{Line: 5, Column: 12}, true},
		{"services.web.http.routes[0]", spec.Position{Line: 17, Column: 21}, true},
		{`services.web["a.b"].c`, spec.Position{Line: 15, Column: 3}, false},
	} {
		if got := app.Position(c.path); got != c.want {
			t.Errorf("%q is at %v, want %v", c.path, got, c.want)
		}
		if got := app.Given(c.path); got != c.given {
			t.Errorf("%q: given is %t", c.path, got)
		}
	}
}

// TestAppsAreSeparate changes what an alias shared in the text.
func TestAppsAreSeparate(t *testing.T) {
	app, err := spec.Parse("a", read(t, filepath.Join("testdata", "valid", "anchors-and-merges.yaml")))
	if err != nil {
		t.Fatal(err)
	}
	app.Services["api"].Env["MODE"] = "changed"
	if got := app.Services["both"].Env["MODE"]; got != "api" {
		t.Errorf("a change in one service reached another: %q", got)
	}
}

func TestDefaults(t *testing.T) {
	app, err := spec.Parse("a", []byte(minimal))
	if err != nil {
		t.Fatal(err)
	}
	if got := app.Services["api"].Scale; got != (spec.Scale{Min: 1, Max: 10, CPU: 70}) {
		t.Errorf("scale is %+v", got)
	}
	app, err = spec.Parse("a", []byte(minimal+"    scale: {memory: 80}\n"))
	if err != nil {
		t.Fatal(err)
	}
	if got := app.Services["api"].Scale; got != (spec.Scale{Min: 1, Max: 10, Memory: 80}) {
		t.Errorf("scale is %+v", got)
	}
	if !reflect.DeepEqual(app.Targets, spec.Targets()) || !app.For(spec.Lambda) || !app.For(spec.Kubernetes) {
		t.Errorf("targets are %v", app.Targets)
	}
}

// corpus is every golden input.
func corpus(t testing.TB) map[string][]byte {
	t.Helper()
	paths, err := filepath.Glob("testdata/*/*.yaml")
	if err != nil || len(paths) < 50 {
		t.Fatalf("%d golden inputs: %v", len(paths), err)
	}
	all := map[string][]byte{}
	for _, path := range paths {
		b, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		all[path] = b
	}
	return all
}

// checkParse is what holds for any input.
func checkParse(t *testing.T, src []byte) {
	t.Helper()
	app, err := spec.Parse("app.yaml", src)
	again, errAgain := spec.Parse("app.yaml", bytes.Clone(src))
	if fmt.Sprint(err) != fmt.Sprint(errAgain) {
		t.Fatalf("two errors for one input:\n%v\n---\n%v", err, errAgain)
	}
	if err == nil {
		if !reflect.DeepEqual(app, again) {
			t.Fatalf("two apps for one input: %+v, %+v", app, again)
		}
		return
	}
	all, ok := errors.AsType[problem.List](err)
	if app != nil || !ok || len(all) == 0 {
		t.Fatalf("app %v, error %T %v", app, err, err)
	}
	lines := strings.Split(strings.TrimPrefix(string(src), "\uFEFF"), "\n")
	for i, e := range all {
		if e.File != "app.yaml" || e.Message == "" {
			t.Errorf("an empty error: %+v", e)
		}
		if strings.ContainsFunc(e.Error(), func(c rune) bool { return c < ' ' && c != '\n' || c == 0x202E }) || !utf8.ValidString(e.Error()) ||
			strings.Count(e.Error(), "\n") != len(e.Hints) {
			t.Errorf("an error that garbles a terminal: %q", e.Error())
		}
		if i > 0 && (e.Line < all[i-1].Line || e.Line == all[i-1].Line && e.Column < all[i-1].Column) {
			t.Errorf("out of order: %v after %v", e, all[i-1])
		}
		if e.Line < 1 || e.Line > len(lines) {
			t.Errorf("line %d of %d: %v", e.Line, len(lines), e)
		} else if width := utf8.RuneCountInString(lines[e.Line-1]); e.Column < 1 || e.Column > width+1 {
			t.Errorf("column %d in a line of %d: %v", e.Column, width, e)
		}
	}
}

func TestCorpus(t *testing.T) {
	for path, src := range corpus(t) {
		t.Run(filepath.Base(path), func(t *testing.T) { checkParse(t, src) })
	}
}
