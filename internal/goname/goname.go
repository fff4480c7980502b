// Package goname turns names from a spec, which are DNS labels, into names that
// Go takes as identifiers and as files.
package goname

import (
	"go/token"
	"go/types"
	"slices"
	"strings"
	"unicode"
)

// initialism reports whether Go code writes a word in one case throughout.
func initialism(word string) bool {
	switch word {
	case "acl", "api", "ascii", "aws", "cdn", "cpu", "css", "csv", "db", "dns", "eof", "graphql", "grpc",
		"guid", "html", "http", "https", "id", "io", "ip", "json", "jwt", "ml", "pdf", "qps", "ram", "rpc", "sdk",
		"sla", "smtp", "sql", "ssh", "sso", "tcp", "tls", "ttl", "udp", "ui", "uid", "uri", "url", "utf8", "uuid",
		"vm", "xml":
		return true
	}
	return false
}

// Exported returns a name in upper camel case: "web-api" becomes "WebAPI". It is
// meant to be one part of an identifier, such as newWebAPIFunction.
func Exported(name string) string {
	var b strings.Builder
	for _, word := range words(name) {
		b.WriteString(title(word))
	}
	return b.String()
}

// Unexported returns a name in lower camel case: "web-api" becomes "webAPI". By
// itself it may be a keyword; see Local.
func Unexported(name string) string {
	all := words(name)
	if len(all) == 0 {
		return ""
	}
	return all[0] + Exported(strings.Join(all[1:], "-"))
}

// Local returns a name for a variable: Unexported, with a suffix where that is a
// keyword, a predeclared identifier or one of those taken. A name that ends in the
// suffix already gets one more, so that no two names become the same.
func Local(name, suffix string, taken ...string) string {
	local := Unexported(name)
	stem := local
	for stem != suffix && strings.HasSuffix(stem, suffix) {
		stem = strings.TrimSuffix(stem, suffix)
	}
	for _, word := range []string{local, stem} {
		if token.IsKeyword(word) || types.Universe.Lookup(word) != nil || slices.Contains(taken, word) {
			return local + suffix
		}
	}
	return local
}

// File returns the stem of a Go file for a name: "load-test" becomes
// "load_test_service" with the suffix "service". The suffix keeps the go command
// from taking the end of a name for a test or for a build constraint.
func File(name, suffix string) string {
	return strings.Join(words(name), "_") + "_" + suffix
}

func words(name string) []string {
	return strings.FieldsFunc(strings.ToLower(name), func(r rune) bool {
		return r > unicode.MaxASCII || !unicode.IsLetter(r) && !unicode.IsDigit(r)
	})
}

func title(word string) string {
	if initialism(word) {
		return strings.ToUpper(word)
	}
	return strings.ToUpper(word[:1]) + word[1:]
}
