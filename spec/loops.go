package spec

import (
	"fmt"
	"maps"
	"slices"
)

// loops refuses services that start one another by the objects that they write: each object
// would trigger the next one without end. A loop of messages or calls alone may end by itself, as that of a
// crawler does.
func (v *validator) loops(services []string) {
	leads := map[string][]string{} // before anything is reported, since a right with an error counts no more
	for _, service := range services {
		leads[service] = v.starts(service)
	}
	ring := rings(services, leads)
	told := map[int]bool{}
	for _, writer := range services {
		for _, bucket := range v.inUse(writer) {
			for _, started := range v.written(writer, bucket) {
				if at := ring[writer]; ring[started] == at && !told[at] {
					told[at] = true
					v.loop(writer, bucket, started, leads)
				}
			}
		}
	}
}

// loop reports the right of writer on a bucket, by which it starts a service that leads back
// to it.
func (v *validator) loop(writer, bucket, started string, leads map[string][]string) {
	at := child(child(child("services", writer)+".uses", bucket), "write")
	again := "it again"
	if started != writer {
		again = fmt.Sprintf("%s, which leads back to it: %s", bare(started), chain(way(leads, started, writer), started))
	}
	prefix := child("services", started) + ".uploads.prefix"
	for _, p := range v.app.Services[writer].Uses[bucket]["write"] {
		if overlap(p, v.app.Services[started].Uploads.Prefix) {
			v.fail(at, fmt.Sprintf("%s may write to %s*, and each object there starts %s", writer, bare(p), again),
				"write to another bucket, or under a prefix that does not overlap with "+prefix)
			return
		}
	}
	v.fail(at, fmt.Sprintf("%s may write to all of %s, and each object there starts %s", writer, bucket, again),
		"write to another bucket, or set prefixes here and in "+prefix+" that do not overlap")
}

// inUse lists the data that a service uses, in order.
func (v *validator) inUse(service string) []string {
	s := v.app.Services[service]
	if s == nil || !v.sound(child("services", service)+".uses") {
		return nil
	}
	return slices.Sorted(maps.Keys(s.Uses))
}

// written lists the services that may be started by objects which a service writes to a
// bucket.
func (v *validator) written(service, bucket string) (started []string) {
	prefixes, writes := v.app.Services[service].Uses[bucket]["write"]
	if !writes || !v.sound(child(child(child("services", service)+".uses", bucket), "write")) {
		return nil
	}
	for _, other := range v.startedBy(bucket) {
		u := v.app.Services[other].Uploads
		starts := func(prefix string) bool { return overlap(prefix, u.Prefix) }
		if u != nil && u.From == bucket && (len(prefixes) == 0 || slices.ContainsFunc(prefixes, starts)) {
			started = append(started, other)
		}
	}
	return started
}

// starts lists the services that a service may start: by objects, by messages and by calls.
func (v *validator) starts(service string) (started []string) {
	for _, data := range v.inUse(service) {
		started = append(started, v.written(service, data)...)
		if _, sends := v.app.Services[service].Uses[data]["send"]; sends {
			started = append(started, v.startedBy(data)...)
		}
	}
	for _, other := range v.app.Services[service].Needs {
		if v.app.Services[other] != nil {
			started = append(started, other)
		}
	}
	return started
}

// way is the shortest way from one service to another, which there is.
func way(leads map[string][]string, from, to string) []string {
	before := map[string]string{from: ""}
	for next := []string{from}; len(next) > 0; next = next[1:] {
		for _, other := range leads[next[0]] {
			if _, seen := before[other]; !seen {
				before[other] = next[0]
				next = append(next, other)
			}
		}
	}
	var names []string
	for at := to; at != ""; at = before[at] {
		names = append(names, at)
	}
	slices.Reverse(names)
	return names
}

// rings numbers the services so that two have one number just if each leads to the other.
// It is Tarjan's algorithm: R. Tarjan, Depth-first search and linear graph algorithms, SIAM
// Journal on Computing 1 (1972).
func rings(services []string, leads map[string][]string) map[string]int {
	ring := map[string]int{}
	order, low := map[string]int{}, map[string]int{} // from 1; the first in order that is still open and reached
	var open []string
	var visit func(string)
	visit = func(service string) {
		order[service] = len(order) + 1
		low[service] = order[service]
		open = append(open, service)
		for _, other := range leads[service] {
			if order[other] == 0 {
				visit(other)
				low[service] = min(low[service], low[other])
			} else if ring[other] == 0 {
				low[service] = min(low[service], order[other])
			}
		}
		if low[service] < order[service] {
			return
		}
		for ring[service] == 0 {
			last := len(open) - 1
			ring[open[last]] = order[service]
			open = open[:last]
		}
	}
	for _, service := range services {
		if order[service] == 0 {
			visit(service)
		}
	}
	return ring
}
