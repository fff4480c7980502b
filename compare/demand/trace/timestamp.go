package trace

import (
	"bytes"
	"fmt"
	"time"
)

// timestamp is a moment as a text has it.
type timestamp struct {
	at    int64 // nanoseconds since 1970
	width int64 // a second where the text has whole seconds, a minute where it has whole minutes, else 0
}

const (
	second = int64(time.Second)
	minute = int64(time.Minute)
	// latest is the last second that a trace may have, in 2261: nanoseconds since
	// 1970 end in 2262.
	latest = 9_190_000_000
	// dated is from when on a time is a date and not a number of seconds: 1973.
	dated = 1e17
)

// parseTimestamp reads what RFC 3339 writes, also with a space, with slashes, without
// a zone (then it is UTC) and without seconds; or the seconds, milliseconds,
// microseconds or nanoseconds since 1970, told apart by their size. Errors are
// for a message that says what the text must be.
func parseTimestamp(text []byte) (timestamp, bool) {
	text = unquote(bytes.TrimSpace(text))
	if len(text) >= 10 && (text[4] == '-' || text[4] == '/') && text[7] == text[4] {
		return parseDate(text)
	}
	return parseEpoch(text)
}

const mustBeTimestamp = "must be a timestamp such as 2026-03-01T12:00:00Z or 1772366400"

// parseEpoch reads a number since 1970.
func parseEpoch(text []byte) (timestamp, bool) {
	whole, rest := digits(text)
	if len(whole) == 0 || len(whole) > 19 {
		return timestamp{}, false
	}
	var n uint64
	for _, c := range whole {
		n = 10*n + uint64(c-'0')
	}
	unit := second // of one
	switch {       // the sizes are of the years 1973 to 5138 in each unit
	case n >= 1e17:
		unit = 1
	case n >= 1e14:
		unit = int64(time.Microsecond)
	case n >= 1e11:
		unit = int64(time.Millisecond)
	}
	fraction, ok := parseFraction(rest, unit)
	if !ok || n > uint64(latest*(second/unit)) {
		return timestamp{}, false
	}
	t := timestamp{at: int64(n)*unit + fraction}
	if unit == second && len(rest) == 0 {
		t.width = second
	}
	return t, true
}

// parseFraction reads ".25" of a unit, in which the point may be a comma, as ISO
// 8601 has it; an empty text is 0. Digits beyond a nanosecond do not count.
func parseFraction(text []byte, unit int64) (int64, bool) {
	if len(text) == 0 {
		return 0, true
	}
	digits, rest := digits(text[1:])
	if text[0] != '.' && text[0] != ',' || len(digits) == 0 || len(rest) > 0 {
		return 0, false
	}
	var n int64
	for _, c := range digits {
		unit /= 10
		n += unit * int64(c-'0')
	}
	return n, true
}

// digits splits a text after its leading digits.
func digits(text []byte) (leading, rest []byte) {
	n := 0
	for n < len(text) && text[n] >= '0' && text[n] <= '9' {
		n++
	}
	return text[:n], text[n:]
}

// number reads exactly as many digits as the text has; -1 when there is
// something else in it.
func number(text []byte) int {
	n := 0
	for _, c := range text {
		if c < '0' || c > '9' {
			return -1
		}
		n = 10*n + int(c-'0')
	}
	return n
}

// parseDate reads 2026-03-01T12:00:00.5+01:00 and its kin.
func parseDate(text []byte) (timestamp, bool) {
	fail := timestamp{}
	year, month, day := number(text[:4]), number(text[5:7]), number(text[8:10])
	rest := text[10:]
	hour, minutes, seconds, width := 0, 0, 0, minute
	if len(rest) < 6 || (rest[0] != 'T' && rest[0] != 't' && rest[0] != ' ') || rest[3] != ':' {
		return fail, false
	}
	hour, minutes, rest = number(rest[1:3]), number(rest[4:6]), rest[6:]
	var fraction int64
	if len(rest) >= 3 && rest[0] == ':' {
		seconds, width = number(rest[1:3]), second
		rest = rest[3:]
		if len(rest) > 0 && (rest[0] == '.' || rest[0] == ',') {
			n, _ := digits(rest[1:])
			var ok bool
			if fraction, ok = parseFraction(rest[:1+len(n)], second); !ok {
				return fail, false
			}
			width, rest = 0, rest[1+len(n):]
		}
	}
	offset, ok := parseZone(rest)
	if !ok || !isDate(year, month, day) || hour < 0 || hour > 23 || minutes < 0 || minutes > 59 || seconds < 0 || seconds > 60 {
		return fail, false
	}
	// A leap second is the last one of its minute.
	at := secondsAt(year, month, day, hour, minutes, min(seconds, 59)) - offset
	if at < 0 || at > latest {
		return fail, false
	}
	return timestamp{at: at*second + fraction, width: width}, true
}

// isDate reports whether there is such a day.
func isDate(year, month, day int) bool {
	if year < 1970 || month < 1 || month > 12 || day < 1 {
		return false
	}
	days := [...]int{31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31}[month-1]
	if month == 2 && year%4 == 0 && (year%100 != 0 || year%400 == 0) {
		days = 29
	}
	return day <= days
}

// secondsAt is a moment in UTC in seconds since 1970, as [time.Date] has it; a large log has
// one in every line.
func secondsAt(year, month, day, hour, minutes, seconds int) int64 {
	// In years that begin in March, a leap day is the last one.
	y, m := int64(year), int64(month)-3
	if m < 0 {
		y, m = y-1, m+12
	}
	const before = 719469 // days from the year 0 to 1970
	days := 365*y + y/4 - y/100 + y/400 + (153*m+2)/5 + int64(day) - before
	return ((days*24+int64(hour))*60+int64(minutes))*60 + int64(seconds)
}

// parseZone reads Z, +01:00, +0100, +01 or " +0000", and none, which is UTC. It
// returns seconds east of Greenwich.
func parseZone(text []byte) (int64, bool) {
	text = bytes.TrimPrefix(text, []byte(" "))
	switch {
	case len(text) == 0, len(text) == 1 && (text[0] == 'Z' || text[0] == 'z'), string(text) == "UTC":
		return 0, true
	case text[0] != '+' && text[0] != '-', len(text) < 3:
		return 0, false
	}
	hours, minutes := number(text[1:3]), 0
	switch rest := bytes.TrimPrefix(text[3:], []byte(":")); len(rest) {
	case 0:
	case 2:
		minutes = number(rest)
	default:
		return 0, false
	}
	if hours < 0 || hours > 23 || minutes < 0 || minutes > 59 {
		return 0, false
	}
	offset := int64(hours*3600 + minutes*60)
	if text[0] == '-' {
		offset = -offset
	}
	return offset, true
}

// parseLogDate reads 10/Oct/2000:13:55:36 -0700, as access logs have it, also with
// a fraction of the second and without a zone.
func parseLogDate(text []byte) (timestamp, bool) {
	const form = "10/Oct/2000:13:55:36"
	if len(text) < len(form) || text[2] != '/' || text[6] != '/' || text[11] != ':' || text[14] != ':' || text[17] != ':' {
		return timestamp{}, false
	}
	const months = "JanFebMarAprMayJunJulAugSepOctNovDec"
	month := bytes.Index([]byte(months), text[3:6])
	year, day := number(text[7:11]), number(text[:2])
	hour, minutes, seconds := number(text[12:14]), number(text[15:17]), number(text[18:20])
	rest, width := text[len(form):], second
	var fraction int64
	if len(rest) > 0 && (rest[0] == '.' || rest[0] == ',') {
		n, _ := digits(rest[1:])
		var ok bool
		if fraction, ok = parseFraction(rest[:1+len(n)], second); !ok {
			return timestamp{}, false
		}
		width, rest = 0, rest[1+len(n):]
	}
	offset, ok := parseZone(rest)
	if !ok || month%3 != 0 || !isDate(year, month/3+1, day) || hour < 0 || hour > 23 || minutes < 0 || minutes > 59 || seconds < 0 || seconds > 60 {
		return timestamp{}, false
	}
	at := secondsAt(year, month/3+1, day, hour, minutes, min(seconds, 59)) - offset
	if at < 0 || at > latest {
		return timestamp{}, false
	}
	return timestamp{at: at*second + fraction, width: width}, true
}

// moment prints nanoseconds since 1970: as a date, or as seconds where the trace
// has none.
func moment(at int64) string {
	if at < dated {
		return fmt.Sprintf("%gs", float64(at)/1e9)
	}
	return time.Unix(0, at).UTC().Format("2006-01-02T15:04:05.999999999Z")
}

// unquote takes off double quotes.
func unquote(text []byte) []byte {
	if len(text) >= 2 && text[0] == '"' && text[len(text)-1] == '"' {
		return text[1 : len(text)-1]
	}
	return text
}
