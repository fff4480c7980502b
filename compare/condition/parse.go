package condition

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/agnivade/levenshtein"

	"ambi/internal/lazyregexp"
)

const (
	maxText  = 1000 // bytes
	maxDepth = 50
)

// Parse reads a condition on the figures of some names. An error is an *Error.
func Parse(text string, names []string) (*Condition, error) {
	p := &parser{text: text, names: names}
	if len(text) > maxText {
		return nil, &Error{Text: text[:40] + "...", Column: 1, Message: fmt.Sprintf("must have at most %d characters, got %d", maxText, len(text))}
	}
	root, err := p.condition()
	if err != nil {
		return nil, err
	}
	return &Condition{text: text, root: root, names: p.used}, nil
}

func (p *parser) condition() (*node, error) {
	if err := p.advance(); err != nil {
		return nil, err
	}
	root, err := p.expression(0)
	if err != nil {
		return nil, err
	}
	if p.token.kind != end {
		return nil, p.fail(p.token.at, "expected an operator or the end, got "+p.token.text, "")
	}
	if !root.logical {
		return nil, p.fail(0, "must be a comparison, and is a number", "such as lambda > 1.2 * kubernetes")
	}
	return root, nil
}

type kind int

const (
	end kind = iota
	number
	name
	symbol
)

type token struct {
	kind kind
	text string
	at   int
}

type parser struct {
	text  string
	names []string
	used  []string
	next  int // where the token after this one starts
	token token
	depth int
}

func (p *parser) fail(at int, message, hint string) error {
	return &Error{Text: p.text, Column: at + 1, Message: message, Hint: hint}
}

var (
	numberText = lazyregexp.New(`^([0-9]{1,15}(?:\.[0-9]{1,9})?|\.[0-9]{1,9})([kMG%]?)`)
	nameText   = lazyregexp.New(`^[A-Za-z][A-Za-z0-9]*(\.[A-Za-z0-9]+)*`)
	symbolText = lazyregexp.New(`^(<=|>=|==|!=|&&|\|\||[-+*/()<>!=])`)
)

// advance reads the next token.
func (p *parser) advance() error {
	for p.next < len(p.text) && (p.text[p.next] == ' ' || p.text[p.next] == '\t' || p.text[p.next] == '\n') {
		p.next++
	}
	rest := p.text[p.next:]
	p.token = token{kind: end, text: "the end", at: p.next}
	for kind, form := range map[kind]*lazyregexp.Regexp{number: numberText, name: nameText, symbol: symbolText} {
		if found := form.FindString(rest); found != "" { // the forms begin differently, so one is found at most
			p.token.kind, p.token.text = kind, found
		}
	}
	if p.token.kind == end && rest != "" {
		return p.fail(p.next, fmt.Sprintf("cannot read %q", firstRune(rest)), "a condition is made of figures, numbers, + - * / ( ) < <= > >= == != and, or, not")
	}
	if p.token.kind == symbol && p.token.text == "=" {
		return p.fail(p.next, "= compares nothing", "write ==")
	}
	if p.token.kind != end {
		p.next += len(p.token.text)
	}
	return nil
}

func firstRune(s string) string {
	for i := range s {
		if i > 0 {
			return s[:i]
		}
	}
	return s
}

// operator is the token as an operator between two operands, and how strongly
// it binds; 0 for one that is none.
func (p *parser) operator() (op string, binds int) {
	switch p.token.text {
	case "or", "||":
		return "or", 1
	case "and", "&&":
		return "and", 2
	case "<", "<=", ">", ">=", "==", "!=":
		return p.token.text, 3
	case "+", "-":
		return p.token.text, 4
	case "*", "/":
		return p.token.text, 5
	}
	return "", 0
}

// expression reads operands and the operators between them that bind more
// strongly than those around them.
func (p *parser) expression(around int) (*node, error) {
	left, err := p.operand()
	if err != nil {
		return nil, err
	}
	for {
		op, binds := p.operator()
		if binds <= around {
			return left, nil
		}
		at := p.token.at
		if err := p.advance(); err != nil {
			return nil, err
		}
		right, err := p.expression(binds)
		if err != nil {
			return nil, err
		}
		if wants := binds < 3; left.logical != wants || right.logical != wants {
			what := "numbers"
			if wants {
				what = "comparisons"
			}
			return nil, p.fail(at, op+" stands between "+what, "")
		}
		left = &node{op: op, left: left, right: right, logical: binds <= 3}
	}
}

// operand reads a number, a figure, or what is in parentheses, with what stands
// before it.
func (p *parser) operand() (*node, error) {
	if p.depth++; p.depth > maxDepth {
		return nil, p.fail(p.token.at, fmt.Sprintf("is nested more than %d deep", maxDepth), "")
	}
	defer func() { p.depth-- }()
	t := p.token
	if t.kind == end {
		return nil, p.fail(t.at, "expected a figure or a number, got the end", "")
	}
	if err := p.advance(); err != nil {
		return nil, err
	}
	switch {
	case t.kind == number:
		return p.number(t)
	case t.text == "not" || t.text == "!":
		of, err := p.expression(2)
		if err == nil && !of.logical {
			err = p.fail(t.at, t.text+" stands before a comparison", "")
		}
		return &node{op: "not", left: of, logical: true}, err
	case t.text == "and" || t.text == "or":
		return nil, p.fail(t.at, "expected a figure or a number, got "+t.text, "")
	case t.kind == name:
		return p.figure(t)
	case t.text == "-":
		of, err := p.operand()
		if err == nil && of.logical {
			err = p.fail(t.at, "- stands before a number", "")
		}
		return &node{op: "negative", left: of}, err
	case t.text == "(":
		inner, err := p.expression(0)
		if err != nil {
			return nil, err
		}
		if p.token.text != ")" {
			return nil, p.fail(p.token.at, "expected ), got "+p.token.text, "")
		}
		return inner, p.advance()
	}
	return nil, p.fail(t.at, "expected a figure or a number, got "+t.text, "")
}

func (p *parser) number(t token) (*node, error) {
	m := numberText.FindStringSubmatch(t.text)
	value, err := strconv.ParseFloat(m[1], 64)
	if err != nil {
		return nil, p.fail(t.at, err.Error(), "")
	}
	return &node{op: "number", value: value * map[string]float64{"": 1, "k": 1e3, "M": 1e6, "G": 1e9, "%": .01}[m[2]]}, nil
}

func (p *parser) figure(t token) (*node, error) {
	if !slices.Contains(p.names, t.text) {
		hint := "the figures are " + strings.Join(p.names, ", ")
		for _, known := range p.names {
			if levenshtein.ComputeDistance(strings.ToLower(t.text), strings.ToLower(known)) <= 2 {
				hint = "did you mean " + known + "?"
				break
			}
		}
		return nil, p.fail(t.at, "no figure "+t.text, hint)
	}
	if !slices.Contains(p.used, t.text) {
		p.used = append(p.used, t.text)
	}
	return &node{op: "figure", name: t.text}, nil
}
