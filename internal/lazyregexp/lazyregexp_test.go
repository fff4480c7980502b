package lazyregexp_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"ambi/internal/lazyregexp"
)

// TestPatternsCompile compiles every pattern of the module that stands where it is used: one
// that does not compile would panic when a command first needs it.
func TestPatternsCompile(t *testing.T) {
	const root = "../.."
	found := 0
	err := filepath.WalkDir(root, func(name string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		switch base := entry.Name(); {
		case entry.IsDir() && name != root && (base == "testdata" || base == "stacks" || base == "tools" || strings.HasPrefix(base, ".")):
			return filepath.SkipDir
		case entry.IsDir() || !strings.HasSuffix(base, ".go"):
			return nil
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		ast.Inspect(file, func(n ast.Node) bool {
			call, ok := n.(*ast.CallExpr)
			if !ok || len(call.Args) != 1 {
				return true
			}
			of, ok := call.Fun.(*ast.SelectorExpr)
			if !ok || of.Sel.Name != "New" {
				return true
			}
			from, ok := of.X.(*ast.Ident)
			if !ok || from.Name != "lazyregexp" {
				return true
			}
			literal, ok := call.Args[0].(*ast.BasicLit)
			if !ok {
				return true // a constant of the schema, whose tests compile it
			}
			pattern, err := strconv.Unquote(literal.Value)
			if err != nil {
				t.Fatal(err)
			}
			found++
			if _, err := regexp.Compile(pattern); err != nil {
				t.Errorf("%s: %v", name, err)
			}
			return true
		})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if found == 0 {
		t.Error("no pattern was found")
	}
}

// TestMethods: each is that of the expression.
func TestMethods(t *testing.T) {
	lazy, whole := lazyregexp.New(`a(b+)`), regexp.MustCompile(`a(b+)`)
	const text = "ab abb c"
	if lazy.String() != whole.String() || lazy.MatchString(text) != whole.MatchString(text) || lazy.FindString(text) != whole.FindString(text) ||
		lazy.ReplaceAllString(text, "$1") != whole.ReplaceAllString(text, "$1") || len(lazy.FindAllString(text, -1)) != 2 {
		t.Error("it differs from the expression")
	}
}
