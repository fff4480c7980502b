package spec

import (
	"fmt"
	"math"
	"reflect"
	"strconv"
	"strings"
)

// field is one key of a mapping: a field of a Go struct by its json name, and
// what its jsonschema tag demands of the value.
type field struct {
	name  string
	index int
	rule  rule
}

// rule is the part of a jsonschema tag that the decoder enforces, so that the
// published schema and the decoder cannot disagree.
type rule struct {
	required bool
	enum     []string
	minimum  int
	maximum  int
	maxItems int // 0 means no limit
	unique   bool
	notEmpty bool
	bounds   *bounds // of a scalar; nil means any
	unit     string  // what a number counts: cores, bytes or percent
	beyond   string  // what to know of a value above the bounds
}

// anything is the rule that demands nothing.
func anything() rule { return rule{minimum: math.MinInt, maximum: math.MaxInt} }

// items is the part of a list's rule that is about its elements.
func (r rule) items() rule {
	element := anything()
	element.enum = r.enum
	return element
}

// fieldsOf lists the keys that a struct type takes, in the order of the type.
func fieldsOf(t reflect.Type) []field {
	var fields []field
	for i := range t.NumField() {
		f := t.Field(i)
		if !f.IsExported() {
			continue
		}
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		rule := ruleOf(f.Tag.Get("jsonschema"))
		rule.bounds, rule.unit, rule.beyond = rangeOf(f), f.Tag.Get("unit"), f.Tag.Get("beyond")
		fields = append(fields, field{name: name, index: i, rule: rule})
	}
	return fields
}

// LogRetentions lists the numbers of days that lambda.logRetentionDays takes, which are
// those that CloudWatch offers.
func LogRetentions() []int {
	f, _ := reflect.TypeFor[LambdaOptions]().FieldByName("LogRetentionDays")
	var list []int
	for _, text := range ruleOf(f.Tag.Get("jsonschema")).enum {
		days, err := strconv.Atoi(text)
		if err != nil {
			panic(err) // the tag is a part of this program
		}
		list = append(list, days)
	}
	return list
}

// ruleOf reads a jsonschema tag. Tags are part of this program, so one that
// cannot be read is a bug of ours.
func ruleOf(tag string) rule {
	r := anything()
	number := func(s string) int {
		n, err := strconv.Atoi(s)
		if err != nil {
			panic(fmt.Sprintf("jsonschema tag %q: %v", tag, err))
		}
		return n
	}
	for word := range strings.SplitSeq(tag, ",") {
		keyword, value, _ := strings.Cut(word, "=")
		switch keyword {
		case "required":
			r.required = true
		case "enum":
			r.enum = append(r.enum, value)
		case "minimum":
			r.minimum = number(value)
		case "maximum":
			r.maximum = number(value)
		case "minItems", "minProperties":
			r.notEmpty = number(value) == 1
		case "maxItems":
			r.maxItems = number(value)
		case "uniqueItems":
			r.unique = value == "true"
		case "default", "":
		default:
			panic(fmt.Sprintf("jsonschema tag %q: the decoder does not know %q", tag, keyword))
		}
	}
	return r
}
