package spec

import (
	"fmt"
	"reflect"

	"ambi/internal/lazyregexp"
)

// bounds is the range of a scalar. Its text, such as "1s to 1h in whole
// seconds", is the tag range of a field or belongs to the scalar's type; the
// decoder checks it, and errors, the schema and the reference print it.
type bounds struct {
	text, low, high string
	step            string // what it is a whole number of; "" means anything
	above           bool   // the low end is not in it
}

var (
	boundsText = lazyregexp.New(`^(more than )?(\S+?),? (?:to|at most) (\S+)(?: cores)?(?: in whole (days|seconds|bytes|thousandths))?$`)
	boundsStep = map[string]string{"": "", "days": "1d", "seconds": "1s", "bytes": "1", "thousandths": "1m"} //nolint:gochecknoglobals // a constant in all but name
)

// boundsOf reads the text of a range. The texts are part of this program, so one
// that cannot be read is a bug of ours.
func boundsOf(text string) *bounds {
	m := boundsText.FindStringSubmatch(text)
	if m == nil {
		panic(fmt.Sprintf("the range %q cannot be read", text))
	}
	return &bounds{text: text, above: m[1] != "", low: m[2], high: m[3], step: boundsStep[m[4]]}
}

// Range is the range of a field, such as "from 1s to 1h in whole seconds"; "" if it
// has none.
func Range(f reflect.StructField) string { return rangeOf(f).words() }

func (b *bounds) words() string {
	switch {
	case b == nil:
		return ""
	case b.above:
		return b.text
	}
	return "from " + b.text
}

// rangeOf is the range that the tag of a field gives, or else its type.
func rangeOf(f reflect.StructField) *bounds {
	if text, ok := f.Tag.Lookup("range"); ok {
		return boundsOf(text)
	}
	t := f.Type
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	if s, ok := reflect.New(t).Interface().(scalar); ok && s.form().bounds != "" {
		return boundsOf(s.form().bounds)
	}
	return nil
}

// hold reports whether a scalar is within its range.
func (b *bounds) hold(s ranged) bool {
	return b == nil || s.within(b.low, b.high) && !(b.above && s.within(b.low, b.low)) && (b.step == "" || s.whole(b.step))
}
