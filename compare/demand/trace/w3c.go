package trace

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
)

// The formats that say their fields in a line of their own.
const (
	// W3C is the extended log format of IIS and others.
	W3C Format = "w3c"
	// CloudFront is CloudFront's standard log, which is one of that kind.
	CloudFront Format = "cloudfront"
)

// w3c reads lines whose fields a line "#Fields: date time …" names, with spaces
// between them. Times are UTC; sc-bytes and cs-bytes are with headers. W3C's draft
// has time-taken in seconds and IIS writes milliseconds, which a line "#Software:"
// tells apart; without one only decimals show that it is seconds.
//
// https://www.w3.org/TR/WD-logfile.html,
// https://learn.microsoft.com/en-us/previous-versions/windows/it-pro/windows-server-2003/cc786596(v=ws.10)
func w3c() format {
	return format{
		name:  W3C,
		what:  "the W3C extended format of IIS and others, with its line \"#Fields:\"",
		page:  "https://www.w3.org/TR/WD-logfile.html",
		from:  "`ambi trace u_ex260301.log`",
		sniff: func(h head) bool { return h.directive("#Fields:") != "" },
		open: func(_ Options, l *lines) (records, error) {
			return newExtended(l, ' ', 0, "time-taken")
		},
	}
}

// cloudFront reads CloudFront's standard logs: fields with tabs between them, and
// time-taken in seconds. What was a hit was answered by the cache and never
// reached the app: a warning counts them.
//
// https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/standard-logs-reference.html
func cloudFront() format {
	return format{
		name:  CloudFront,
		what:  "CloudFront's standard log, with its line \"#Fields:\"",
		page:  "https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/standard-logs-reference.html",
		from:  "`aws s3 cp --recursive s3://BUCKET/PREFIX …`, then `zcat *.gz \\| ambi trace - --sort --match Miss`",
		sniff: func(h head) bool { return strings.Contains(h.directive("#Fields:"), "x-edge-location") },
		open: func(_ Options, l *lines) (records, error) {
			return newExtended(l, '\t', second, "time-taken")
		},
	}
}

// extended is such a log. Its fields may change from line to line.
type extended struct {
	lines                                *lines
	separator                            byte
	unit                                 int64 // of time-taken; 0 while no line says it
	unitless                             int64 // lines whose time-taken may be of either unit
	date, time, taken, sent, got, result int   // fields, from 0; -1 where there is none
	hits                                 int64
	stamp                                []byte
}

func newExtended(l *lines, separator byte, unit int64, taken string) (records, error) {
	e := &extended{lines: l, separator: separator, unit: unit, date: -1}
	l.directive = e.fields
	r, err := newLog(l, `have a date and a time, where a line "#Fields:" before it says`, taken, e.line)
	return &extendedEnd{r, e}, err
}

// fields takes a line that names fields.
func (e *extended) fields(line []byte) {
	if software, is := bytes.CutPrefix(line, []byte("#Software:")); is && e.separator == ' ' {
		e.unit = second
		if bytes.Contains(software, []byte("Microsoft")) {
			e.unit = second / 1000
		}
	}
	names, is := bytes.CutPrefix(line, []byte("#Fields:"))
	if !is {
		return
	}
	all := strings.Fields(string(names))
	of := func(name string) int { return slices.Index(all, name) }
	e.date, e.time, e.taken, e.sent, e.got, e.result = of("date"), of("time"), of("time-taken"), of("sc-bytes"), of("cs-bytes"), of("x-edge-result-type")
}

func (e *extended) line(line []byte, r *request) bool {
	if e.date < 0 || e.time < 0 {
		return false
	}
	e.stamp = append(append(append(e.stamp[:0], field(line, e.separator, e.date)...), ' '), field(line, e.separator, e.time)...)
	var ok bool
	if r.timestamp, ok = parseTimestamp(e.stamp); !ok {
		return false
	}
	of := func(n int, unit int64) int64 {
		if n < 0 {
			return -1
		}
		return quantity(field(line, e.separator, n), unit)
	}
	r.received, r.respond = of(e.got, 1), of(e.sent, 1)
	if e.result >= 0 && string(field(line, e.separator, e.result)) == "Hit" {
		e.hits++
		return true
	}
	switch {
	case e.unit != 0:
		r.duration = of(e.taken, e.unit)
	case e.taken >= 0 && bytes.IndexByte(field(line, e.separator, e.taken), '.') >= 0:
		r.duration = of(e.taken, second)
	case of(e.taken, second) >= 0:
		e.unitless++
	}
	return true
}

// extendedEnd tells at the end what did not reach the app.
type extendedEnd struct {
	records
	log *extended
}

func (e *extendedEnd) next() (record, error) {
	r, err := e.records.next()
	if err != nil && e.log.hits > 0 {
		e.log.lines.notes.warn(fmt.Sprintf("%d of %d requests are hits, which CloudFront answers from its cache: --match Miss leaves them out",
			e.log.hits, e.log.lines.notes.read))
		e.log.hits = 0
	}
	if err != nil && e.log.unitless > 0 {
		e.log.lines.notes.warn("time-taken is in seconds by W3C and in milliseconds by IIS, and no line \"#Software:\" says which: no durations are taken from it")
		e.log.unitless = 0
	}
	return r, err
}
