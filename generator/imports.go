package generator

import (
	"bytes"
	"go/ast"
	"go/token"
	"path"
	"strconv"
)

// usedImports returns the import declaration of a file without the packages that the
// file does not use, and where it stands in the text. A template lists every package
// that its parts may use, and none of it says when.
func usedImports(text []byte, positions *token.FileSet, parsed *ast.File) (from, to int, block []byte, changed bool) {
	if len(parsed.Imports) == 0 {
		return 0, 0, nil, false
	}
	used := map[string]bool{}
	ast.Inspect(parsed, func(n ast.Node) bool {
		if s, ok := n.(*ast.SelectorExpr); ok {
			if x, ok := s.X.(*ast.Ident); ok {
				used[x.Name] = true
			}
		}
		return true
	})
	unused := map[int]bool{} // by line
	for _, i := range parsed.Imports {
		name := path.Base(importPath(i))
		if i.Name != nil {
			name = i.Name.Name
		}
		if !used[name] {
			unused[positions.Position(i.Pos()).Line] = true
		}
	}
	if len(unused) == 0 && len(parsed.Imports) > 1 {
		return 0, 0, nil, false
	}
	declaration := parsed.Decls[0]
	from, to = positions.Position(declaration.Pos()).Offset, positions.Position(declaration.End()).Offset
	switch len(parsed.Imports) - len(unused) {
	case 0:
		return from, to, nil, true
	case 1:
		for _, i := range parsed.Imports {
			if at := positions.Position(i.Pos()); !unused[at.Line] {
				return from, to, append([]byte("import "), text[at.Offset:positions.Position(i.End()).Offset]...), true
			}
		}
	}
	// Groups stand apart by one empty line, whatever is left of them.
	first := positions.Position(declaration.Pos()).Line
	var groups, group [][]byte
	end := func() {
		if len(group) > 0 {
			groups = append(groups, bytes.Join(group, []byte("\n")))
		}
		group = nil
	}
	lines := bytes.Split(text[from:to], []byte("\n"))
	for i, line := range lines[1 : len(lines)-1] {
		switch {
		case len(bytes.TrimSpace(line)) == 0:
			end()
		case !unused[first+1+i]:
			group = append(group, line)
		}
	}
	end()
	block = append([]byte("import (\n"), bytes.Join(groups, []byte("\n\n"))...)
	return from, to, append(block, "\n)"...), true
}

// importPath is the path of an import without its quotes.
func importPath(i *ast.ImportSpec) string {
	text, err := strconv.Unquote(i.Path.Value)
	if err != nil {
		panic(err) // it was parsed
	}
	return text
}
