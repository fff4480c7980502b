package replay

import "encoding/json"

// UnmarshalJSON reads what MarshalJSON writes.
func (c *OutcomeCounts) UnmarshalJSON(text []byte) error {
	return fromObject(text, c[:], func(i int) string { return Outcome(i).Name() })
}

// UnmarshalJSON reads what MarshalJSON writes.
func (t *MeterTotals) UnmarshalJSON(text []byte) error {
	return fromObject(text, t[:], func(i int) string { return Meter(i).Name() })
}

// UnmarshalJSON reads what MarshalJSON writes.
func (l *GaugeLevels) UnmarshalJSON(text []byte) error {
	return fromObject(text, l[:], func(i int) string { return Gauge(i).Name() })
}

// UnmarshalJSON reads what MarshalJSON writes.
func (e *MeterErrors) UnmarshalJSON(text []byte) error {
	return fromObject(text, e[:], func(i int) string { return Meter(i).Name() })
}

// UnmarshalJSON reads what MarshalJSON writes.
func (e *GaugeErrors) UnmarshalJSON(text []byte) error {
	return fromObject(text, e[:], func(i int) string { return Gauge(i).Name() })
}

// fromObject fills values from an object; what another version of ambi wrote
// beside is left out.
func fromObject[T any](text []byte, values []T, name func(int) string) error {
	var object map[string]T
	if err := json.Unmarshal(text, &object); err != nil {
		return err
	}
	for i := range values {
		values[i] = object[name(i)]
	}
	return nil
}
