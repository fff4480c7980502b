package demand

import (
	"encoding/json"
	"time"

	"ambi/spec"
)

// Maybe is a figure that may be unknown. The zero value is unknown, which is
// never the same as zero: what depends on an unknown figure is unknown too.
type Maybe[T any] struct {
	value T
	known bool
}

// Known is a figure with a value.
func Known[T any](value T) Maybe[T] { return Maybe[T]{value, true} }

// Get returns the value, and whether there is one.
func (m Maybe[T]) Get() (T, bool) { return m.value, m.known }

// Or returns the value, or another one where it is unknown.
func (m Maybe[T]) Or(other T) T {
	if m.known {
		return m.value
	}
	return other
}

// IsKnown reports whether there is a value.
func (m Maybe[T]) IsKnown() bool { return m.known }

// MarshalJSON writes the value, or null where it is unknown; durations as the
// spec has them, such as "40ms".
func (m Maybe[T]) MarshalJSON() ([]byte, error) {
	if !m.known {
		return []byte("null"), nil
	}
	if d, ok := any(m.value).(time.Duration); ok {
		return json.Marshal(spec.Duration(d))
	}
	return json.Marshal(m.value)
}

// UnmarshalJSON reads what MarshalJSON writes.
func (m *Maybe[T]) UnmarshalJSON(text []byte) error {
	if string(text) == "null" {
		*m = Maybe[T]{}
		return nil
	}
	m.known = true
	if d, ok := any(&m.value).(*time.Duration); ok {
		return json.Unmarshal(text, (*spec.Duration)(d))
	}
	return json.Unmarshal(text, &m.value)
}

// IsZero reports whether nothing is known, which JSON may leave out.
func (m Maybe[T]) IsZero() bool { return !m.known }
