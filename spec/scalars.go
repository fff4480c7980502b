package spec

import (
	"encoding"
	"fmt"
	"math"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"

	"ambi/internal/lazyregexp"
	"ambi/internal/problem"
)

// scalar is a type whose text form the decoder reads.
type scalar interface {
	encoding.TextUnmarshaler
	fmt.Stringer
	form() form
}

// ranged is a scalar of which some are larger than others.
type ranged interface {
	scalar
	within(low, high string) bool
	whole(step string) bool
}

// form says how a scalar is written.
type form struct {
	noun   string // with an article and an example
	number bool   // whether a YAML number is one too
	bounds string // of every such scalar; a field may have its own
	meant  func(text, unit string) guess
	joined func(entries map[string]string) string // the text that a mapping may have been meant for
}

// nullHint is for a null in place of text. Only what is free text can mean the word itself.
func nullHint(path, word string) string {
	if path == "image" || strings.HasSuffix(path, ".image") {
		return "name the image, such as ghcr.io/example/web:1.2.3"
	}
	for _, free := range []string{".env", ".command", ".args"} {
		if strings.Contains(path, free) {
			return "give it a value, or quote it where the word itself is meant: " + strconv.Quote(word)
		}
	}
	return "give it a value"
}

func (d *decoder) text(v reflect.Value, n *yaml.Node, path string, at Position, rule rule) {
	s, ok := d.str(n, path, at)
	if !ok {
		return
	}
	if len(rule.enum) > 0 && !slices.Contains(rule.enum, s) {
		d.report(at, path, fmt.Sprintf("must be %s, got %s", oneOf(rule.enum), quote(s)), valueHints(s, rule.enum)...)
		return
	}
	v.SetString(s)
}

func oneOf(values []string) string {
	if len(values) == 1 {
		return values[0]
	}
	return "one of " + strings.Join(values, ", ")
}

// str reads a scalar that must be text. Values that YAML reads as a number or a boolean are
// refused: "1.10" and 1.10 look alike, and so do "no" and no, which is false to other YAML
// readers.
func (d *decoder) str(n *yaml.Node, path string, at Position) (string, bool) {
	problem := notString(n)
	if problem == "" {
		return n.Value, true
	}
	var hints []string
	switch {
	case isTemplate(n):
		hints = []string{templateHint}
	case isNull(n) && n.Value != "":
		hints = []string{nullHint(path, n.Value)}
	case n.Kind == yaml.ScalarNode && n.Value != "":
		hints = []string{"quote it: " + strconv.Quote(n.Value)}
	case n.Kind == yaml.MappingNode && len(n.Content) == 2 && n.Content[1].Kind == yaml.ScalarNode:
		hints = []string{"a colon and a space make a mapping; quote it: " + strconv.Quote(n.Content[0].Value+": "+n.Content[1].Value)}
	case n.Kind == yaml.MappingNode && len(n.Content) == 2:
		hints = []string{"write only " + asText(n.Content[0].Value)}
	case n.Kind == yaml.ScalarNode:
		hints = []string{`write "" for an empty text, or remove the key`}
	default:
		hints = kindHints(n)
	}
	d.report(at, path, "must be a string, got "+problem, hints...)
	return "", false
}

// templateHint is for what only a template could fill in.
const templateHint = "the spec is not a template and has no variables: write the value; each stack's configuration can override image, sizes and counts"

// isTemplate reports whether n is what YAML makes of an unquoted {{ value }}.
func isTemplate(n *yaml.Node) bool {
	return n.Kind == yaml.MappingNode && len(n.Content) > 0 && n.Content[0].Kind == yaml.MappingNode
}

// yaml11Bool matches what YAML 1.1 takes for a boolean and this library does
// not.
var yaml11Bool = lazyregexp.New(`^([yY]|yes|Yes|YES|[nN]|no|No|NO|on|On|ON|off|Off|OFF)$`)

// notString says what n is if it is not a string.
func notString(n *yaml.Node) string {
	switch {
	case n.Kind != yaml.ScalarNode:
		return kind(n)
	case n.Style&(yaml.SingleQuotedStyle|yaml.DoubleQuotedStyle|yaml.LiteralStyle|yaml.FoldedStyle|yaml.TaggedStyle) != 0:
		return ""
	case yaml11Bool.MatchString(n.Value):
		return fmt.Sprintf("%s, which some YAML parsers read as a boolean", n.Value)
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
	if cloudFormation.MatchString(tag) {
		return "the tag " + bare(tag) + " is not supported", templateHint
	}
	return "the tag " + bare(tag) + " is not supported", "remove the tag"
}

// plainText matches what needs no quotes in YAML.
var plainText = lazyregexp.New(`^[A-Za-z0-9/._-][A-Za-z0-9/._ -]*$`)

var cloudFormation = lazyregexp.New(`^!(Ref|Sub|GetAtt|Join|FindInMap|ImportValue|If|Select)$`)

var wholeNumber = lazyregexp.New(`^-?(0|[1-9][0-9]*)$`)

func (d *decoder) integer(v reflect.Value, n *yaml.Node, path string, at Position, rule rule) {
	if !isNumber(n) {
		d.mistyped(n, path, at, "a whole number", numberHints(n, rule)...)
		return
	}
	number, err := strconv.Atoi(n.Value)
	if err != nil && wholeNumber.MatchString(n.Value) {
		number = math.MaxInt // which is out of range, and so is the least
		if n.Value[0] == '-' {
			number = math.MinInt
		}
	} else if err != nil || !wholeNumber.MatchString(n.Value) {
		d.mistyped(n, path, at, "a whole number in plain decimal digits", numberHints(n, rule)...)
		return
	}
	if len(rule.enum) > 0 && !slices.Contains(rule.enum, n.Value) {
		d.report(at, path, fmt.Sprintf("must be %s, got %s", oneOf(rule.enum), bare(n.Value)))
		return
	}
	if low, high := rule.minimum, rule.maximum; number < low || number > high {
		d.report(at, path, fmt.Sprintf("must be %d to %d, got %s", low, high, bare(n.Value)))
		return
	}
	v.SetInt(int64(number))
}

const unitPercent = "percent"

var leadingZero = lazyregexp.New(`^0+([1-9][0-9]*)$`)

var publishedPort = lazyregexp.New(`^(?:.*:)?([1-9][0-9]{0,4})(?:/tcp)?$`)

// numberHints says how a whole number may have been meant.
func numberHints(n *yaml.Node, rule rule) []string {
	if n.Kind != yaml.ScalarNode {
		return nil
	}
	percent, isPercent := percentOf(n.Value)
	if share, err := strconv.ParseFloat(n.Value, 64); err == nil && share > 0 && share < 1 {
		percent, isPercent = 100*share, true
	}
	switch {
	case wholeNumber.MatchString(n.Value) && !isNumber(n):
		return []string{"remove the quotes"}
	case leadingZero.MatchString(n.Value):
		return []string{"a leading zero makes it octal for some parsers: write " + leadingZero.ReplaceAllString(n.Value, "$1") + " if that is meant"}
	case rule.unit == unitPercent && isPercent && percent >= 1 && percent <= 100:
		return []string{fmt.Sprintf("it counts percent: write %.0f", percent)}
	case rule.unit == unitPercent:
		return []string{"it counts percent of what an instance asks for, such as 70"}
	case rule.unit == unitPort:
		if m := publishedPort.FindStringSubmatch(n.Value); m != nil {
			return []string{"only the port that the app listens on, as a number: write " + m[1]}
		}
	}
	if rule.minimum > math.MinInt && rule.maximum < math.MaxInt && !isNull(n) {
		return []string{fmt.Sprintf("from %d to %d", rule.minimum, rule.maximum)}
	}
	return nil
}

const unitPort = "port"

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
var decimal = lazyregexp.New(`^(0|[1-9][0-9]*)(\.[0-9]+)?([eE][0-9]+)?$`)

func (d *decoder) scalar(s scalar, n *yaml.Node, path string, at Position, rule rule) {
	form := s.form()
	isDecimal := isNumber(n) && decimal.MatchString(n.Value)
	if notString(n) != "" && !(form.number && isDecimal) {
		hints := form.nodeHints(s, n, rule)
		if hints == nil && rule.bounds != nil && n.Kind == yaml.ScalarNode && !isNull(n) {
			hints = []string{rule.bounds.words()}
		}
		d.mistyped(n, path, at, form.noun, hints...)
		return
	}
	if err := s.UnmarshalText([]byte(n.Value)); err != nil {
		refused := problem.All(err)[0]
		if hints := form.nodeHints(s, n, rule); hints != nil {
			refused.Hints = hints
		} else if len(refused.Hints) == 0 && rule.bounds != nil {
			refused.Hints = []string{rule.bounds.words()}
		}
		d.report(at, path, refused.Message, refused.Hints...)
		return
	}
	if value, ok := s.(ranged); ok && !rule.bounds.hold(value) {
		hints := form.nodeHints(s, n, rule)
		if d, ok := s.(*Duration); ok && rule.beyond != "" && *d > mustDuration(rule.bounds.high) {
			hints = append(hints, rule.beyond)
		}
		d.report(at, path, fmt.Sprintf("must be %s, got %s", rule.bounds.text, bare(n.Value)), hints...)
		return
	}
}

// reportValue reports why a value's text was refused.
func (r *reporter) reportValue(at Position, path string, err error) {
	for _, p := range problem.All(err) {
		r.report(at, path, p.Message, p.Hints...)
	}
}

func (d *decoder) mistyped(n *yaml.Node, path string, at Position, want string, hints ...string) {
	switch {
	case n.Kind == yaml.ScalarNode && variable.MatchString(n.Value):
		hints = []string{templateHint}
	case len(hints) == 0:
		hints = kindHints(n)
	}
	d.report(at, path, fmt.Sprintf("must be %s, got %s", want, kind(n)), hints...)
}

// kindHints is for a value of another kind than a field takes, whatever it takes.
func kindHints(n *yaml.Node) []string {
	switch {
	case isNull(n):
		return []string{"remove it, or give it a value"}
	case n.Kind == yaml.SequenceNode && len(n.Content) == 1 && n.Content[0].Kind == yaml.ScalarNode:
		return []string{"one value, without a list: write " + bare(n.Content[0].Value)}
	case n.Kind == yaml.SequenceNode:
		return []string{"one value, without a list"}
	}
	return nil
}
