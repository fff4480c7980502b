// Package spectest makes random specs that are valid, for the tests of
// whatever reads one: any grammar and any hostile string may occur in them, and
// the same seed gives the same text.
package spectest

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"

	"ambi/spec"
)

// Generate makes a spec that spec.Parse accepts. One target or both may refuse
// it.
func Generate(r *rand.Rand) []byte {
	return generate(r, bounds{
		minCPU: 1, maxCPU: 256_000, minMemory: 4, maxMemory: 1 << 20, maxTimeout: 3600,
		minScale: 0, maxEnv: 40_000, optionalImage: true,
	})
}

// Deployable makes a spec that both targets accept as well.
func Deployable(r *rand.Rand) []byte {
	return generate(r, bounds{
		minCPU: 10, maxCPU: 4_000, minMemory: 128, maxMemory: 10_240, maxTimeout: 30,
		minScale: 1, maxEnv: 2_000,
	})
}

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

// bounds is what the targets, or the grammar, allow.
type bounds struct {
	minCPU, maxCPU       int // millicores
	minMemory, maxMemory int // MiB
	maxTimeout           int // seconds
	minScale             int
	maxEnv               int // bytes of values in one service
	optionalImage        bool
}

type generator struct {
	*rand.Rand
	bounds
	out    strings.Builder
	shapes map[string]bool // methods and shapes of the routes so far
}

func generate(r *rand.Rand, b bounds) []byte {
	g := &generator{Rand: r, bounds: b, shapes: map[string]bool{}}
	g.line(0, "apiVersion: ambi/v1")
	g.line(0, "name: %s", g.one("thumbs", "x", "type", "main", "my-app-2", "load-test"))
	if g.sometimes() {
		g.line(0, "targets: [%s]", g.one("lambda, kubernetes", "kubernetes, lambda"))
	}
	g.line(0, "services:")
	for _, name := range g.serviceNames() {
		g.service(name)
	}
	if g.sometimes() {
		g.usage()
	}
	return []byte(g.out.String())
}

func (g *generator) line(depth int, format string, args ...any) {
	g.out.WriteString(strings.Repeat("  ", depth))
	fmt.Fprintf(&g.out, format, args...)
	g.out.WriteByte('\n')
}

func (g *generator) sometimes() bool { return g.IntN(2) == 0 }

func (g *generator) one(of ...string) string { return of[g.IntN(len(of))] }

// between is from low to high, both included, small numbers as likely as large.
func (g *generator) between(low, high int) int {
	if g.sometimes() {
		high = min(high, low+10)
	}
	return low + g.IntN(high-low+1)
}

// text draws from an alphabet, with a letter first.
func (g *generator) text(alphabet string, shortest, longest int) string {
	b := []byte{byte('a' + g.IntN(26))}
	for n := g.between(shortest, longest); len(b) < n; {
		b = append(b, alphabet[g.IntN(len(alphabet))])
	}
	return string(b)
}

func (g *generator) serviceNames() []string {
	all := names()
	g.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
	all = all[:1+g.IntN(5)]
	if g.sometimes() {
		// A digit at the end keeps random names from colliding with the list's.
		all = append(all, g.text("abcdefghijklmnopqrstuvwxyz0123456789", 5, 30)+"-q9")
	}
	return all
}

func (g *generator) service(name string) {
	g.line(1, "%s:", g.key(name))
	zip := ""
	if g.sometimes() {
		zip = g.one("build/app.zip", "a b.zip", "dist/it's.zip", "x/`y`.zip", "ü/${z}.zip", "{{.}}.zip", "%s.zip", `q"q.zip`)
	}
	if !g.optionalImage || zip == "" || g.sometimes() {
		g.line(2, "image: %s", g.one(
			"thumbs:1", "ghcr.io/example/thumbs:1.4.2", "localhost:5000/a/b_c/d-e:v1-rc.1_x",
			"ghcr.io/example/thumbs:1.4.2@sha256:"+strings.Repeat("0a", 32), "example.com/x@sha256:"+strings.Repeat("f", 64)))
	}
	if g.sometimes() {
		g.line(2, "port: %d", g.between(1, 65535))
		g.line(2, "cpu: %s", g.one(fmt.Sprintf("%dm", g.between(g.minCPU, g.maxCPU)), "1", "0.5", `"1.5"`))
		g.line(2, "memory: %s", g.one(fmt.Sprintf("%dMi", g.between(g.minMemory, g.maxMemory)), "1Gi", "1.5Gi", "1G", "536870912"))
		g.line(2, "timeout: %ds", g.between(1, g.maxTimeout))
		g.line(2, "concurrency: %d", g.between(1, 1000))
	}
	g.environment()
	if g.sometimes() {
		g.line(2, "health: {path: %s}", g.one("/", "/healthz", "/live/z", "/.well-known/a_b~c-d"))
	}
	g.routes(name)
	if g.sometimes() {
		low := g.between(g.minScale, 1000)
		g.line(2, "scale: {min: %d, max: %d%s}", low, g.between(max(low, 1), 1000),
			g.one("", ", cpu: "+strconv.Itoa(g.between(1, 100)), ", memory: "+strconv.Itoa(g.between(1, 100))))
	}
	g.options(zip)
}

// key writes a key with or without quotes.
func (g *generator) key(name string) string {
	if g.sometimes() {
		return strconv.Quote(name)
	}
	return name
}

// quoted writes a string so that YAML reads exactly it, in one of several ways.
func (g *generator) quoted(s string) string {
	plain := !strings.ContainsFunc(s, func(c rune) bool { return c < ' ' || c == 0x2028 || c == 0x2029 || c == 0xFEFF })
	switch {
	case plain && g.sometimes():
		return "'" + strings.ReplaceAll(s, "'", "''") + "'"
	case g.sometimes():
		return strconv.QuoteToASCII(s)
	}
	return strconv.Quote(s)
}

func (g *generator) environment() {
	names := map[string]bool{}
	yamlWords := []string{"no", "on", "yes", "off", "null", "true", "false"}
	fresh := func() string {
		for {
			name := g.text("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_", 2, 40) + g.one("", "_X", "x", "Type")
			if len(name) > 1 && !strings.HasSuffix(name, "_SECRET") && !slices.Contains(yamlWords, name) && !names[name] {
				names[name] = true
				return name
			}
		}
	}
	hostile := Hostile()
	if n := g.IntN(6); n > 0 {
		g.line(2, "env:")
		for size := 0; n > 0; n-- {
			value := hostile[g.IntN(len(hostile))]
			if g.IntN(20) == 0 {
				value = strings.Repeat("very long ", g.maxEnv/10)
			}
			if name := fresh(); size+len(name)+len(value) <= g.maxEnv || size == 0 && len(value) == 0 {
				size += len(name) + len(value)
				g.line(3, "%s: %s", g.key(name), g.quoted(value))
			} else {
				g.line(3, "%s: ''", name)
			}
		}
	}
	if n := g.IntN(3); n > 0 {
		g.line(2, "secrets:")
		for ; n > 0; n-- {
			g.line(3, "%s: {name: %s, key: %s}", fresh(),
				g.one("db", "thumbs-database", "a.b.c", "s1"), g.one("url", "tls.key", "A_B-c", `"-._"`))
		}
	}
}

func (g *generator) routes(service string) {
	g.line(2, "http:")
	g.line(3, "routes:")
	written := 0
	for written == 0 || g.IntN(4) > 0 {
		path := ""
		for n := g.IntN(4); n > 0; n-- {
			path += "/" + g.one(service, "a", "B", "1", "x.y", "~u", "_", "-", "...", "{id}", "{a1}", "{type}", "{Fn_0}")
		}
		if g.IntN(4) == 0 {
			path += "/" + g.one("{path+}", "{rest+}")
		}
		if path == "" {
			path = "/"
		}
		text := spec.Methods()[g.IntN(len(spec.Methods()))] + " " + path
		route, err := spec.ParseRoute(text)
		shape := route.Method + " " + route.Shape()
		if err != nil || g.shapes[shape] { // a parameter twice, or a conflict
			continue
		}
		g.shapes[shape] = true
		written++
		g.line(4, "- %s", g.quoted(text))
	}
}

func (g *generator) options(zip string) {
	var options []string
	if zip != "" {
		options = append(options, "zip: "+g.quoted(zip))
		if g.sometimes() {
			options = append(options, "layers: [arn:aws:lambda:us-east-1:753240598075:layer:LambdaAdapterLayerX86:25]")
		}
	} else if !g.optionalImage || g.sometimes() {
		options = append(options, "image: 123456789012.dkr.ecr.us-east-1.amazonaws.com/thumbs:1.4.2")
	}
	if g.sometimes() {
		options = append(options, "architecture: "+g.one("x86_64", "arm64"), "handler: "+g.one("adapter", "native"))
	}
	if g.sometimes() {
		options = append(options, "logRetentionDays: "+g.one("1", "30", "3653"))
	}
	if len(options) > 0 {
		g.line(2, "lambda: {%s}", strings.Join(options, ", "))
	}
	if g.sometimes() {
		g.line(2, "kubernetes: {namespace: %s}", g.one("default", "team-1", "x", "type"))
	}
}

func (g *generator) usage() {
	lines := []string{
		"requests: " + g.one("1/month", "3M/month", "100/s", "5k/day", "1.5k/minute", "1M/s"),
		"duration: " + g.one("1ns", "40ms", "1.5s", "1h"),
		"cpuTime: " + g.one("1us", "12ms", "1h"),
		"shape: " + g.one("steady", "diurnal", "bursty", "sporadic"),
	}
	lines = slices.DeleteFunc(lines, func(string) bool { return g.IntN(3) == 0 })
	if len(lines) == 0 {
		lines = []string{"{}"}
	}
	g.line(0, "usage:")
	for _, l := range lines {
		g.line(1, "%s", l)
	}
}
