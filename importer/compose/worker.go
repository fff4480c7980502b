package compose

import (
	"slices"
	"strconv"
	"strings"

	"ambi/importer/source"
	"ambi/internal/lazyregexp"
)

// alone reports whether nothing says that requests reach a service: no port, no route, no health
// check over HTTP, no address that it listens at, and no other service that waits for it, has its address
// or shares a network of its own with it while it publishes a port. A web server answers
// requests, and where one publishes a port, its configuration may lead to any service; a database or
// a broker that publishes one, for its own clients or its console, leads to none.
func (im *importer) alone(s *service) bool {
	if s.listens() > 0 || s.labelled > 0 || s.address > 0 || s.draft.Exposed || s.isServer() || s.node.Get("network_mode") != nil ||
		len(s.node.Get("ports").List()) > 0 || len(s.node.Get("expose").List()) > 0 {
		return false
	}
	return !slices.ContainsFunc(slices.Concat(im.outside, im.services), func(other *service) bool {
		front := len(other.node.Get("ports").List()) > 0
		switch {
		case other == s, other.kind.images != nil && other.kind.images != proxy:
			return false
		case front && (other.draft == nil || other.isServer() || other.meets(s)):
			return true
		}
		return other.draft != nil && im.reaches(other, s)
	})
}

// ownPort matches variables that are named after the port where an app itself listens, and listening
// values that say it, such as 0.0.0.0:8000.
var (
	ownPort   = lazyregexp.New(`^((HTTP|SERVER|APP|WEB|LISTEN)_?)?PORT$|^VIRTUAL_PORT$`)
	listening = lazyregexp.New(`^(?:https?://)?(?:0\.0\.0\.0|\[::\]|\*)?:([0-9]{2,5})$`)
)

// listens is the port at which a service listens by its variables; 0 where none says it.
func (s *service) listens() int {
	env, _ := s.draft.Get("env").(map[string]any)
	port := 0
	for _, name := range sortedKeys(env) {
		value, _ := env[name].(string)
		if m := listening.FindStringSubmatch(value); m != nil {
			value = m[1]
		} else if !ownPort.MatchString(name) {
			continue
		}
		if n, err := strconv.Atoi(value); err == nil && n > 0 && n <= mostPort && (port == 0 || name == "PORT") {
			port = n
		}
	}
	if _, hosted := env["VIRTUAL_HOST"]; hosted && port == 0 { // which nginx-proxy reads
		const usual = 80
		port = usual
	}
	return port
}

// meets reports whether two services are on one network that the files name.
func (s *service) meets(other *service) bool {
	names := func(n *source.Node) []string {
		if n != nil && n.Kind == source.Map {
			return n.Keys
		}
		var all []string
		for _, item := range n.List() {
			all = append(all, item.String())
		}
		return all
	}
	mine := names(s.node.Get("networks"))
	return slices.ContainsFunc(names(other.node.Get("networks")), func(name string) bool {
		return name != "default" && slices.Contains(mine, name)
	})
}

// reaches reports whether a service waits for another one, links to it or has its address.
func (im *importer) reaches(from, to *service) bool {
	if from.node.Get("depends_on").Has(to.name) {
		return true
	}
	for _, n := range from.node.Get("links").List() {
		if name, _, _ := strings.Cut(n.String(), ":"); name == to.name {
			return true
		}
	}
	for name, n := range from.variables {
		if value, _ := im.text(n); slices.Contains(im.addressed(name, value), to) {
			return true
		}
	}
	return false
}

// work makes a worker of a service.
func (im *importer) work(s *service) {
	s.draft.Work()
	s.draft.Comment("worker", "nothing in the source says that it answers requests")
	s.note(s.draft.Path("worker"), "nothing says that it answers requests: it is a worker, which Kubernetes alone can run; if it does answer, write http and port in place of worker", true)
	s.Leave(s.node.Get("healthcheck", "test"), "health is asked over HTTP, of a worker too: say health where it answers", true)
}
