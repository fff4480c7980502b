package trace

import "bytes"

// accessLog reads the common and the combined log format of Apache, nginx and
// others: HOST IDENT USER [10/Oct/2000:13:55:36 -0700] "GET / HTTP/1.1" 200 2326.
type accessLog struct{ lines *lines }

func (a *accessLog) next() (record, error) {
	for {
		line, err := a.lines.next()
		if err != nil {
			return record{}, err
		}
		t, ok := parseLogDate(logDate(line))
		if !ok {
			if err := a.lines.skip(`must have a time such as [10/Oct/2000:13:55:36 -0700] and then a request in quotes, got %s`, quote(line)); err != nil {
				return record{}, err
			}
			continue
		}
		a.lines.notes.read++
		return record{at: t.at, width: t.width, count: 1, line: a.lines.number}, nil
	}
}

// logDate is what stands in brackets before the quoted request; nothing when
// the line has another shape.
func logDate(line []byte) []byte {
	end := bytes.Index(line, []byte(`] "`))
	if end < 0 {
		return nil
	}
	begin := bytes.LastIndexByte(line[:end], '[')
	if begin < 0 {
		return nil
	}
	return line[begin+1 : end]
}

func isLogLine(line []byte) bool {
	_, ok := parseLogDate(logDate(line))
	return ok
}
