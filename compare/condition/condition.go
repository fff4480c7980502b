// Package condition reads conditions on figures, by which a team's CI passes or
// fails:
//
//	c, err := condition.Parse("lambda > 1.2 * kubernetes", names)
//	holds, unknown := c.Holds(func(name string) (float64, bool) { … })
//
// A condition compares numbers (< <= > >= == !=), which are figures by name,
// decimal numbers with an optional k, M, G or %, and what + - * / and
// parentheses make of them. Comparisons are put together by and, or and not.
//
// A figure may be unknown. A condition then holds or not only where it would
// for any value of the figure; otherwise it is unknown itself, and says so.
package condition

import (
	"math"
	"slices"
	"strings"
	"unicode/utf8"

	"ambi/internal/problem"
	"ambi/internal/terminal"
)

// Error is a condition that cannot be read, with the place that is wrong.
type Error struct {
	Text    string
	Column  int // from 1, in bytes
	Message string
	Hint    string
}

func (e *Error) Error() string { return e.Problems().Error() }

// Problems shows the condition, and below it a mark at the place.
func (e *Error) Problems() problem.List {
	before := terminal.Line(e.Text[:e.Column-1])
	p := problem.New("%s", e.Message).Of(problem.Misuse)
	p.Detail = []string{terminal.Line(e.Text), strings.Repeat(" ", utf8.RuneCountInString(before)) + "^"}
	if e.Hint != "" {
		p = p.Hint("%s", e.Hint)
	}
	return problem.List{p}
}

// Condition is a parsed condition.
type Condition struct {
	text  string
	root  *node
	names []string
}

// String is the condition as it was written.
func (c *Condition) String() string { return c.text }

// Names are the figures in the condition, each once, in its order.
func (c *Condition) Names() []string { return c.names }

// Holds evaluates the condition for some figures. If it cannot be decided it does not hold, and
// the unknown figures are returned; a division by zero is an unknown figure without a name.
func (c *Condition) Holds(figure func(name string) (value float64, known bool)) (holds bool, unknown []string) {
	e := &evaluation{figure: figure}
	switch e.truth(c.root) {
	case yes:
		return true, nil
	case no:
		return false, nil
	case perhaps:
	}
	if e.unknown == nil {
		return false, []string{"a division by zero"}
	}
	return false, e.unknown
}

// node is one operator, figure or number of a condition.
type node struct {
	op          string // an operator; "number" or "figure"
	left, right *node
	value       float64
	name        string
	logical     bool // it is true or false, and not a number
}

// answer is true, false or neither known.
type answer int

const (
	perhaps answer = iota
	no
	yes
)

func (a answer) not() answer {
	switch a {
	case yes:
		return no
	case no:
		return yes
	case perhaps:
	}
	return perhaps
}

func answerOf(is bool) answer {
	if is {
		return yes
	}
	return no
}

type evaluation struct {
	figure  func(name string) (float64, bool)
	unknown []string
}

func (e *evaluation) truth(n *node) answer {
	switch n.op {
	case "not":
		return e.truth(n.left).not()
	case "and":
		return min3(e.truth(n.left), e.truth(n.right))
	case "or":
		return min3(e.truth(n.left).not(), e.truth(n.right).not()).not()
	}
	left, right := e.number(n.left), e.number(n.right)
	if math.IsNaN(left) || math.IsNaN(right) {
		return perhaps
	}
	switch n.op {
	case "<":
		return answerOf(left < right)
	case "<=":
		return answerOf(left <= right)
	case ">":
		return answerOf(left > right)
	case ">=":
		return answerOf(left >= right)
	case "==":
		return answerOf(left == right)
	default:
		return answerOf(left != right)
	}
}

// min3 is the conjunction of two answers.
func min3(a, b answer) answer {
	switch {
	case a == no || b == no:
		return no
	case a == yes && b == yes:
		return yes
	}
	return perhaps
}

// number is not a number where it is unknown.
func (e *evaluation) number(n *node) float64 {
	switch n.op {
	case "number":
		return n.value
	case "figure":
		value, known := e.figure(n.name)
		if !known {
			if !slices.Contains(e.unknown, n.name) {
				e.unknown = append(e.unknown, n.name)
			}
			return math.NaN()
		}
		return value
	case "negative":
		return -e.number(n.left)
	}
	left, right := e.number(n.left), e.number(n.right)
	switch n.op {
	case "+":
		return left + right
	case "-":
		return left - right
	case "*":
		return left * right
	default:
		if right == 0 {
			return math.NaN()
		}
		return left / right
	}
}
