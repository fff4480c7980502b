package compare_test

import (
	"go/ast"
	"go/types"
	"strings"
	"testing"

	"golang.org/x/tools/go/packages"
)

// Compare and all below it read the models, which hold every decision, and never
// the spec's own fields beside them: two readings of one field come to differ.
// What the models do not have is the usage.
func TestModelsAreReadAndNotTheSpec(t *testing.T) {
	loaded, err := packages.Load(&packages.Config{
		Mode: packages.NeedName | packages.NeedFiles | packages.NeedSyntax | packages.NeedTypes | packages.NeedTypesInfo | packages.NeedImports | packages.NeedExportFile,
	}, "./...")
	if err != nil {
		t.Fatal(err)
	}
	grammar := map[string]bool{}
	for _, p := range loaded {
		for _, problem := range p.Errors {
			t.Fatal(problem)
		}
		for _, imported := range p.Types.Imports() {
			if imported.Path() == specPath {
				addGrammar(grammar, imported.Scope().Lookup("App").Type())
			}
		}
	}
	used := 0
	for _, p := range loaded {
		for _, file := range p.Syntax {
			ast.Inspect(file, func(n ast.Node) bool {
				selector, ok := n.(*ast.SelectorExpr)
				if !ok {
					return true
				}
				selection := p.TypesInfo.Selections[selector]
				if selection == nil || selection.Kind() != types.FieldVal {
					return true
				}
				used++
				if of := named(selection.Recv()); of != nil && of.Obj().Pkg() != nil && of.Obj().Pkg().Path() == specPath && grammar[of.Obj().Name()] {
					t.Errorf("%s: reads %s.%s of the spec: read a model", p.Fset.Position(selector.Sel.Pos()), of.Obj().Name(), selector.Sel.Name)
				}
				return true
			})
		}
	}
	if len(loaded) < 10 || used < 1000 || !grammar["Service"] || !grammar["KEDA"] {
		t.Errorf("looked at %d packages and %d fields: something is not looked at", len(loaded), used)
	}
}

const specPath = "ambi/spec"

// addGrammar adds the names of the structs that a type of the spec is made of, but
// for its usage.
func addGrammar(found map[string]bool, t types.Type) {
	switch t := t.(type) {
	case *types.Pointer:
		addGrammar(found, t.Elem())
	case *types.Slice:
		addGrammar(found, t.Elem())
	case *types.Map:
		addGrammar(found, t.Elem())
	case *types.Named:
		name := t.Obj().Name()
		fields, ok := t.Underlying().(*types.Struct)
		if !ok || t.Obj().Pkg().Path() != specPath || strings.HasSuffix(name, "Usage") || found[name] {
			return
		}
		found[name] = true
		for i := range fields.NumFields() {
			if fields.Field(i).Exported() { // where it stands in the text is no part of it
				addGrammar(found, fields.Field(i).Type())
			}
		}
	}
}

func named(t types.Type) *types.Named {
	if pointer, ok := t.(*types.Pointer); ok {
		t = pointer.Elem()
	}
	of, _ := t.(*types.Named)
	return of
}
