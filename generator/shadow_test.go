package generator_test

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode"

	"ambi/generator"
)

// TestNothingIsShadowed holds that no name of an emitted program hides another: of
// a package, of something that the package declares, of Go's own, or of a variable
// around it. Names are enough for that, so no SDK is compiled.
func TestNothingIsShadowed(t *testing.T) {
	for _, name := range cases(t) {
		text, err := os.ReadFile(filepath.Join("testdata", name, "app.yaml"))
		if err != nil {
			t.Fatal(err)
		}
		in, _ := resolve(t, "app.yaml", text, "example.com/many")
		found, _ := shadows(t, in)
		for _, complaint := range found {
			t.Errorf("%s: %s", name, complaint)
		}
	}
}

// TestNoServiceShadows does the same for services that are named after everything
// that emitted programs import or declare: a service's name becomes one of a variable.
func TestNoServiceShadows(t *testing.T) {
	said := map[string]bool{}
	for _, name := range cases(t) {
		text, err := os.ReadFile(filepath.Join("testdata", name, "app.yaml"))
		if err != nil {
			t.Fatal(err)
		}
		in, app := resolve(t, "app.yaml", text, "example.com/many")
		_, names := shadows(t, in)
		for _, n := range names {
			if !slices.ContainsFunc(slices.Collect(maps.Keys(app.Services)), func(s string) bool { return n != s && strings.Contains(bare(n), bare(s)) }) {
				said[n] = true // and not as part of it the name of a service
			}
		}
	}
	delete(said, "")
	delete(said, "target") // a setting of the stack's has that name
	names := slices.Sorted(maps.Keys(said))
	var b strings.Builder
	b.WriteString("apiVersion: ambi/v1\nname: words\nservices:\n")
	service := func(name, needs, identity string) {
		fmt.Fprintf(&b, `  %[1]q:
    image: 123456789012.dkr.ecr.us-east-1.amazonaws.com/words:1
    needs: [%[2]s]
    secrets: {KEY: {name: words-key, key: key}}
    permissions: [{actions: ["s3:GetObject"], resources: ["arn:aws:s3:::words/*"]}]
    http: {routes: [GET /%[1]s]}
    kubernetes: {identity: %[3]s}
`, name, needs, identity)
	}
	next := "last-of-all"
	service(next, "", "irsa")
	for i, name := range names { // each needs another, so that its settings stand beside those of two
		service(name, strconv.Quote(next), []string{"irsa", "pod-identity"}[i%2])
		next = name
	}
	in, _ := resolveLoosely(t, []byte(b.String()))
	found, _ := shadows(t, in)
	for _, complaint := range found {
		t.Error(complaint)
	}
}

// TestServiceNamesCompile names a service after everything that emitted programs
// declare, beside a service whose functions are among it.
func TestServiceNamesCompile(t *testing.T) {
	program := func(name string) []byte {
		return fmt.Appendf(nil, `apiVersion: ambi/v1
name: words
services:
  reports:
    image: 123456789012.dkr.ecr.us-east-1.amazonaws.com/words:1
    needs: [%[1]q]
    env: {LEVEL: info}
    secrets: {KEY: {name: words-%[1]s, key: key}, NEW: {name: new, key: key}}
    permissions: [{actions: ["s3:GetObject"], resources: ["arn:aws:s3:::words/*"]}]
    http: {routes: [GET /reports]}
    kubernetes: {identity: irsa, serviceMonitor: {}, ingress: {class: nginx}}
  %[1]q:
    image: 123456789012.dkr.ecr.us-east-1.amazonaws.com/words:1
    env: {LEVEL: info}
    permissions: [{actions: ["s3:GetObject"], resources: ["arn:aws:s3:::words/*"]}]
    http: {routes: [GET /other]}
    kubernetes: {identity: pod-identity}
    lambda: {vpc: true, tracing: true}
`, name)
	}
	in, _ := resolveLoosely(t, program("other"))
	_, names := shadows(t, in)
	names = append(names, "check", "read-reports-configuration", "new-reports", "reports-service", "deploy-reports", "type", "func", "len", "any", "new", "string", "nil")
	slices.Sort(names)
	names = slices.DeleteFunc(slices.Compact(names), func(n string) bool { return n == "" || n == "target" || n == "reports" })
	if len(names) < 100 {
		t.Fatalf("only %d names", len(names))
	}
	for _, name := range names {
		in, _ := resolveLoosely(t, program(name))
		files, err := generator.Generate(in)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		t.Run(name, func(t *testing.T) { compile(t, files) })
	}
}

// shadows lists the names of a program that hide others, and all that it declares, as
// services would be called.
func shadows(t *testing.T, in generator.Input) (found, said []string) {
	t.Helper()
	files, err := generator.Generate(in)
	if err != nil {
		t.Fatal(err)
	}
	positions := token.NewFileSet()
	packages := map[string][]*ast.File{}
	for _, f := range files {
		parsed, err := parser.ParseFile(positions, f.Path, f.Content, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		key := path.Dir(f.Path) + " " + parsed.Name.Name
		packages[key] = append(packages[key], parsed)
	}
	inTest := func(p token.Pos) bool { return strings.HasSuffix(positions.Position(p).Filename, "_test.go") }
	for _, parsed := range packages {
		config := types.Config{Importer: hollow{}, Error: func(error) {}}
		info := &types.Info{Defs: map[*ast.Ident]types.Object{}}
		_, _ = config.Check("", positions, parsed, info) // what the SDKs declare is not known: an error, and no matter
		complain := func(ident *ast.Ident, what string) {
			found = append(found, fmt.Sprintf("%s: %s %s", positions.Position(ident.Pos()), ident.Name, what))
		}
		for ident, object := range info.Defs {
			if object == nil || object.Parent() == nil || object.Parent() == object.Pkg().Scope() || ident.Name == "_" || ident.Name == "t" { // a subtest has its own t
				continue
			}
			_, hidden := object.Parent().Parent().LookupParent(object.Name(), object.Pos())
			if hidden == nil {
				continue
			}
			if inTest(ident.Pos()) || !inTest(hidden.Pos()) { // a program knows nothing of its tests
				complain(ident, "hides another")
			}
		}
		for _, file := range parsed {
			if inTest(file.Package) {
				continue
			}
			for _, i := range file.Imports {
				if i.Name != nil {
					said = append(said, i.Name.Name)
				} else {
					said = append(said, path.Base(strings.Trim(i.Path.Value, `"`)))
				}
			}
			ast.Inspect(file, func(n ast.Node) bool {
				if ident, ok := n.(*ast.Ident); ok && info.Defs[ident] != nil {
					said = append(said, kebab(ident.Name))
				}
				assign, ok := n.(*ast.AssignStmt)
				if !ok || assign.Tok != token.DEFINE {
					return true
				}
				for _, left := range assign.Lhs {
					if ident, ok := left.(*ast.Ident); ok && ident.Name != "err" {
						if _, defined := info.Defs[ident]; !defined {
							complain(ident, "is there already")
						}
					}
				}
				return true
			})
		}
	}
	slices.Sort(found)
	return found, said
}

func bare(name string) string { return strings.ReplaceAll(name, "-", "") }

// kebab is the name of a service whose variable has the given one, or nothing.
func kebab(name string) string {
	var b strings.Builder
	for _, c := range name {
		if unicode.IsUpper(c) {
			b.WriteByte('-')
		}
		b.WriteRune(unicode.ToLower(c))
	}
	if text := b.String(); len(text) < 24 && !strings.ContainsAny(text, "_") && !strings.HasPrefix(text, "-") && !strings.Contains(text, "--") {
		return text
	}
	return ""
}

// hollow imports every package as an empty one.
type hollow struct{}

func (hollow) Import(name string) (*types.Package, error) {
	p := types.NewPackage(name, path.Base(strings.TrimSuffix(name, "/v3")))
	p.MarkComplete()
	return p, nil
}
