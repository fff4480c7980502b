package generator

import (
	"bytes"
	"go/ast"
	"go/format"
	"go/printer"
	"go/token"
)

// mark is a line that a template prints above a declaration whose columns move
// with the spec. It never reaches a file.
const mark = "//ambi:format\n"

// cutMarks takes the marks out of a text, and says where they stood.
func cutMarks(text []byte) (without []byte, marked []int) {
	for {
		before, after, found := bytes.Cut(text, []byte(mark))
		without = append(without, before...)
		if !found {
			return without, marked
		}
		marked = append(marked, len(without))
		text = after
	}
}

// formatted is gofmt's text of a file, in a fraction of gofmt's time, which would
// be most of what generating takes. What a template prints stands formatted in
// the template and stays as it is, but for declarations under a mark: the values
// of a spec move their columns. Tests hold that gofmt has nothing to add.
func formatted(text []byte, marked []int, positions *token.FileSet, parsed *ast.File) ([]byte, error) {
	var out bytes.Buffer
	at := 0
	for _, decl := range parsed.Decls {
		start, end := decl.Pos(), decl.End()
		if doc := docOf(decl); doc != nil {
			start = doc.Pos()
		}
		first, last := positions.Position(start).Offset, positions.Position(end).Offset
		out.Write(oneBlankLine(text[at:first]))
		if len(marked) == 0 || marked[0] > last {
			out.Write(text[first:last])
		} else if err := format.Node(&out, positions, &printer.CommentedNode{Node: decl, Comments: parsed.Comments}); err != nil {
			return nil, err
		}
		at = last
		for len(marked) > 0 && marked[0] <= last {
			marked = marked[1:]
		}
	}
	out.Write(bytes.TrimRight(oneBlankLine(text[at:]), "\n"))
	out.WriteByte('\n')
	return out.Bytes(), nil
}

func docOf(decl ast.Decl) *ast.CommentGroup {
	switch decl := decl.(type) {
	case *ast.GenDecl:
		return decl.Doc
	case *ast.FuncDecl:
		return decl.Doc
	}
	return nil
}

// oneBlankLine joins blank lines that follow one another.
func oneBlankLine(text []byte) []byte {
	for bytes.Contains(text, []byte("\n\n\n")) {
		text = bytes.ReplaceAll(text, []byte("\n\n\n"), []byte("\n\n"))
	}
	return text
}
