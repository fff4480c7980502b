package measure

import (
	"bufio"
	"errors"
	"io"
	"net/http"
	"strings"

	vegeta "github.com/tsenart/vegeta/v12/lib"

	"ambi/internal/measure/load"
	"ambi/internal/problem"
	"ambi/spec"
)

// maxRequests bounds a file of requests.
const maxRequests = 10_000

// OfRoutes is a request for each route. Parameters of paths have the values given, by name,
// or else 1.
func OfRoutes(routes []spec.Route, params map[string]string) []load.Request {
	var all []load.Request
	for _, r := range routes {
		method := r.Method
		if method == spec.Any {
			method = http.MethodGet
		}
		path := ""
		for _, s := range r.Segments() {
			text := s.Text
			if s.Param {
				if text = params[s.Text]; text == "" {
					text = "1"
				}
			}
			path += "/" + text
		}
		if path == "" {
			path = "/"
		}
		all = append(all, load.Request{Method: method, Path: path, Route: r.Method + " " + r.Path})
	}
	return all
}

// ReadRequests reads a file of requests in vegeta's format: a method and a path, then headers
// a line each, then @ and the name of a file that is the body; an empty line between requests.
// Each request is counted by the route of the app that answers it, or else by its own path.
func ReadRequests(r io.Reader, name string, routes []spec.Route) ([]load.Request, error) {
	lines := &lineByLine{from: bufio.NewReader(r)}
	next := vegeta.NewHTTPTargeter(lines, nil, nil)
	var all []load.Request
	var problems problem.List
	first := 0 // the line in which the last request begins
	for n := 1; ; n++ {
		var t vegeta.Target
		err := next(&t)
		if err == nil {
			first = lines.begin(first, t.Method, t.URL)
		}
		switch {
		case errors.Is(err, vegeta.ErrNoTargets):
			if len(all) == 0 && len(problems) == 0 {
				return nil, problem.File(name, 0, "has no request in it").Hint("a request begins with a method and a path: GET /items/1")
			}
			return all, problems.Err()
		case n > maxRequests:
			return nil, problem.File(name, 0, "has more than %d requests", maxRequests)
		case err != nil:
			problems.Add(problem.File(name, len(lines.read), "%v", err))
			if len(problems) == 10 {
				return nil, problems
			}
			continue
		case !strings.HasPrefix(t.URL, "/"):
			problems.Add(problem.File(name, first, "must have a path that starts with a slash, got %q", t.URL).
				Hint("--url or the spec's port says where the app is"))
			continue
		}
		path, _, _ := strings.Cut(t.URL, "#")
		all = append(all, load.Request{Method: t.Method, Path: path, Header: t.Header, Body: t.Body, Route: RouteOf(routes, t.Method, path)})
	}
}

// lineByLine gives its reader no line before it asks for it, so that what was read last is where
// the reader is.
type lineByLine struct {
	from *bufio.Reader
	rest []byte
	read []string
}

func (l *lineByLine) Read(into []byte) (int, error) {
	if len(l.rest) == 0 {
		line, err := l.from.ReadBytes('\n')
		if len(line) == 0 {
			return 0, err
		}
		l.rest = line
		l.read = append(l.read, strings.TrimSpace(string(line)))
	}
	n := copy(into, l.rest)
	l.rest = l.rest[n:]
	return n, nil
}

// begin is the line, after another, in which a request begins.
func (l *lineByLine) begin(after int, method, target string) int {
	for i := after; i < len(l.read); i++ {
		if rest, is := strings.CutPrefix(l.read[i], method+" "); is && strings.TrimSpace(rest) == strings.TrimSpace(target) {
			return i + 1
		}
	}
	return len(l.read)
}

// RouteOf names the route that answers a request, or the request itself where none does. The
// routes are in the order in which they answer.
func RouteOf(routes []spec.Route, method, target string) string {
	path, _, _ := strings.Cut(target, "?")
	for _, r := range routes {
		if r.Answers(method, spec.SplitPath(path)) {
			return r.Method + " " + r.Path
		}
	}
	return method + " " + path
}
