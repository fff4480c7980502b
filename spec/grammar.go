package spec

import (
	"fmt"
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
	required      bool
	enum          []string
	minimum       *int
	maximum       *int
	minItems      int
	maxItems      int // 0 means no limit
	unique        bool
	minProperties int
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
		fields = append(fields, field{name: name, index: i, rule: ruleOf(f.Tag.Get("jsonschema"))})
	}
	return fields
}

// ruleOf reads a jsonschema tag. Tags are part of this program, so one that
// cannot be read is a bug of ours.
func ruleOf(tag string) rule {
	var r rule
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
			n := number(value)
			r.minimum = &n
		case "maximum":
			n := number(value)
			r.maximum = &n
		case "minItems":
			r.minItems = number(value)
		case "maxItems":
			r.maxItems = number(value)
		case "uniqueItems":
			r.unique = value == "true"
		case "minProperties":
			r.minProperties = number(value)
		case "default", "":
		default:
			panic(fmt.Sprintf("jsonschema tag %q: the decoder does not know %q", tag, keyword))
		}
	}
	return r
}
