package spec

import (
	"cmp"
	"slices"
	"strings"

	"github.com/invopop/jsonschema"

	"ambi/internal/lazyregexp"
	"ambi/internal/problem"
)

// Any is the method of a route that answers every method.
const Any = "ANY"

// Methods lists the methods that a route may name.
func Methods() []string {
	return []string{"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", Any}
}

// Route is a method and a path that a service answers, such as
// "GET /items/{id}" or "ANY /files/{path+}". A parameter stands for one whole
// segment; one with a plus, which comes last, for the rest of the path.
type Route struct{ Method, Path string }

// Segment is one part of a route's path.
type Segment struct {
	Text   string // the literal text, or the parameter's name
	Param  bool   // {name}
	Greedy bool   // {name+}
}

const (
	literalPattern = `[A-Za-z0-9._~-]+`
	paramPattern   = `\{[A-Za-z][A-Za-z0-9_]*\}`
	greedyPattern  = `\{[A-Za-z][A-Za-z0-9_]*\+\}`
	routePattern   = `^(GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS|ANY) (/|(/(` + literalPattern + `|` + paramPattern + `))*(/` + greedyPattern + `)?)$`
	maxPath        = 1024
)

var (
	literalSegment = lazyregexp.New("^" + literalPattern + "$")
	paramSegment   = lazyregexp.New("^" + paramPattern + "$")
	greedySegment  = lazyregexp.New("^" + greedyPattern + "$")
)

// ParseRoute reads a method, one space, and a path.
func ParseRoute(s string) (Route, error) {
	method, path, found := strings.Cut(s, " ")
	if !found {
		return Route{}, problem.New("must be a method and a path such as \"GET /items/{id}\", got %s", quote(s))
	}
	if !slices.Contains(Methods(), method) {
		hint := "the methods are " + strings.Join(Methods(), ", ")
		if word, known := wordFor(method, nil); known && len(word.Ours) == 0 {
			hint = word.Answer(method)
		}
		if strings.ContainsAny(method, ",|/") {
			hint = "write a route for each method, or one for " + Any
		}
		return Route{}, problem.New("has the unknown method %s", quote(method)).Hint("%s", hint)
	}
	if err := checkPath(path, true); err != nil {
		return Route{}, err
	}
	return Route{method, path}, nil
}

// checkPath tells what is wrong with an absolute path, of literal segments
// only unless params are allowed.
func checkPath(path string, params bool) error {
	switch {
	case !strings.HasPrefix(path, "/"):
		return problem.New("must have a path that starts with a slash, got %s", quote(path))
	case len(path) > maxPath:
		return problem.New("must have a path of at most %d characters, got %d", maxPath, len(path))
	case path == "/":
		return nil
	case strings.HasSuffix(path, "/"):
		return problem.New("must not end in a slash, got %s", quote(path))
	}
	segments := strings.Split(path[1:], "/")
	seen := map[string]bool{}
	for i, text := range segments {
		if err := checkSegment(text, params, i == len(segments)-1); err != nil {
			return err
		}
		if segment := parseSegment(text); segment.Param {
			if seen[segment.Text] {
				return problem.New("names the parameter %q twice", segment.Text)
			}
			seen[segment.Text] = true
		}
	}
	return nil
}

func checkSegment(text string, params, last bool) error {
	switch {
	case text == "":
		return problem.New("has an empty path segment")
	case text == "." || text == "..":
		return problem.New("has the path segment %q, which clients resolve before they send the request", text)
	case literalSegment.MatchString(text):
		return nil
	case params && paramSegment.MatchString(text):
		return nil
	case params && greedySegment.MatchString(text) && last:
		return nil
	case params && greedySegment.MatchString(text):
		return problem.New("has %s before its end", text).Hint("a parameter with a plus matches the rest of the path, so it must come last")
	}
	hint := "a segment is letters, digits and . _ ~ -"
	if params {
		hint += ", or one whole parameter: {name}, or {name+} at the end"
	}
	return problem.New("has the bad path segment %s", quote(text)).Hint("%s", hint)
}

func parseSegment(text string) Segment {
	if !strings.HasPrefix(text, "{") {
		return Segment{Text: text}
	}
	name := strings.Trim(text, "{}")
	return Segment{Text: strings.TrimSuffix(name, "+"), Param: true, Greedy: strings.HasSuffix(name, "+")}
}

// Segments splits the path at its slashes; "/" has none.
func (r Route) Segments() []Segment {
	if r.Path == "/" || r.Path == "" {
		return nil
	}
	var segments []Segment
	for text := range strings.SplitSeq(r.Path[1:], "/") {
		segments = append(segments, parseSegment(text))
	}
	return segments
}

// Shape is the path without its parameters' names: two routes with the same method and shape
// match the same requests.
func (r Route) Shape() string {
	var b strings.Builder
	for _, s := range r.Segments() {
		switch {
		case s.Greedy:
			b.WriteString("/{+}")
		case s.Param:
			b.WriteString("/{}")
		default:
			b.WriteString("/" + s.Text)
		}
	}
	if b.Len() == 0 {
		return "/"
	}
	return b.String()
}

// Stream guesses from common path names that a route is not for single requests and responses,
// and says what it is for; "" if it looks usual.
func (r Route) Stream() string {
	for _, s := range r.Segments() {
		if s.Param {
			continue
		}
		switch strings.ToLower(s.Text) {
		case "ws", "wss", "websocket", "websockets", "socket.io", "sockjs", "signalr", "actioncable":
			return "a WebSocket"
		case "sse", "eventsource", "event-stream":
			return "a stream of events"
		}
	}
	return ""
}

// String is the route as the spec writes it.
func (r Route) String() string { return r.Method + " " + r.Path }

// MarshalText writes what String prints.
func (r Route) MarshalText() ([]byte, error) { return []byte(r.String()), nil }

// UnmarshalText reads what ParseRoute does.
func (r *Route) UnmarshalText(text []byte) (err error) {
	*r, err = ParseRoute(string(text))
	return err
}

// JSONSchema describes the text form.
func (Route) JSONSchema() *jsonschema.Schema {
	return &jsonschema.Schema{
		Type:     "string",
		Pattern:  routePattern,
		Examples: []any{"GET /", "POST /thumbnails", "GET /items/{id}", "ANY /files/{path+}"},
	}
}

func (Route) form() form {
	return form{noun: "a route such as \"GET /items/{id}\"", meant: meantRoute, joined: joinedRoute}
}

// Segments as other routers write them.
var (
	colonParam   = lazyregexp.New(`^:([A-Za-z][A-Za-z0-9_]*)$`)                                                         // :id
	angleParam   = lazyregexp.New(`^<(?:[a-z]+:)?([A-Za-z][A-Za-z0-9_]*)>$`)                                            // <id>, <int:id>
	squareParam  = lazyregexp.New(`^\[([A-Za-z][A-Za-z0-9_]*)\]$`)                                                      // [id]
	dashedParam  = lazyregexp.New(`^\{([A-Za-z][A-Za-z0-9_]*)-([A-Za-z][A-Za-z0-9_-]*)\}$`)                             // {user-id}
	typedParam   = lazyregexp.New(`^\{([A-Za-z][A-Za-z0-9_]*):.*\}$`)                                                   // {id:[0-9]+}
	restSegment  = lazyregexp.New(`^(?:\*\*?|\(\.\*\)|\.\*)$`)                                                          // *, **
	restParam    = lazyregexp.New(`^(?:[*:{<\[]+(?:path:|\.\.\.)?)([A-Za-z][A-Za-z0-9_]*)(?:\.\.\.|\*)?[>}\])]*[*+]?$`) // *path, [...slug], {path...}, {path*}, <path:rest>
	methodFirst  = lazyregexp.New(`^([A-Za-z*]+)(?::?\s+|(/))(.*)$`)
	routeWithin  = lazyregexp.New(`^[A-Z]+ \S+ [A-Z]+ /`)
	routeAddress = lazyregexp.New(`^https?://[^/]*`)
)

// meantRoute guesses at a route in the syntax of other routers.
func meantRoute(text, _ string) guess {
	if routeWithin.MatchString(text) {
		return guess{why: "begin each route with a - of its own"}
	}
	method, path := "", text
	if m := methodFirst.FindStringSubmatch(text); m != nil && !strings.HasPrefix(text, "http") {
		method, path = strings.ToUpper(m[1]), m[2]+m[3]
	} else if before, after, found := strings.Cut(text, " "); found && strings.HasPrefix(text, "/") {
		method, path = strings.ToUpper(after), before
	}
	if method == "*" || method == "ALL" {
		method = Any
	}
	path = routeAddress.ReplaceAllString(strings.TrimSpace(path), "")
	path, _, _ = strings.Cut(path, "?")
	segments := strings.Split(strings.Trim(path, "/"), "/")
	for i, s := range segments {
		last := i == len(segments)-1
		switch {
		case last && restSegment.MatchString(s):
			segments[i] = "{path+}"
		case last && isRest(s):
			segments[i] = "{" + restParam.FindStringSubmatch(s)[1] + "+}"
		default:
			for _, form := range []*lazyregexp.Regexp{colonParam, angleParam, squareParam, typedParam} {
				s = form.ReplaceAllString(s, "{$1}")
			}
			if m := dashedParam.FindStringSubmatch(s); m != nil {
				s = strings.ReplaceAll(s, "-", "_")
			}
			segments[i] = s
		}
	}
	path = "/" + strings.Join(segments, "/")
	switch {
	case method == "" && path == text, method == "" && routeAddress.MatchString(text):
		return guess{lead: "say which method: ", ways: []string{"GET " + path, "POST " + path, Any + " " + path}}
	case method == "":
		return guess{}
	default:
		return guess{ways: []string{method + " " + path}}
	}
}

// isRest reports whether a last segment stands for the rest of the path.
func isRest(s string) bool {
	return restParam.MatchString(s) && (strings.ContainsAny(s, "*+") || strings.Contains(s, "...") || strings.HasPrefix(s, "<path:"))
}

// joinedRoute is the text of a route that was written as a mapping.
func joinedRoute(entries map[string]string) string {
	for _, method := range []string{"method", "Method"} {
		for _, path := range []string{"path", "Path", "route"} {
			if entries[method] != "" && entries[path] != "" {
				return strings.ToUpper(entries[method]) + " " + entries[path]
			}
		}
	}
	if path := cmp.Or(entries["path"], entries["Path"]); path != "" {
		return path
	}
	for key, value := range entries {
		if len(entries) == 1 && slices.Contains(Methods(), strings.ToUpper(key)) {
			return strings.ToUpper(key) + " " + value
		}
		if len(entries) == 1 && strings.Contains(key, "/") {
			return key // GET /users: what serves it
		}
	}
	return ""
}
