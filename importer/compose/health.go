package compose

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"ambi/importer/source"
	"ambi/internal/lazyregexp"
)

var (
	// asked is an address of the container itself that a health check asks.
	asked = lazyregexp.New(`(https?)://([A-Za-z0-9_.-]+|\[[0-9a-f:]+\])(?::([0-9]+))?(/[^\s"'|;&)<>\x60]*)?`)
	// askedShort is one without a scheme, which curl and wget take.
	askedShort = lazyregexp.New(`(?:^|[\s"'])()(localhost|127\.0\.0\.1|0\.0\.0\.0)(?::([0-9]+))?(/[^\s"'|;&)<>\x60]*)?`)
	plainPath  = lazyregexp.New(`^(/[A-Za-z0-9._~%-]+)*/?$`)
)

// health is what the health check asks.
func (im *importer) health(s *service) {
	d, check := s.draft, s.node.Get("healthcheck")
	test := check.Get("test")
	path, ok := "", false
	if disabled := check.Get("disable"); disabled != nil {
		s.Leave(disabled, "health is always asked: the app must answer health.path with 200", true)
	} else if test != nil {
		path, ok = im.asks(s, test)
	}
	if !ok {
		d.Set("health.path", "/healthz")
		d.Comment("health", "the app must answer 200 there: no health check over HTTP was in the source")
		if test == nil {
			s.note(d.Path("health.path"), "no health check asks over HTTP: the app must answer 200 at /healthz", true)
		}
		return
	}
	d.Set("health.path", path)
	im.startup(s, check)
}

// probe finds what a health check asks over HTTP, as askedShort matches it, and on which port: none where it does not.
func (im *importer) probe(test *source.Node) (m []string, port int, why string) {
	text, why := im.text(test)
	for _, part := range test.List() {
		word, reason := im.text(part)
		text, why = text+" "+word, cmp.Or(why, reason)
	}
	m = asked.FindStringSubmatch(text)
	if m == nil && slices.ContainsFunc([]string{"curl", "wget", "http"}, func(tool string) bool { return strings.Contains(text, tool) }) {
		m = askedShort.FindStringSubmatch(text)
	}
	if m == nil {
		return nil, 0, why
	}
	port, _ = strconv.Atoi(m[3])
	switch {
	case m[3] == "" && m[1] == "https":
		port = 443
	case m[3] == "":
		port = 80
	case port >= 1<<16:
		port = 0
	}
	return m, port, why
}

// asks finds the path that a health check asks over HTTP.
func (im *importer) asks(s *service, test *source.Node) (string, bool) {
	to := s.draft.Path("health.path")
	m, _, why := im.probe(test)
	if m == nil {
		s.Leave(test, "health is asked over HTTP: the app must answer 200 at /healthz, or where health.path says", true)
		return "", false
	}
	path, _, hasQuery := strings.Cut(cmp.Or(m[4], "/"), "?")
	if path = strings.TrimRight(path, "/"); path == "" {
		path = "/"
	}
	switch {
	case why != "", !plainPath.MatchString(path):
		s.Leave(test, "asks a path that health.path does not take", true)
		return "", false
	case m[1] == "https":
		s.Approximate(test, to, "health is asked over plain HTTP", true)
	case hasQuery:
		s.Approximate(test, to, "without its query", true)
	default:
		s.Carry(test, to)
	}
	return path, true
}

// startup is how long an app may take to start: its grace, and the failures that follow.
func (im *importer) startup(s *service, check *source.Node) {
	n := check.Get("start_period")
	if n == nil {
		return
	}
	grace, ok := im.duration(n)
	if !ok {
		s.Leave(n, "is no duration that ambi reads", false)
		return
	}
	const usualInterval, usualRetries = 30 * time.Second, 3
	interval, ok := im.duration(check.Get("interval"))
	if !ok {
		interval = usualInterval
	}
	retries, ok := check.Get("retries").Int()
	if !ok || retries < 1 || retries > 1000 {
		retries = usualRetries
	}
	seconds := int(min(max((grace+time.Duration(retries)*min(interval, time.Hour)).Seconds(), 1), 900))
	startup := fmt.Sprintf("%ds", seconds)
	if seconds%60 == 0 {
		startup = fmt.Sprintf("%dm", seconds/60)
	}
	s.draft.Set("health.startup", startup)
	s.Approximate(n, s.draft.Path("health.startup"), "with the failures that follow, the longest that the app may take to start", false)
}

// duration reads one such as 1m30s.
func (im *importer) duration(n *source.Node) (time.Duration, bool) {
	text, why := im.text(n)
	d, err := time.ParseDuration(text)
	return d, err == nil && why == "" && d >= 0 && d < 100*time.Hour
}
