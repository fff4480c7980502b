package stacktest

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"strings"
)

// LostErrors reports each ApplyT in a folder's Go files whose result is not
// used. Only that result holds an error that its function returns, and Pulumi
// would drop it silently.
func LostErrors(t T, folder string) {
	t.Helper()
	paths, _ := filepath.Glob(filepath.Join(folder, "*.go"))
	if len(paths) == 0 {
		t.Errorf("no Go files in %s", folder)
	}
	for _, path := range paths {
		files := token.NewFileSet()
		file, err := parser.ParseFile(files, path, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Errorf("%v", err)
			continue
		}
		ast.Inspect(file, func(n ast.Node) bool {
			for _, e := range unused(n) {
				if assertion, ok := e.(*ast.TypeAssertExpr); ok {
					e = assertion.X
				}
				call, _ := e.(*ast.CallExpr)
				if call == nil {
					continue
				}
				if method, ok := call.Fun.(*ast.SelectorExpr); ok && strings.HasPrefix(method.Sel.Name, "ApplyT") {
					t.Errorf("%s: the result of this ApplyT is not used, so an error in it is lost\nhint: export it, or pass it to a resource", files.Position(method.Sel.Pos()))
				}
			}
			return true
		})
	}
}

// unused lists what a statement computes for nothing.
func unused(n ast.Node) (list []ast.Expr) {
	switch n := n.(type) {
	case *ast.ExprStmt:
		list = append(list, n.X)
	case *ast.AssignStmt:
		for i, left := range n.Lhs {
			if name, ok := left.(*ast.Ident); ok && name.Name == "_" && len(n.Lhs) == len(n.Rhs) {
				list = append(list, n.Rhs[i])
			}
		}
	}
	return list
}
