package compose

import (
	"slices"
	"strings"

	"ambi/importer/source"
)

// Merging follows Compose's rules: mappings are merged key by key, lists are joined, and
// everything else is replaced. Commands and health tests are replaced too, and some lists
// hold one entry for each port, mount or variable.
// Source: https://docs.docker.com/reference/compose-file/merge/

// normal is a service in the long form of what has a short one, as far as merging needs it.
func normal(service *source.Node) *source.Node {
	n := service.Clone()
	for _, key := range []string{"environment", "labels"} {
		if v := n.Get(key); v != nil && v.Kind == source.List {
			n.Put(key, pairs(v))
		}
	}
	for _, key := range []string{"depends_on", "networks"} {
		if v := n.Get(key); v != nil && v.Kind == source.List {
			n.Put(key, keyed(v))
		}
	}
	for _, key := range []string{"env_file", "tmpfs", "profiles"} {
		if v := n.Get(key); v != nil && v.Kind == source.Scalar {
			n.Put(key, like(v, source.List, v))
		}
	}
	if v := n.Get("build"); v != nil && v.Kind == source.Scalar {
		build := like(v, source.Map)
		build.Put("context", v)
		n.Put("build", build)
	}
	return n
}

// like is an empty list or mapping at the place of a value.
func like(n *source.Node, kind source.Kind, items ...*source.Node) *source.Node {
	return &source.Node{Kind: kind, Tag: n.Tag, File: n.File, Line: n.Line, Column: n.Column, Path: n.Path, Items: items}
}

// pairs makes a mapping of a list of NAME=value.
func pairs(list *source.Node) *source.Node {
	all := like(list, source.Map)
	for _, item := range list.List() {
		name, value, found := strings.Cut(item.Text, "=")
		entry := item.Clone()
		entry.Text = value
		if !found {
			entry.Kind = source.Null
		}
		all.Put(name, entry)
	}
	return all
}

// keyed makes a mapping of a list of names.
func keyed(list *source.Node) *source.Node {
	all := like(list, source.Map)
	for _, item := range list.List() {
		entry := item.Clone()
		entry.Kind = source.Null
		all.Put(item.Text, entry)
	}
	return all
}

// merged lays one value over another. path is where they are, below a service.
func merged(under, over *source.Node, path string) *source.Node {
	switch {
	case over.Tag == "!override", under.Kind != over.Kind && over.Kind != source.Null:
		return over
	case slices.Contains([]string{"command", "entrypoint", "healthcheck.test"}, path), strings.HasPrefix(path, "environment."):
		return over
	case over.Kind == source.Null:
		return under
	}
	switch over.Kind {
	case source.Map:
		out := like(under, source.Map)
		for _, key := range under.Keys {
			out.Put(key, under.Child(key))
		}
		for _, key := range over.Keys {
			value := over.Child(key)
			switch below := under.Child(key); {
			case value.Tag == "!reset":
				out.Remove(key)
			case below == nil:
				out.Put(key, value)
			default:
				out.Put(key, merged(below, value, strings.TrimPrefix(path+"."+key, ".")))
			}
		}
		return out
	case source.List:
		return like(over, source.List, joined(under.Items, over.Items, path)...)
	default:
		return over
	}
}

// withoutResets takes out what was to be reset and is in no file below.
func withoutResets(n *source.Node) {
	for _, key := range slices.Clone(n.Keys) {
		if value := n.Child(key); value.Tag == "!reset" {
			n.Remove(key)
		} else if value.Kind == source.Map {
			withoutResets(value)
		}
	}
}

// joined appends the items of one list to those of another; an item takes the place of one
// that is about the same.
func joined(under, over []*source.Node, path string) []*source.Node {
	all := slices.Clone(under)
	for _, item := range over {
		at := slices.IndexFunc(all, func(other *source.Node) bool {
			if item.Equal(other) {
				return true
			}
			about := subject(item, path)
			return about != "" && about == subject(other, path)
		})
		if at < 0 {
			all = append(all, item)
		} else {
			all[at] = item
		}
	}
	return all
}

// subject is what an item of a list is about; empty where each item stands for itself.
func subject(n *source.Node, path string) string {
	switch path {
	case "volumes":
		if n.Kind == source.Map {
			return n.Get("target").String()
		}
		return mountOf(n.Text).target
	case "secrets", "configs":
		if target := n.Get("target").String(); target != "" {
			return target
		}
		if n.Kind == source.Map {
			return n.Get("source").String()
		}
		return n.Text
	case "env_file":
		if n.Kind == source.Map {
			return n.Get("path").String()
		}
		return n.Text
	}
	return ""
}

// mount is a volume in its short form.
type mount struct{ source, target, mode string }

// mountOf reads SOURCE:TARGET:MODE, of which the target alone is needed.
func mountOf(text string) mount {
	parts := strings.Split(text, ":")
	if len(parts) > 1 && len(parts[0]) == 1 && strings.HasPrefix(parts[1], `\`) { // a drive of Windows
		parts = append([]string{parts[0] + ":" + parts[1]}, parts[2:]...)
	}
	switch len(parts) {
	case 1:
		return mount{"", parts[0], ""}
	case 2:
		return mount{parts[0], parts[1], ""}
	}
	return mount{parts[0], parts[1], parts[2]}
}
