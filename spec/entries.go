package spec

import (
	"fmt"
	"strconv"

	"go.yaml.in/yaml/v3"
)

// entry is one key of a mapping with its value.
type entry struct {
	key    string
	at     Position // of the key
	value  *yaml.Node
	merged bool // through a merge key
}

// entries lists what a mapping holds: its own keys, then those that merge keys
// (<<) bring in and that it does not have itself. Bad keys are reported and
// left out; those of merge keys have the path mergePath.
func (d *decoder) entries(n *yaml.Node, path, mergePath string) []entry {
	var own []entry
	seen := map[string]Position{}
	var merges []*yaml.Node
	for i := 0; i+1 < len(n.Content); i += 2 {
		key, value := n.Content[i], n.Content[i+1]
		if d.aliases > 0 && !d.spend(path, place(n)) {
			break
		}
		if key.Kind == yaml.ScalarNode && key.ShortTag() == "!!merge" {
			if len(merges) > 0 {
				d.note(place(key), mergePath, "is given twice", "merge several mappings with a list: <<: [*a, *b]")
				continue
			}
			merges = append(merges, value)
			continue
		}
		name, ok := d.key(key, path)
		if !ok {
			continue
		}
		if first, twice := seen[name]; twice {
			d.note(place(key), child(path, name), fmt.Sprintf("is given twice, first in line %d", first.Line), "keep one of the two")
			continue
		}
		seen[name] = place(key)
		own = append(own, entry{key: name, at: place(key), value: value})
	}
	for _, m := range merges {
		own = d.merge(own, seen, m, mergePath)
	}
	return own
}

// key reads a mapping's key, which must be a string.
func (d *decoder) key(n *yaml.Node, path string) (string, bool) {
	at := place(n)
	if n.Kind == yaml.AliasNode {
		n = n.Alias
	}
	if problem := notString(n); problem != "" {
		var hints []string
		switch {
		case path == "services" && isNumber(n):
			hints = []string{"a service's name starts with a letter"}
		case n.Kind == yaml.ScalarNode && n.Value != "":
			hints = []string{"quote it: " + strconv.Quote(n.Value)}
		}
		d.note(at, path, "has a key that must be a string, got "+problem, hints...)
		return "", false
	}
	if problem, hint := badTag(n); problem != "" {
		d.note(at, path, "has a key with a tag: "+problem, hint)
		return "", false
	}
	if len(n.Value) > maxKey {
		d.note(at, path, fmt.Sprintf("has a key of %d bytes, more than the %d that a key may have", len(n.Value), maxKey))
		return "", false
	}
	return n.Value, true
}

// merge adds what the value of a merge key holds: a mapping, or a list of
// mappings of which earlier ones win.
func (d *decoder) merge(into []entry, seen map[string]Position, n *yaml.Node, path string) []entry {
	at := place(n)
	n, leave, ok := d.enter(n, path, at)
	if !ok {
		return into
	}
	defer leave()
	switch n.Kind {
	case yaml.MappingNode:
		for _, e := range d.entries(n, path, path) {
			e.merged = true
			if _, ok := seen[e.key]; !ok {
				seen[e.key] = e.at
				into = append(into, e)
			}
		}
	case yaml.SequenceNode:
		for _, m := range n.Content {
			into = d.merge(into, seen, m, path)
		}
	default:
		d.report(at, path, "must be a mapping or a list of mappings, got "+kind(n), "merge with an alias: <<: *name")
	}
	return into
}
