package tree

import (
	"bytes"
	"go/format"
	"go/parser"
	"go/printer"
	"go/token"
)

// mergeGo merges gofmt-formatted Go without treating alignment as a change: when ambi adds a
// field with a long name, gofmt moves the values of all fields around it, and each of the
// user's edits there would be a conflict. So the texts are merged without any alignment, and
// what comes out is aligned. Go that is formatted otherwise is merged as it is.
func mergeGo(merger Merger, have, base, want []byte) (text []byte, conflicts bool, err error) {
	sides := [][]byte{have, base, want}
	for i, text := range sides {
		raw, ok := unaligned(text)
		if !ok {
			return merger(have, base, want)
		}
		sides[i] = raw
	}
	text, conflicts, err = merger(sides[0], sides[1], sides[2])
	if err != nil {
		return nil, false, err
	}
	if !conflicts {
		if formatted, err := format.Source(text); err == nil {
			return formatted, false, nil
		}
	} else if text, ok := align(mergedLines(text)); ok {
		return text, true, nil
	}
	text, conflicts, err = merger(have, base, want)
	if formatted, ferr := format.Source(text); err == nil && ferr == nil {
		text = formatted
	}
	return text, conflicts, err
}

// unaligned returns Go with one tab wherever gofmt would align something. It is
// not ok when gofmt would not bring the very same text back.
func unaligned(text []byte) (raw []byte, ok bool) {
	files := token.NewFileSet()
	file, err := parser.ParseFile(files, "", text, parser.ParseComments|parser.SkipObjectResolution)
	if err != nil {
		return nil, false
	}
	var b bytes.Buffer
	if err := (&printer.Config{Mode: printer.RawFormat, Tabwidth: 8}).Fprint(&b, files, file); err != nil {
		return nil, false
	}
	back, err := format.Source(b.Bytes())
	return b.Bytes(), err == nil && bytes.Equal(back, text)
}

// align formats a merged text that has conflicts, each side as if they were
// settled for it. It is not ok when one of those is no Go.
func align(lines []mergedLine) (text []byte, ok bool) {
	aligned := make(map[side][][]byte)
	for _, of := range []side{oursSide, baseSide, theirsSide} {
		raw := settle(lines, of)
		formatted, err := format.Source(raw)
		if err != nil || bytes.Count(formatted, []byte("\n")) != bytes.Count(raw, []byte("\n")) {
			return nil, false
		}
		aligned[of] = bytes.SplitAfter(formatted, []byte("\n"))
	}
	var b bytes.Buffer
	next := make(map[side]int)
	for _, l := range lines {
		switch l.of {
		case noSide:
			b.WriteString(l.text)
		case bothSides:
			b.Write(aligned[oursSide][next[oursSide]])
			next[oursSide]++
			next[baseSide]++
			next[theirsSide]++
		default:
			b.Write(aligned[l.of][next[l.of]])
			next[l.of]++
		}
	}
	return b.Bytes(), true
}
