package trace

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
)

// JSONLines is a JSON object a line, as programs and gateways log them.
const JSONLines Format = "json-lines"

// jsonLines reads an object a line: one key is the time, as a number since 1970 or
// as a text. The access log of the API Gateway in ambi's own Lambda stack is one,
// and so is whatever writes time, ts, timestamp, @timestamp or date. Figures of
// usage are read from keys that say their unit, or that have one by their
// documentation: API Gateway's, Envoy's and nginx's.
//
// https://jsonlines.org,
// https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-logging-variables.html,
// https://nginx.org/en/docs/http/ngx_http_log_module.html
func jsonLines() format {
	return format{
		name:    JSONLines,
		what:    "a JSON object a line with a time, such as API Gateway's access log",
		page:    "https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-logging-variables.html",
		from:    "`aws logs filter-log-events --log-group-name GROUP --query 'events[].[message]' --output text \\| ambi trace - --sort`, or your own logs",
		columns: true,
		sniff:   func(h head) bool { return hasAny(h.first(), "{") && json.Valid(h.first()) },
		open:    newJSONLines,
	}
}

// objects is such a text.
type objects struct {
	lines       *lines
	time, count string // keys; count is empty when a line is a request
	usage       []usageKey
	request     request // of the last line
}

// usageKey is a key whose number is a figure of usage.
type usageKey struct {
	name string // as plain writes it
	unit int64  // of a duration; 1 of bytes
	of   func(*request) *int64
}

// usageKeys are known by their unit: of several for one figure the first that a
// line has counts.
func usageKeys() []usageKey {
	const millisecond = second / 1000
	duration := func(r *request) *int64 { return &r.duration }
	received := func(r *request) *int64 { return &r.received }
	respond := func(r *request) *int64 { return &r.respond }
	return []usageKey{
		{"integrationlatencyms", millisecond, duration},
		{"integrationlatency", millisecond, duration}, // $context.integrationLatency
		{"upstreamservicetime", millisecond, duration},
		{"upstreamresponsetime", second, duration}, // nginx's
		{"durationms", millisecond, duration},
		{"latencyms", millisecond, duration},
		{"responsetimems", millisecond, duration},
		{"elapsedms", millisecond, duration},
		{"responselatency", millisecond, duration}, // $context.responseLatency
		{"durationseconds", second, duration},
		{"durationns", 1, duration},
		{"requestlength", 1, received},
		{"requestbytes", 1, received},
		{"requestsize", 1, received},
		{"bytesreceived", 1, received},
		{"responselength", 1, respond}, // $context.responseLength
		{"responsebytes", 1, respond},
		{"responsesize", 1, respond},
		{"bodybytessent", 1, respond},
		{"bytessent", 1, respond},
	}
}

func newJSONLines(options Options, l *lines) (records, error) {
	h, err := headOf(l.text, l.match, l.notes.name)
	if err != nil {
		return nil, err
	}
	o := &objects{lines: l, time: options.TimeColumn, count: options.CountColumn}
	var keys, times, counts []string
	values := map[string][]byte{}
	if first := h.first(); json.Valid(first) {
		members(first, func(key, value []byte) {
			name := string(key)
			if _, again := values[name]; !again {
				keys = append(keys, name)
			}
			values[name] = value
		})
	}
	for _, name := range keys {
		if t, ok := jsonTime(values[name]); ok && t.at >= dated && isTimeName([]byte(name)) {
			times = append(times, name)
		}
		if slices.Contains(countNames(), plain([]byte(name))) && quantity(values[name], 1) >= 0 {
			counts = append(counts, name)
		}
	}
	fail := func(message, hint string) (records, error) { return nil, l.notes.fail(h.number, message, hint) }
	has := func(flag, name string) error {
		if _, is := values[name]; !is && name != "" && len(keys) > 0 {
			return l.notes.fail(h.number, fmt.Sprintf("has no key %q, which --%s names", name, flag), "the keys are "+strings.Join(keys, ", "))
		}
		return nil
	}
	switch {
	case o.time != "":
		if err := has("time-column", o.time); err != nil {
			return nil, err
		}
	case len(times) == 0:
		return fail("has no key that is known as a time, got "+quote(h.first()),
			"ambi trace FILE --time-column NAME --out NEW says which one is; time, ts, timestamp, @timestamp and date are known, with a time since 1970 or as RFC 3339")
	case len(times) > 1 && !sameTimes(values, times):
		return fail("has several keys that can be the time: "+strings.Join(times, ", "), "ambi trace FILE --time-column NAME --out NEW says which one is")
	default:
		o.time = finest(values, times)
	}
	switch {
	case o.count == None:
		o.count = ""
	case o.count != "":
		if err := has("count-column", o.count); err != nil {
			return nil, err
		}
	case len(counts) > 0:
		return fail("does not say whether a line is a request, or whether this key counts requests: "+strings.Join(counts, ", "),
			fmt.Sprintf("ambi trace FILE --count-column %s --out NEW counts by it, and --count-column %s takes each line for a request", counts[0], None))
	}
	o.know(keys, values)
	if o.count != "" {
		return newSpaced(options, l.notes, o.next), nil
	}
	return o, nil
}

// know finds the keys of usage that the first line has.
func (o *objects) know(keys []string, values map[string][]byte) {
	all := usageKeys()
	if _, gateway := values["requestId"]; gateway {
		// What ambi's own stack and many others call API Gateway's responseLength.
		all = append(all, usageKey{"bytes", 1, func(r *request) *int64 { return &r.respond }})
	}
	var taken [3]bool
	var r request
	for _, known := range all {
		for _, name := range keys {
			if plain([]byte(name)) != known.name || quantity(values[name], known.unit) < 0 && string(values[name]) != `"-"` {
				continue
			}
			i := slices.Index([]*int64{&r.duration, &r.received, &r.respond}, known.of(&r))
			if taken[i] {
				continue
			}
			taken[i] = true
			if i == 0 {
				o.lines.notes.usage.field = name
			}
			o.usage = append(o.usage, usageKey{name, known.unit, known.of})
		}
	}
}

func (o *objects) next() (record, error) {
	for {
		line, err := o.lines.next()
		if err != nil {
			return record{}, err
		}
		r := &o.request
		*r = request{count: 1, duration: -1, received: -1, respond: -1}
		if problem := o.read(line, r); problem != "" {
			if err := o.lines.skip("%s, got %s", problem, quote(line)); err != nil {
				return record{}, err
			}
			continue
		}
		o.lines.notes.read++
		o.lines.notes.usage.add(r)
		return record{at: r.at, width: r.width, count: r.count, line: o.lines.number}, nil
	}
}

// read reads one line; it returns what is wrong with it.
func (o *objects) read(line []byte, r *request) string {
	if line[0] != '{' || !json.Valid(line) {
		return "must be a JSON object"
	}
	timed, counted := false, o.count == ""
	members(line, func(key, value []byte) {
		switch {
		case string(key) == o.time:
			r.timestamp, timed = jsonTime(value)
		case string(key) == o.count && o.count != "":
			r.count, counted = parseCount(value)
		default:
			for i := range o.usage {
				if u := &o.usage[i]; string(key) == u.name {
					*u.of(r) = quantity(value, u.unit)
				}
			}
		}
	})
	switch {
	case !timed:
		return fmt.Sprintf("must have a time in %q", o.time)
	case !counted:
		return fmt.Sprintf("must have a whole number of requests in %q", o.count)
	}
	return ""
}

// jsonTime reads a number or a text.
func jsonTime(value []byte) (timestamp, bool) {
	if t, ok := parseTimestamp(value); ok {
		return t, true
	}
	return parseLogDate(unquote(value))
}

// sameTimes reports whether all of some keys have one time, to the second.
func sameTimes(values map[string][]byte, keys []string) bool {
	first, _ := jsonTime(values[keys[0]])
	for _, key := range keys[1:] {
		if t, _ := jsonTime(values[key]); t.at/second != first.at/second {
			return false
		}
	}
	return true
}

// finest is the key whose time is told most exactly, the first of several.
func finest(values map[string][]byte, keys []string) string {
	best := keys[0]
	for _, key := range keys[1:] {
		was, _ := jsonTime(values[best])
		if is, _ := jsonTime(values[key]); is.width < was.width {
			best = key
		}
	}
	return best
}

// members gives the keys and values of a valid JSON object. Keys are given as they
// are written, escapes and all; strings keep their quotes.
func members(object []byte, give func(key, value []byte)) {
	at := bytes.IndexByte(object, '{') + 1
	for {
		begin := bytes.IndexByte(object[at:], '"')
		if begin < 0 {
			return
		}
		at += begin
		end := closing(object[at:])
		if end < 0 {
			return
		}
		key := object[at+1 : at+end]
		at += end + 1
		at += bytes.IndexByte(object[at:], ':') + 1
		value := object[at:]
		size := valueEnd(value)
		give(key, bytes.TrimSpace(value[:size]))
		if at += size; at >= len(object) || object[at] == '}' {
			return
		}
	}
}

// valueEnd is where the first value of a JSON text ends: before a comma or a
// brace of what holds it.
func valueEnd(text []byte) int {
	depth := 0
	for i := 0; i < len(text); i++ {
		switch text[i] {
		case '"':
			end := closing(text[i:])
			if end < 0 {
				return len(text)
			}
			i += end
		case '{', '[':
			depth++
		case '}', ']':
			if depth--; depth < 0 {
				return i
			}
		case ',':
			if depth == 0 {
				return i
			}
		}
	}
	return len(text)
}

// keys are those of the JSON object that a text begins with, as far as the head
// goes; none of other texts.
func (h head) keys() []string {
	text := bytes.TrimSpace(h.text)
	if len(text) == 0 || text[0] != '{' {
		return nil
	}
	var keys []string
	decoder := json.NewDecoder(bytes.NewReader(text))
	_, _ = decoder.Token() // the brace
	for decoder.More() {
		key, err := decoder.Token()
		if err != nil {
			break
		}
		keys = append(keys, fmt.Sprint(key))
		var value json.RawMessage
		if decoder.Decode(&value) != nil {
			break
		}
	}
	return keys
}
