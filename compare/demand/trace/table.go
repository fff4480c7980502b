package trace

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
)

// The formats of tables.
const (
	// CSV is a row a request, or a row an interval with its count. A header says
	// which column is which; without one the first is the time, and of exactly
	// two columns the second is a count when it is a whole number.
	CSV Format = "csv"
	// Timestamps is CSV of which only the times count: a row a request. It is
	// what CSV of one column is found to be.
	Timestamps Format = "timestamps"
)

func timestamps() format {
	return format{
		name:    Timestamps,
		what:    "a time a line: RFC 3339, or seconds, ms, µs or ns since 1970",
		from:    "your own logs",
		columns: true,
		sniff:   func(h head) bool { return isTable(h) && len(split(h.first(), separatorOf(h.first()), nil)) == 1 },
		open: func(o Options, l *lines) (records, error) {
			if o.CountColumn == "" {
				o.CountColumn = None
			}
			return newTable(o, l)
		},
	}
}

func csvTable() format {
	return format{
		name:    CSV,
		what:    "the same in a column, or \"time,count\" for each interval; a header may say which column is which, or --time-column and --count-column do",
		from:    "your own metrics: `time,count` rows, of any interval",
		columns: true,
		sniff:   isTable,
		open:    newTable,
	}
}

// None is the Options.CountColumn of a table of which each row is a request.
const None = "none"

// isTable reports whether a text has a time in one of its first rows, or names
// one in a header.
func isTable(h head) bool {
	rows := h.some(3)
	for i, row := range rows {
		fields := split(row, separatorOf(row), nil)
		if i == 0 && slices.ContainsFunc(fields, isTimeName) || slices.ContainsFunc(fields, isTimed) {
			return true
		}
	}
	return false
}

// table reads a row a request, or a row an interval with its count.
type table struct {
	lines     *lines
	separator byte
	time      int  // column
	count     int  // column; -1 when a row is a request
	comma     bool // a comma stands before the time's milliseconds
	header    bool
}

// newTable finds out which columns are the time and the count, or asks.
func newTable(options Options, l *lines) (records, error) {
	h, err := headOf(l.text, l.match, l.notes.name)
	if err != nil {
		return nil, err
	}
	first := h.first()
	t := &table{lines: l, count: -1, separator: separatorOf(first)}
	c := columns{notes: l.notes, line: h.number, head: split(first, t.separator, nil)}
	for _, row := range h.some(100) {
		c.rows = append(c.rows, split(row, t.separator, nil))
	}
	if c.header = isHeader(c.head); c.header {
		t.header, c.rows = true, c.rows[1:]
	}
	if len(first) == 0 {
		return t, nil
	}
	if err := c.refuse(); err != nil {
		return nil, err
	}
	if t.time, err = c.timeColumn(options.TimeColumn); err != nil {
		return nil, err
	}
	c.time = t.time
	if t.count, err = c.countColumn(options.CountColumn); err != nil {
		return nil, err
	}
	t.comma = t.count < 0 && c.comma()
	l.notes.columns = Columns{Times: t.time + 1, Counts: t.count + 1}
	if t.count >= 0 {
		if c.header && options.Interval == 0 {
			options.Interval = binOf(c.head[t.time])
		}
		return newSpaced(options, l.notes, t.next), nil
	}
	return t, nil
}

// separatorOf is what a row's columns are separated by.
func separatorOf(row []byte) byte {
	for _, c := range []byte{',', ';', '\t'} {
		if bytes.IndexByte(row, c) >= 0 {
			return c
		}
	}
	return ','
}

// split splits a row into its fields, which keep their quotes, and appends them.
func split(row []byte, separator byte, to [][]byte) [][]byte {
	for {
		end := fieldEnd(row, separator)
		to = append(to, row[:end])
		if end == len(row) {
			return to
		}
		row = row[end+1:]
	}
}

// field is one column of a row; nil when it has fewer.
func field(row []byte, separator byte, n int) []byte {
	for ; n > 0; n-- {
		end := fieldEnd(row, separator)
		if end == len(row) {
			return nil
		}
		row = row[end+1:]
	}
	return row[:fieldEnd(row, separator)]
}

// fieldEnd is where the first field of a row ends. A separator in quotes is part
// of a field.
func fieldEnd(row []byte, separator byte) int {
	from := 0
	if len(row) > 0 && row[0] == '"' {
		for from = 1; ; {
			at := bytes.IndexByte(row[from:], '"')
			if at < 0 {
				from = 0 // a quote that is not closed means itself
				break
			}
			if from += at + 1; from == len(row) || row[from] != '"' {
				break
			}
			from++ // two quotes are one that is meant
		}
	}
	if at := bytes.IndexByte(row[from:], separator); at >= 0 {
		return from + at
	}
	return len(row)
}

// parseCount reads a whole number of requests, also as 12.0.
func parseCount(text []byte) (int64, bool) {
	whole, rest := digits(unquote(bytes.TrimSpace(text)))
	if len(whole) == 0 || len(whole) > 15 {
		return 0, false
	}
	if len(rest) > 0 {
		zeros := bytes.TrimRight(rest[1:], "0")
		if rest[0] != '.' || len(rest) == 1 || len(zeros) > 0 {
			return 0, false
		}
	}
	n := int64(number(whole))
	return n, n <= maxCount
}

// maxCount bounds one count: a million a second over a month.
const maxCount = 1e6 * 31 * 86400

const mustBeCount = "must be a whole number of requests, got %s"

// next reads one row.
func (t *table) next() (record, error) {
	for {
		line, err := t.lines.next()
		if err != nil {
			return record{}, err
		}
		if t.header {
			t.header = false
			continue
		}
		cell := field(line, t.separator, t.time)
		if t.comma {
			cell = withMilliseconds(line, t.separator, t.time)
		}
		at, ok := parseTimestamp(cell)
		if !ok {
			if err := t.lines.skip("%s, got %s", mustBeTimestamp, quote(cell)); err != nil {
				return record{}, err
			}
			continue
		}
		r := record{at: at.at, width: at.width, count: 1, line: t.lines.number}
		if t.count >= 0 {
			cell := field(line, t.separator, t.count)
			if r.count, ok = parseCount(cell); !ok {
				if err := t.lines.skip(mustBeCount, quote(cell)); err != nil {
					return record{}, err
				}
				continue
			}
		}
		t.lines.notes.read++
		return r, nil
	}
}

// withMilliseconds is a row's time with the comma and the three digits after it.
func withMilliseconds(row []byte, separator byte, column int) []byte {
	cell := field(row, separator, column)
	if cell == nil {
		return nil
	}
	rest := row
	for range column {
		rest = rest[fieldEnd(rest, separator)+1:]
	}
	return rest[:min(len(rest), len(cell)+len(",000"))]
}

// columns decides which columns of a table are which.
type columns struct {
	notes  *notes
	line   int
	head   [][]byte   // the first row
	header bool       // that names columns
	rows   [][][]byte // some that follow
	time   int
}

// isHeader reports whether a first row names columns: one is named as a time, or
// none of them is a number or a time.
func isHeader(fields [][]byte) bool {
	if slices.ContainsFunc(fields, isTimeName) {
		return true
	}
	for _, f := range fields {
		f = unquote(bytes.TrimSpace(f))
		if len(f) == 0 || (f[0] < 'A' && f[0] != '@' && f[0] != '_') {
			return false
		}
	}
	return true
}

// plain is a column's name without what people write differently.
func plain(name []byte) string {
	return strings.ToLower(strings.NewReplacer("_", "", "-", "", " ", "", "@", "", `"`, "").Replace(string(name)))
}

func isTimeName(name []byte) bool {
	return slices.Contains(timeNames(), plain(name)) || binOf(name) > 0
}

func isCountName(name []byte) bool {
	return slices.Contains(countNames(), plain(name)) || strings.HasPrefix(plain(name), "count(")
}

func isTime(cell []byte) bool {
	_, ok := parseTimestamp(cell)
	return ok
}

// isTimed reports whether a cell is written as a time, right or wrong.
func isTimed(cell []byte) bool {
	cell = unquote(bytes.TrimSpace(cell))
	whole, rest := digits(cell)
	return len(whole) > 0 && (len(rest) == 0 || rest[0] == '.' || len(whole) == 4 && (rest[0] == '-' || rest[0] == '/'))
}

// isDated reports whether a cell is a time with a date.
func isDated(cell []byte) bool {
	t, ok := parseTimestamp(cell)
	return ok && t.at >= dated
}

func timeNames() []string {
	return []string{
		"timestamp", "time", "date", "datetime", "ts", "at", "arrival", "arrivaltime", "starttime", "start", "timelocal", "requesttime",
		"requesttimeepoch", "eventtime", "invocationtime", "minute", "hour", "timeiso8601", "msec",
	}
}

// countNames are those that can only be a count of requests.
func countNames() []string {
	return []string{"count", "counts", "requests", "requestcount", "invocations", "hits", "calls"}
}

// isOtherName reports whether a column's name says that it counts no requests.
func isOtherName(name []byte) bool {
	n := plain(name)
	for _, end := range []string{"ms", "us", "ns", "seconds", "bytes", "size", "length", "latency", "duration", "status", "statuscode", "code", "port", "id", "pid", "tokens", "time", "path", "url", "method", "version"} {
		if strings.HasSuffix(n, end) {
			return true
		}
	}
	return false
}

// refuse is an error for a table that can only be misread.
func (c *columns) refuse() error {
	of := func(name string) bool {
		return slices.ContainsFunc(c.head, func(f []byte) bool { return plain(f) == name })
	}
	if of("usercount") && of("totalrequestcount") {
		return c.notes.fail(c.line, "is Locust's history of statistics, whose counts are totals since the test began",
			`the differences of "Total Request Count" between the rows of "Aggregated" are counts: write them as time,count`)
	}
	return nil
}

// named is the column that the user names, by its header or by its number.
func (c *columns) named(flag, name string) (int, error) {
	if c.header {
		for i, f := range c.head {
			if string(unquote(bytes.TrimSpace(f))) == name || plain(f) == plain([]byte(name)) {
				return i, nil
			}
		}
	}
	if n := number([]byte(name)); n >= 1 && n <= len(c.head) && len(name) < 5 {
		return n - 1, nil
	}
	return 0, c.notes.fail(c.line, fmt.Sprintf("has no column %q, which --%s names", name, flag), "the columns are "+c.list(c.all()))
}

// all are the numbers of all columns.
func (c *columns) all() []int {
	all := make([]int, len(c.head))
	for i := range all {
		all[i] = i
	}
	return all
}

// list names columns.
func (c *columns) list(which []int) string {
	var all []string
	for _, i := range which {
		text := fmt.Sprint(i + 1)
		if c.header {
			text += " (" + string(unquote(bytes.TrimSpace(c.head[i]))) + ")"
		} else {
			text += " (" + string(bytes.TrimSpace(c.head[i])) + ")"
		}
		all = append(all, text)
	}
	if len(all) > 12 {
		all = append(all[:11], fmt.Sprintf("and %d more", len(all)-11))
	}
	return strings.Join(all, ", ")
}

// cell is a row's column; nil where it has fewer.
func cell(row [][]byte, i int) []byte {
	if i < len(row) {
		return row[i]
	}
	return nil
}

// timeColumn is the time's: named by the user or the header, or the first.
func (c *columns) timeColumn(name string) (int, error) {
	if name != "" {
		return c.named("time-column", name)
	}
	var found []int
	for i, f := range c.head {
		switch {
		case c.header && isTimeName(f):
			// One whose cells are no times, such as a duration's, is none.
			if len(c.rows) == 0 || isTime(cell(c.rows[0], i)) {
				found = append(found, i)
			}
		case !c.header && isDated(f):
			found = append(found, i)
		}
	}
	switch {
	case c.header && len(found) == 0:
		if i := slices.IndexFunc(c.head, isTimeName); i >= 0 {
			return i, nil // its rows say what is wrong
		}
		return 0, c.notes.fail(c.line, "no column is named as a time, got "+quote(bytes.Join(c.head, []byte(","))),
			"ambi trace FILE --time-column NAME --out NEW says which one is; timestamp, time, date and datetime are known")
	case !c.header && (len(found) == 0 || found[0] == 0 && !isDateText(found[1:], c.head)):
		return 0, nil
	case len(found) > 1:
		return 0, c.notes.fail(c.line, "has several columns that can be the time: "+c.list(found), "ambi trace FILE --time-column NAME --out NEW says which one is")
	}
	return found[0], nil
}

// isDateText reports whether one of some columns is written as a date: a number
// may be anything.
func isDateText(which []int, row [][]byte) bool {
	return slices.ContainsFunc(which, func(i int) bool {
		return bytes.ContainsAny(unquote(bytes.TrimSpace(row[i])), "-/")
	})
}

// countColumn is the count's, or -1 where a row is a request. Where that cannot be
// told, it asks.
func (c *columns) countColumn(name string) (int, error) {
	if plain([]byte(name)) == None {
		return -1, nil
	}
	if name != "" {
		return c.named("count-column", name)
	}
	if !c.header && len(c.head) == 2 {
		return c.second()
	}
	var sure, maybe []int
	for i, f := range c.head {
		switch {
		case i == c.time:
		case c.header && isCountName(f):
			sure = append(sure, i)
		case c.header && isOtherName(f), !c.numbers(i), c.statuses(i):
		default:
			maybe = append(maybe, i)
		}
	}
	switch {
	case len(sure) == 1:
		return sure[0], nil
	case len(sure) > 1:
		return 0, c.ask("has several columns that can be the count: "+c.list(sure), sure[0])
	case len(maybe) > 0 && c.whole():
		return 0, c.ask("does not say whether a row is a request, or whether one of these columns counts requests: "+c.list(maybe), maybe[0])
	}
	return -1, nil
}

func (c *columns) ask(message string, column int) error {
	name := fmt.Sprint(column + 1)
	return c.notes.fail(c.line, message,
		fmt.Sprintf("ambi trace FILE --count-column %s --out NEW counts by that column, and --count-column %s takes each row for a request", name, None))
}

// second decides about the second of two columns without names.
func (c *columns) second() (int, error) {
	other := 1 - c.time
	switch {
	case c.comma():
		return 0, c.ask("does not say whether the three digits after the comma are milliseconds or a count of requests", other)
	case !c.numbers(other):
		return -1, nil
	case !c.counts(other), c.statuses(other), !c.whole():
		return 0, c.ask("does not say whether column "+fmt.Sprint(other+1)+" is a count of requests", other)
	}
	return other, nil
}

// comma reports whether the time's milliseconds may stand after a comma: each row
// has whole seconds, a comma and three digits, and then nothing or a space.
func (c *columns) comma() bool {
	for _, row := range c.rows {
		at, ok := parseTimestamp(cell(row, c.time))
		after := cell(row, c.time+1)
		millis, rest := digits(after)
		if !ok || at.width != second || !isDateText([]int{c.time}, row) || len(millis) != 3 || len(rest) > 0 && rest[0] != ' ' {
			return false
		}
	}
	return len(c.rows) > 0
}

// numbers reports whether a column has numbers: none of its cells is something
// else, and one is not empty.
func (c *columns) numbers(i int) bool {
	any := false
	for _, row := range c.rows {
		text := unquote(bytes.TrimSpace(cell(row, i)))
		if len(text) == 0 {
			continue
		}
		if quantity(text, 1) < 0 {
			return false
		}
		any = true
	}
	return any
}

// counts reports whether a column's numbers can be counts: most of them are whole.
func (c *columns) counts(i int) bool {
	whole := 0
	for _, row := range c.rows {
		if _, ok := parseCount(cell(row, i)); ok {
			whole++
		}
	}
	return 2*whole >= len(c.rows)
}

// statuses reports whether a column's numbers are all status codes of HTTP.
func (c *columns) statuses(i int) bool {
	common := []string{"200", "201", "202", "204", "206", "301", "302", "303", "304", "307", "308", "400", "401", "403", "404", "405", "409", "410", "413", "415", "422", "429", "499", "500", "501", "502", "503", "504"}
	for _, row := range c.rows {
		if !slices.Contains(common, string(unquote(bytes.TrimSpace(cell(row, i))))) {
			return false
		}
	}
	return len(c.rows) > 0
}

// whole reports whether the times are whole seconds apart, as those of intervals
// are; requests come at any moment.
func (c *columns) whole() bool {
	first, begun := int64(0), false
	for _, row := range c.rows {
		t, ok := parseTimestamp(cell(row, c.time))
		if !ok {
			continue
		}
		if !begun {
			first, begun = t.at, true
		}
		if (t.at-first)%second != 0 {
			return false
		}
	}
	return true
}
