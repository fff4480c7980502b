package tree

import (
	"bytes"
	"strings"

	"github.com/aymanbagabas/go-udiff"
)

// Git's conflict markers stand at the beginning of a line. The line of equals
// signs between two sides is not one of these: prose has such lines too.
const (
	oursMarker   = "<<<<<<< "
	baseMarker   = "||||||| "
	theirsMarker = ">>>>>>> "
	betweenSides = "======="
)

// markerLine returns the line, counted from 1, of the first conflict marker that
// is still in a text, ambi's or one that git left when it merged branches; 0 for none.
func markerLine(text []byte) int {
	n := 0
	for line := range bytes.Lines(text) {
		n++
		for _, m := range []string{oursMarker, baseMarker, theirsMarker} {
			if bytes.HasPrefix(line, []byte(m)) {
				return n
			}
		}
	}
	return 0
}

// MarkedLines returns the lines of Merged where a conflict begins, counted from 1.
func (c Change) MarkedLines() []int {
	var lines []int
	n := 0
	for line := range bytes.Lines(c.Merged) {
		n++
		if bytes.HasPrefix(line, []byte(oursMarker)) {
			lines = append(lines, n)
		}
	}
	return lines
}

// side is whose a line of a merged text is.
type side int

const (
	bothSides side = iota
	oursSide
	baseSide
	theirsSide
	noSide // a marker
)

// mergedLine is one line of a merged text, its end included.
type mergedLine struct {
	text string
	of   side
}

// mergedLines tells the sides of each conflict apart.
func mergedLines(merged []byte) []mergedLine {
	var lines []mergedLine
	now := bothSides
	for l := range bytes.Lines(merged) {
		line := mergedLine{string(l), now}
		next := now
		switch {
		case now == bothSides && strings.HasPrefix(line.text, oursMarker):
			next = oursSide
		case now == oursSide && strings.HasPrefix(line.text, baseMarker):
			next = baseSide
		case (now == oursSide || now == baseSide) && strings.TrimRight(line.text, "\r\n") == betweenSides:
			next = theirsSide
		case now == theirsSide && strings.HasPrefix(line.text, theirsMarker):
			next = bothSides
		}
		if next != now {
			line.of, now = noSide, next
		}
		lines = append(lines, line)
	}
	return lines
}

// settle returns a merged text with every conflict settled for one side.
func settle(lines []mergedLine, of side) []byte {
	var b bytes.Buffer
	for _, l := range lines {
		if l.of == bothSides || l.of == of {
			b.WriteString(l.text)
		}
	}
	return b.Bytes()
}

// settleBase returns a base text without the conflicts that git left in it when
// it merged two branches that had both generated. Each side of one is what ambi
// wrote, so the user need not look at it: the side that the file has is taken, or
// else the first.
func settleBase(text, have []byte) []byte {
	lines := mergedLines(text)
	var settled bytes.Buffer
	for i := 0; i < len(lines); {
		if lines[i].of == bothSides {
			settled.WriteString(lines[i].text)
			i++
			continue
		}
		end := i
		for end < len(lines) && lines[end].of != bothSides {
			end++
		}
		// Conflicts that touch each other are settled as one.
		first, second := settle(lines[i:end], oursSide), settle(lines[i:end], theirsSide)
		if !bytes.Contains(have, first) && bytes.Contains(have, second) {
			first = second
		}
		settled.Write(first)
		i = end
	}
	return settled.Bytes()
}

// marked returns one problem for each conflict in a merged text.
func marked(have, merged []byte) []Problem {
	lines := mergedLines(merged)
	mine := settle(lines, oursSide)
	var problems []Problem
	line, inside := 1, false // line is the next one of mine
	for _, l := range lines {
		if l.of == noSide && strings.HasPrefix(l.text, oursMarker) {
			inside = true
			problems = append(problems, Problem{Line: lineBefore(have, mine, line), Text: "edited where ambi has a new text"})
		}
		if inside {
			problems[len(problems)-1].Hunk += l.text
		}
		if l.of == noSide && strings.HasPrefix(l.text, theirsMarker) {
			inside = false
		}
		if l.of == bothSides || l.of == oursSide {
			line++
		}
	}
	return problems
}

// lineBefore returns the line of a text that a line of a later version of it was.
// A line that is new there gives the line that it stands at. Alignment does not count.
func lineBefore(before, after []byte, line int) int {
	old, new := withoutAlignment(before), withoutAlignment(after)
	shift := 0
	for _, e := range udiff.Lines(old, new) {
		start := 1 + strings.Count(old[:e.Start], "\n")
		gone, came := strings.Count(old[e.Start:e.End], "\n"), strings.Count(e.New, "\n")
		if line < start+shift {
			break
		}
		if line < start+shift+came {
			return start
		}
		shift += came - gone
	}
	return line - shift
}

func withoutAlignment(text []byte) string {
	var b strings.Builder
	for line := range bytes.Lines(text) {
		b.Write(bytes.Join(bytes.Fields(line), []byte(" ")))
		b.WriteByte('\n')
	}
	return b.String()
}

// insertMarker puts a marker before the line of a syntax error, so that the file counts as
// unresolved until the user has fixed it.
func insertMarker(text []byte, line int, what string) []byte {
	lines := bytes.SplitAfter(text, []byte("\n"))
	line = min(line, len(lines))
	marker := oursMarker + "does not parse as Go: " + strings.ReplaceAll(what, "\n", " ") + "\n"
	before := bytes.Join(lines[:line-1], nil)
	return bytes.Join([][]byte{before, []byte(marker), bytes.Join(lines[line-1:], nil)}, nil)
}

// around returns a line of a text with the three before and after it.
func around(text []byte, line int) string {
	lines := strings.SplitAfter(strings.TrimSuffix(string(text), "\n")+"\n", "\n")
	return strings.Join(lines[max(line-4, 0):min(line+3, len(lines)-1)], "")
}
