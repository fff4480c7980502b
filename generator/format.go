package generator

import (
	"bytes"
	"go/ast"
	"go/format"
	"go/printer"
	"go/token"
)

// mark is a line that a template prints above a function whose columns move with
// the spec. It never reaches a file.
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

// formatted is gofmt's text of a file, in a third of gofmt's time, which is most
// of what generating takes. Functions are written formatted in the templates and
// stay as they are, but for those under a mark; types, constants and variables
// are formatted, since the values of a spec move their columns. Tests hold that
// gofmt has nothing to add.
func formatted(text []byte, marked []int, positions *token.FileSet, parsed *ast.File) ([]byte, error) {
	var out bytes.Buffer
	ast.SortImports(positions, parsed)
	at := 0
	for _, decl := range parsed.Decls {
		start, end := decl.Pos(), decl.End()
		var doc *ast.CommentGroup
		move := true
		switch decl := decl.(type) {
		case *ast.GenDecl:
			doc = decl.Doc
		case *ast.FuncDecl:
			doc = decl.Doc
			move = len(marked) > 0 && marked[0] <= positions.Position(end).Offset
		}
		if doc != nil {
			start = doc.Pos()
		}
		first, last := positions.Position(start).Offset, positions.Position(end).Offset
		out.Write(oneBlankLine(text[at:first]))
		if !move {
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

// oneBlankLine joins blank lines that follow one another.
func oneBlankLine(text []byte) []byte {
	for bytes.Contains(text, []byte("\n\n\n")) {
		text = bytes.ReplaceAll(text, []byte("\n\n\n"), []byte("\n\n"))
	}
	return text
}
