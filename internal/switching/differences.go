package switching

import (
	"slices"
	"strings"

	"ambi/internal/problem"
	"ambi/spec"
	"ambi/target"
	"ambi/target/finding"
)

// Topic is what callers notice.
type Topic string

// The topics. None is of fields that callers do not notice.
const (
	Auth     Topic = "auth"
	CORS     Topic = "CORS"
	Paths    Topic = "paths"
	Payloads Topic = "payloads"
	Timeouts Topic = "timeouts"
	None     Topic = ""
)

// topics says which fields of a service callers notice, with all below them. The longest path
// counts; a test requires a topic, or None, for every field.
var topics = map[string]Topic{ //nolint:gochecknoglobals // a constant in all but name
	"timeout":       Timeouts,
	"http.auth":     Auth,
	"http.cors":     CORS,
	"http.domain":   None, // hosts and certificates, which the stacks are about
	"http.internal": Auth,
	"http.maxBody":  Payloads,
	"http.routes":   Paths,

	"kubernetes.auth": Auth,
	"kubernetes.jwks": Auth,

	"kubernetes": None, "lambda": None, // the rest is how a target runs the service
	"args": None, "command": None, "concurrency": None, "connections": None, "cpu": None, "env": None, "health": None,
	"image": None, "memory": None, "needs": None, "permissions": None, "port": None, "queue": None, "scale": None, "schedule": None,
	"secrets": None, "targets": None, "uploads": None, "usage": None, "uses": None, "volumes": None, "worker": None,
}

// topicOf is the topic of a field, by its path below the service; false for one that no topic
// is known of.
func topicOf(field string) (Topic, bool) {
	for field != "" {
		if topic, ok := topics[field]; ok {
			return topic, true
		}
		field = field[:max(strings.LastIndexAny(field, ".["), 0)]
	}
	return None, false
}

// Said is what becomes of a field on one target.
type Said struct {
	Kind    finding.Kind `json:"kind"`
	Message string       `json:"message"`
}

// Difference is a field of a service that callers notice and that the targets do not treat alike.
type Difference struct {
	Path                string `json:"path"` // such as services.api.timeout
	Line                int    `json:"line"`
	Service             string `json:"service"`
	Topic               Topic  `json:"topic"`
	Accepted            bool   `json:"accepted"`
	target.Pair[[]Said]        // what becomes of it on each target
}

// Differences lists what differs for the callers of services whose domains are switched, from
// what the targets found. Paths of the spec that are accepted, with all below them, are marked.
func Differences(r *target.Resolved, accepted []string) []Difference {
	list := []Difference{}
	switched := r.App.Switched()
	for _, t := range spec.Targets() {
		for _, f := range r.Findings.Of(t) {
			service, field, _ := strings.Cut(strings.TrimPrefix(f.Path, "services."), ".")
			s := r.App.Services[service]
			if !strings.HasPrefix(f.Path, "services.") || s == nil || s.Alone() || !slices.Contains(switched, s.HTTP.Domain) {
				continue
			}
			topic, _ := topicOf(field)
			if topic == None {
				continue
			}
			i := slices.IndexFunc(list, func(d Difference) bool { return d.Path == f.Path })
			if i < 0 {
				i = len(list)
				list = append(list, Difference{Path: f.Path, Line: f.Line, Service: service, Topic: topic, Pair: target.PairOf(func(spec.Target) []Said { return []Said{} })})
			}
			of := list[i].At(t)
			*of = append(*of, Said{f.Kind, f.Message})
		}
	}
	list = slices.DeleteFunc(list, func(d Difference) bool {
		worth := func(s Said) bool { return s.Kind != finding.Exact }
		return !slices.ContainsFunc(d.Lambda, worth) && !slices.ContainsFunc(d.Kubernetes, worth) || slices.Equal(d.Lambda, d.Kubernetes)
	})
	slices.SortStableFunc(list, func(a, b Difference) int { return a.Line - b.Line })
	for i, d := range list {
		list[i].Accepted = slices.ContainsFunc(accepted, func(path string) bool { return covers(path, d.Path) })
	}
	return list
}

// covers reports whether a path of the spec is another one, or above it.
func covers(path, other string) bool {
	rest, ok := strings.CutPrefix(other, path)
	return ok && (rest == "" || rest[0] == '.' || rest[0] == '[')
}

// CheckAccepted returns the problems of paths that accept nothing: they are mistyped, or what
// differed there once does no longer.
func CheckAccepted(r *target.Resolved, accepted []string) error {
	all := Differences(r, nil)
	var problems problem.List
	for _, path := range accepted {
		if slices.ContainsFunc(all, func(d Difference) bool { return covers(path, d.Path) }) {
			continue
		}
		p := problem.Flag("accept", "nothing differs for callers at %q", path)
		if len(all) > 0 {
			var paths []string
			for _, d := range all {
				paths = append(paths, d.Path)
			}
			p = p.Hint("it differs at %s", finding.And(paths))
		}
		problems.Add(p)
	}
	return problems.Err()
}
