package spec

import (
	"encoding"
	"fmt"
	"math"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"

	"ambi/internal/problem"
)

// scalar is a type whose text form the decoder reads.
type scalar interface {
	encoding.TextUnmarshaler
	fmt.Stringer
	form() form
}

// form says how a scalar is written.
type form struct {
	noun   string // with an article and an example
	number bool   // whether a YAML number is one too
	unit   string // what would make a bare number one
}

func (d *decoder) text(v reflect.Value, n *yaml.Node, path string, at Position, rule rule) {
	s, ok := d.str(n, path, at)
	if !ok {
		return
	}
	if len(rule.enum) > 0 && !slices.Contains(rule.enum, s) {
		message := "must be " + rule.enum[0]
		if len(rule.enum) > 1 {
			message = "must be one of " + strings.Join(rule.enum, ", ")
		}
		d.report(at, path, fmt.Sprintf("%s, got %s", message, quote(s)))
		return
	}
	v.SetString(s)
}

// str reads a scalar that must be text. What YAML takes for a number or a
// boolean is refused rather than kept as it is: "1.10" and 1.10 look alike,
// and so do "no" and no, which is false to other YAML readers.
func (d *decoder) str(n *yaml.Node, path string, at Position) (string, bool) {
	problem := notString(n)
	if problem == "" {
		return n.Value, true
	}
	var hints []string
	if n.Kind == yaml.ScalarNode && n.Value != "" {
		hints = []string{"quote it: " + strconv.Quote(n.Value)}
	}
	d.report(at, path, "must be a string, got "+problem, hints...)
	return "", false
}

// yaml11Bool matches what YAML 1.1 takes for a boolean and this library does
// not.
var yaml11Bool = regexp.MustCompile(`^([yY]|yes|Yes|YES|[nN]|no|No|NO|on|On|ON|off|Off|OFF)$`)

// notString says what n is if it is not a string.
func notString(n *yaml.Node) string {
	switch {
	case n.Kind != yaml.ScalarNode:
		return kind(n)
	case n.Style&(yaml.SingleQuotedStyle|yaml.DoubleQuotedStyle|yaml.LiteralStyle|yaml.FoldedStyle|yaml.TaggedStyle) != 0:
		return ""
	case yaml11Bool.MatchString(n.Value):
		return fmt.Sprintf("%s, which some readers of YAML take for a boolean", n.Value)
	case n.ShortTag() == "!!str" || n.ShortTag() == "!!merge":
		return ""
	}
	return kind(n)
}

// kind names what a node is, with its text if it is short.
func kind(n *yaml.Node) string {
	switch n.Kind {
	case yaml.MappingNode:
		return "a mapping"
	case yaml.SequenceNode:
		return "a list"
	}
	var noun string
	switch n.ShortTag() {
	case "!!null":
		return "null"
	case "!!bool":
		noun = "the boolean "
	case "!!int", "!!float":
		noun = "the number "
	case "!!timestamp":
		noun = "the date "
	default:
		return "the string " + quote(n.Value)
	}
	return noun + bare(n.Value)
}

// badTag refuses tags that the text gives, but for those that change nothing
// and !!str.
func badTag(n *yaml.Node) (problem, hint string) {
	if n.Style&yaml.TaggedStyle == 0 {
		return "", ""
	}
	tag := n.ShortTag()
	if want := map[yaml.Kind]string{yaml.ScalarNode: "!!str", yaml.MappingNode: "!!map", yaml.SequenceNode: "!!seq"}[n.Kind]; tag == want {
		return "", ""
	}
	return "the tag " + bare(tag) + " is not supported", "remove the tag"
}

var wholeNumber = regexp.MustCompile(`^-?(0|[1-9][0-9]*)$`)

func (d *decoder) integer(v reflect.Value, n *yaml.Node, path string, at Position, rule rule) {
	if !isNumber(n) {
		var hints []string
		if n.Kind == yaml.ScalarNode && wholeNumber.MatchString(n.Value) {
			hints = []string{"remove the quotes"}
		}
		d.mistyped(n, path, at, "a whole number", hints...)
		return
	}
	number, err := strconv.Atoi(n.Value)
	if err != nil && wholeNumber.MatchString(n.Value) {
		number = math.MaxInt // which is out of range, and so is the least
		if n.Value[0] == '-' {
			number = math.MinInt
		}
	} else if err != nil || !wholeNumber.MatchString(n.Value) {
		d.mistyped(n, path, at, "a whole number in plain decimal digits")
		return
	}
	if low, high := rule.minimum, rule.maximum; number < low || number > high {
		d.report(at, path, fmt.Sprintf("must be %d to %d, got %s", low, high, bare(n.Value)))
		return
	}
	v.SetInt(int64(number))
}

func (d *decoder) boolean(v reflect.Value, n *yaml.Node, path string, at Position) {
	if n.Kind == yaml.ScalarNode && n.ShortTag() == "!!bool" {
		v.SetBool(strings.EqualFold(n.Value, "true"))
		return
	}
	var hints []string
	switch {
	case n.Kind != yaml.ScalarNode:
	case n.Value == "true" || n.Value == "false":
		hints = []string{"remove the quotes"}
	case yaml11Bool.MatchString(n.Value):
		hints = []string{"write true or false"}
	}
	d.mistyped(n, path, at, "true or false", hints...)
}

// isNumber reports whether YAML takes n for a number.
func isNumber(n *yaml.Node) bool {
	tag := n.ShortTag()
	return n.Kind == yaml.ScalarNode && (tag == "!!int" || tag == "!!float")
}

// decimal matches the YAML numbers that mean the same to every reader.
var decimal = regexp.MustCompile(`^(0|[1-9][0-9]*)(\.[0-9]+)?([eE][0-9]+)?$`)

func (d *decoder) scalar(s scalar, n *yaml.Node, path string, at Position) {
	form := s.form()
	isDecimal := isNumber(n) && decimal.MatchString(n.Value)
	if notString(n) != "" && !(form.number && isDecimal) {
		var hints []string
		if isDecimal && form.unit != "" {
			hints = []string{"add a unit: " + n.Value + form.unit}
		}
		d.mistyped(n, path, at, form.noun, hints...)
		return
	}
	if err := s.UnmarshalText([]byte(n.Value)); err != nil {
		d.reportValue(at, path, err)
		return
	}
	if s.String() != n.Value {
		d.written[path] = n.Value
	}
}

// reportValue reports why a value's text was refused.
func (r *reporter) reportValue(at Position, path string, err error) {
	for _, p := range problem.All(err) {
		r.report(at, path, p.Message, p.Hints...)
	}
}

func (d *decoder) mistyped(n *yaml.Node, path string, at Position, want string, hints ...string) {
	if n.Kind == yaml.ScalarNode && n.ShortTag() == "!!null" {
		hints = append(hints, "remove it, or give it a value")
	}
	d.report(at, path, fmt.Sprintf("must be %s, got %s", want, kind(n)), hints...)
}
