package spectest

import (
	"slices"
	"strings"
	"unicode"
)

// Hostile lists strings that break out of a literal, a template, a terminal or
// a shell that does not quote them. Every one may be the value of a variable.
func Hostile() []string {
	return []string{
		"", " ", "  both ends  ", "\n", "\t", "\n\n\ttrailing\n", `"`, `'`, "`", "``", `\`, `\\`, `\n`, `"+"`, "`+\"`\"+`",
		"${HOME}", "$(id)", "$$", "{{.Name}}", "{{}}", "{{ end }}", "%s%d%!", "%", "</script>", "<!--", "&amp;",
		"*/", "//", "/*", "#", "# comment", ": ", "- ", "? ", "!!binary aGk=", "&anchor", "*alias", "<<", "@", "|", ">-", "---", "...",
		"yes", "no", "on", "null", "~", "true", "0755", "1.10", "1e3", "0x1F", ".inf", "2001-01-01", "12:30", "=",
		"\u202Eright to left", "\u200F\u200E\u2066\u2069", "שלום", "مرحبا", "日本語", "🦊", "e\u0301", "\u00A0", "\u2028", "\u2029", "\uFEFF", "\uFFFD", "\U0010FFFF",
		"package main", "func init() {}", "\"\nfunc init() { panic(1) }\n//", "`\nfunc init() { panic(1) }\n//`",
		"arn:aws:s3:::bucket", "http://example.com/?a=b&c=d", "../../etc/passwd", "a=b;c", "--force", strings.Repeat("long ", 60),
	}
}

// names lists service names that a file name, an identifier or a keyword of Go
// would bite.
func names() []string {
	return []string{
		"load-test", "api-linux", "type", "main", "func", "init", "string", "test", "x86-64", "arm64", "api-test", "windows", "stack", "stack-test",
		"api", "web", "a", "a1", "lambda", "kubernetes", "pulumi", "ctx", "err", "nil", "true-x", "import", "package", "range", "select", "var", "go",
		"http", "json", "error", "any", "len", "new", "make", "default", "doc", "vendor", "internal", "testdata", "cgo", "amd64", "js-wasm", "unix", "app",
		"type-service", "app-service", "api-memory", "type-memory-mb", "service", "services", "config", "gateway", "read",
	}
}

// oneLine is a hostile string that may be the text of a comment: it prints on
// one line, as it reads, and is not blank.
func (g *generator) oneLine() string {
	lines := slices.DeleteFunc(Hostile(), func(s string) bool {
		return strings.TrimSpace(s) == "" || strings.ContainsFunc(s, func(c rune) bool {
			return unicode.In(c, unicode.Cc, unicode.Cf, unicode.Zl, unicode.Zp)
		})
	})
	return lines[g.IntN(len(lines))]
}
