package compose

import (
	"slices"
	"strconv"
	"strings"

	"ambi/importer/source"
)

// port is one port of a service.
type port struct {
	node      *source.Node
	target    int
	protocol  string
	published bool
	several   bool // a range of ports
	http      bool // it says so
}

// port is where the app listens.
func (im *importer) port(s *service) {
	d := s.draft
	var all []port
	for _, key := range []string{"ports", "expose"} {
		for _, n := range s.node.Get(key).List() {
			p, ok := im.readPort(n, key == "ports")
			if !ok {
				s.Leave(n, "is no port that ambi reads", true)
				continue
			}
			all = append(all, p)
		}
	}
	wanted := 0
	if env, ok := d.Get("env").(map[string]any); ok {
		text, _ := env["PORT"].(string)
		wanted, _ = strconv.Atoi(text)
	}
	chosen := -1
	for _, fits := range []func(port) bool{
		func(p port) bool { return p.target == wanted },
		func(p port) bool { return p.target == s.labelled },
		func(p port) bool { return p.target == s.address },
		func(p port) bool { return p.http },
		func(port) bool { return true },
	} {
		if chosen = slices.IndexFunc(all, func(p port) bool { return p.protocol == "tcp" && fits(p) }); chosen >= 0 {
			break
		}
	}
	for i, p := range all {
		d.Exposed = d.Exposed || p.published
		switch {
		case chosen >= 0 && p.target == all[chosen].target && p.protocol == "tcp" && i != chosen:
			s.Skip(p.node) // it is the same port
		case i != chosen && p.protocol != "tcp":
			s.Leave(p.node, "a service answers HTTP, over TCP", true)
		case i != chosen:
			s.Leave(p.node, "a service answers on one port", true)
		case p.several:
			s.Approximate(p.node, d.Path("port"), "a service answers on one port: the first", true)
		case p.published:
			s.Approximate(p.node, d.Path("port"), "the machine's port stays behind: API Gateway serves it on Lambda; on Kubernetes, set kubernetes.ingress or kubernetes.gateway", true)
		default:
			s.Carry(p.node, d.Path("port"))
		}
	}
	switch {
	case chosen >= 0:
		d.Set("port", all[chosen].target)
	case wanted > 0 && wanted < 1<<16:
		d.Set("port", wanted)
	case s.labelled > 0 && s.labelled < 1<<16:
		d.Set("port", s.labelled)
	case s.address > 0:
		d.Set("port", s.address)
	default:
		const usual = 8080
		d.Set("port", usual)
		d.Comment("port", "nothing in the source says where it listens")
		s.note(d.Path("port"), "nothing says on which port it listens: a service answers HTTP requests, on a port of its own", true)
	}
	if s.address > 0 && d.Get("port") != s.address {
		s.note(d.Path("health.path"), "the health check asks another port: health is asked on the service's own", true)
	}
}

// readPort reads the long form of a port, and the short one: HOST:PUBLISHED:TARGET/PROTOCOL.
func (im *importer) readPort(n *source.Node, publishes bool) (port, bool) {
	p := port{node: n, protocol: "tcp", published: publishes}
	text, why := im.text(n)
	if n.Kind == source.Map {
		text, why = im.text(n.Get("target"))
		if protocol, _ := im.text(n.Get("protocol")); protocol != "" {
			p.protocol = protocol
		}
		for _, key := range []string{"name", "app_protocol"} {
			hint, _ := im.text(n.Get(key))
			p.http = p.http || strings.HasPrefix(hint, "http") || hint == "web"
		}
	} else if before, protocol, found := strings.Cut(text, "/"); found {
		text, p.protocol = before, protocol
	}
	if why != "" {
		return p, false
	}
	text = text[strings.LastIndex(text, ":")+1:]
	from, _, several := strings.Cut(text, "-")
	target, err := strconv.Atoi(from)
	p.target, p.several, p.protocol = target, several, strings.ToLower(p.protocol)
	return p, err == nil && target > 0 && target < 1<<16
}
