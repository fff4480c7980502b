package spec

import (
	"reflect"
	"slices"
	"strings"
	"testing"
)

// TestWords holds the table of other tools' words to the grammar: what it names
// as ambi's exists, and what it says ambi has not does not.
func TestWords(t *testing.T) {
	seen := map[foreignKey]bool{}
	for _, w := range Words() {
		for _, name := range w.Names {
			key := foreignKey{plain(name), w.in}
			if seen[key] {
				t.Errorf("%s is there twice", name)
			}
			seen[key] = true
			if w.in != nil && slices.ContainsFunc(fieldsOf(w.in), func(f field) bool { return plain(f.name) == plain(name) }) {
				t.Errorf("%s is a key of %s now: take it out of the table", name, w.in.Name())
			}
			if places := placesOfKeys()[plain(name)]; w.in == nil && len(w.Ours) == 0 && len(places) > 0 {
				t.Errorf("ambi has %s now, in %s: take it out of the table", name, strings.Join(places, ", "))
			}
		}
		for _, ours := range w.Ours {
			if !exists(ours) {
				t.Errorf("%s: ambi's word is said to be %s, which no spec has", w.Names[0], ours)
			}
		}
		if len(w.Ours) == 0 && w.Note == "" {
			t.Errorf("%s: nothing says why", w.Names[0])
		}
	}
	for value := range otherValues() {
		if !slices.ContainsFunc(allEnums(), func(e string) bool { return e == value }) {
			t.Errorf("no key takes the value %s", value)
		}
	}
}

// exists reports whether a service or an app has a key at a path.
func exists(path string) bool {
	for _, from := range []string{"", "services.*."} {
		at, key := "", from+path
		if i := strings.LastIndexByte(from+path, '.'); i >= 0 {
			at, key = (from + path)[:i], (from + path)[i+1:]
		}
		if at == "" {
			at = "the top of the file"
		}
		if slices.Contains(placesOfKeys()[plain(key)], at) {
			return true
		}
	}
	return false
}

func allEnums() []string {
	var all []string
	for of := range placesOfTypes() {
		for _, f := range fieldsOf(of) {
			all = append(all, f.rule.enum...)
		}
	}
	return all
}

// TestGuesses holds what is guessed at to what the text says: a text with a unit
// keeps its amount, and a number without one is never given one alone if others
// are as likely.
func TestGuesses(t *testing.T) {
	for _, c := range []struct {
		of        any
		key, text string
		want      string // the hint; "" is none
	}{
		{Usage{}, "requests", "3000000", "say per what: 3000000/month or 3000000/day"},
		{Usage{}, "requests", "5", "say per what: 5/month, 5/day or 5/s"},
		{Usage{}, "requests", "3M", "say per what: 3M/month or 3M/day"},
		{Usage{}, "requests", "3m/month", "write 3M/month"},
		{Usage{}, "requests", "5 rpm", "write 5/minute"},
		{Usage{}, "requests", "2k req/sec", "write 2k/s"},
		{Usage{}, "requests", "2.5 million requests per day", "write 2.5M/day"},
		{Usage{}, "requests", "3/week", ""},
		{Usage{}, "requests", "1,500/s", ""}, // a comma before decimals, to some
		{Usage{}, "requests", "1,500,000/day", "write 1500000/day"},
		{Usage{}, "requests", "5B/s", ""}, // more than a rate may be
		{Usage{}, "duration", "40", "say which unit: 40ms, 40s or 40m"},
		{Usage{}, "duration", "0.04", "say which unit: 0.04ms, 0.04s or 0.04m"},
		{Usage{}, "duration", "40000", "add a unit: 40000ms"},
		{Usage{}, "duration", "40 msec", "write 40ms"},
		{Usage{}, "duration", "2 mins", "write 2m"},
		{Usage{}, "duration", "2M", ""}, // a month, to some
		{Usage{}, "duration", "-5s", ""},
		{Service{}, "timeout", "0s", ""}, // no limit, to some
		{Service{}, "timeout", "1d", ""}, // more than a timeout may be
		{Service{}, "timeout", "1500ms", "write 1s or 2s"},
		{CORS{}, "maxAge", "1 day", "write 24h"},
		{Usage{}, "requestSize", "2KB", "write 2k or 2Ki: k counts by 1000, Ki by 1024"},
		{Usage{}, "requestSize", "2KiB", "write 2Ki"},
		{Service{}, "memory", "512", "a number without a unit is bytes; say which unit: 512Mi or 512Gi"},
		{Service{}, "memory", "2", "a number without a unit is bytes; add a unit: 2Gi"},
		{Service{}, "memory", "512m", "m stands for a thousandth; write 512M or 512Mi: M counts by 1000, Mi by 1024"},
		{Service{}, "memory", "1gb", "write 1G or 1Gi: G counts by 1000, Gi by 1024"},
		{Service{}, "memory", "9TB", ""},
		{Service{}, "cpu", "500", "a number without a unit is cores; thousandths are written 500m"},
		{Service{}, "cpu", "250 millicores", "write 250m"},
		{Service{}, "cpu", "2 vCPUs", "write 2"},
		{Usage{}, "peakToMean", "10x", "write 10"},
		{Usage{}, "peakToMean", "300%", "write 3"},
		{Usage{}, "peakToMean", "50%", ""},
	} {
		of := reflect.TypeOf(c.of)
		i := slices.IndexFunc(fieldsOf(of), func(f field) bool { return f.name == c.key })
		f := fieldsOf(of)[i]
		inner := of.Field(f.index).Type
		if inner.Kind() == reflect.Pointer {
			inner = inner.Elem()
		}
		value := reflect.New(inner).Interface().(scalar)
		if got := strings.Join(value.form().hints(value, c.text, f.rule), "; "); got != c.want {
			t.Errorf("%s.%s: %s: %q, want %q", of.Name(), c.key, c.text, got, c.want)
		}
	}
}

// TestBounds holds the tags to the constants that others read.
func TestBounds(t *testing.T) {
	of := reflect.TypeFor[Usage]()
	high := func(name string) string {
		f, _ := of.FieldByName(name)
		return rangeOf(f).high
	}
	for _, name := range []string{"Duration", "CPUTime", "StartTime"} {
		if mustDuration(high(name)) != MaxUsageTime {
			t.Errorf("%s: at most %s, and MaxUsageTime is %s", name, high(name), MaxUsageTime)
		}
	}
	for _, name := range []string{"RequestSize", "ResponseSize", "LogSize", "OutboundSize"} {
		if q := mustQuantity(high(name)); q.Bytes() != MaxUsageBytes {
			t.Errorf("%s: at most %s, and MaxUsageBytes is %d", name, high(name), MaxUsageBytes)
		}
	}
	f, _ := of.FieldByName("Burst")
	if b := rangeOf(f); mustDuration(b.low) != MinBurst || mustDuration(b.high) != MaxBurst {
		t.Errorf("bursts are %s, and the constants %s and %s", b.text, MinBurst, MaxBurst)
	}
	// Every range can be read, and holds its own ends.
	for of := range placesOfTypes() {
		for _, f := range fieldsOf(of) {
			inner := of.Field(f.index).Type
			if f.rule.bounds == nil {
				continue
			}
			if inner.Kind() == reflect.Pointer {
				inner = inner.Elem()
			}
			for _, end := range []string{f.rule.bounds.low, f.rule.bounds.high} {
				value := reflect.New(inner).Interface().(ranged)
				if err := value.UnmarshalText([]byte(end)); err != nil {
					t.Errorf("%s.%s: the range's end %s: %v", of.Name(), f.name, end, err)
				} else if !f.rule.bounds.hold(value) && !(f.rule.bounds.above && end == f.rule.bounds.low) {
					t.Errorf("%s.%s: the range does not hold its end %s", of.Name(), f.name, end)
				}
			}
		}
	}
}
