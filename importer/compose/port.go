package compose

import (
	"slices"
	"strconv"
	"strings"

	"ambi/importer/source"
)

// port is one port of a service, or a range of them.
type port struct {
	node      *source.Node
	from, to  int
	protocol  string
	published bool
	http      bool // it says so
}

const mostPort = 1<<16 - 1

func (p port) has(number int) bool {
	return p.protocol == "tcp" && p.from <= number && number <= p.to
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
	number, chosen := im.choose(s, all)
	for i, p := range all {
		d.Exposed = d.Exposed || p.published
		switch {
		case i != chosen && p.has(number):
			s.Skip(p.node) // it is the same port
		case p.protocol != "tcp":
			s.Leave(p.node, "a service answers HTTP, over TCP", true)
		case i != chosen:
			s.Leave(p.node, "a service answers on one port", true)
		case p.from < p.to:
			s.Approximate(p.node, d.Path("port"), "a service answers on one port: "+strconv.Itoa(number), true)
		case p.published:
			s.Approximate(p.node, d.Path("port"), "a spec publishes no port of the machine: API Gateway serves its routes on Lambda; on Kubernetes, set kubernetes.ingress or kubernetes.gateway", true)
		default:
			s.Carry(p.node, d.Path("port"))
		}
	}
	if number == 0 {
		const usual = 8080
		number = usual
		d.Comment("port", "nothing in the source says where it listens")
		s.note(d.Path("port"), "nothing says on which port it listens: a service answers HTTP requests, on a port of its own", true)
	}
	d.Set("port", number)
	if s.address > 0 && number != s.address {
		s.note(d.Path("health.path"), "the health check asks another port: health is asked on the service's own", true)
	}
}

// choose is where the app listens, and which of its ports that is: what its variables,
// its labels or its health check say, or else the first port. It is 0 where nothing says it,
// and -1 where no port is it.
func (im *importer) choose(s *service, all []port) (number, chosen int) {
	said := slices.DeleteFunc([]int{s.listens(), s.labelled, s.address}, func(n int) bool { return n < 1 || n > mostPort })
	for _, number := range said {
		if chosen = slices.IndexFunc(all, func(p port) bool { return p.has(number) }); chosen >= 0 {
			return number, chosen
		}
	}
	chosen = slices.IndexFunc(all, func(p port) bool { return p.protocol == "tcp" && p.http })
	if chosen < 0 {
		chosen = slices.IndexFunc(all, func(p port) bool { return p.protocol == "tcp" })
	}
	switch {
	case chosen >= 0:
		return all[chosen].from, chosen
	case len(said) > 0:
		return said[0], -1
	}
	return 0, -1
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
	p.protocol = strings.ToLower(p.protocol)
	text = text[strings.LastIndex(text, ":")+1:]
	from, to, several := strings.Cut(text, "-")
	if !several {
		to = from
	}
	first, err := strconv.Atoi(from)
	last, err2 := strconv.Atoi(to)
	p.from, p.to = first, last
	return p, err == nil && err2 == nil && 0 < first && first <= last && last <= mostPort
}
