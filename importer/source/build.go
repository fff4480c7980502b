package source

import "slices"

// Clone copies a value with all below it; nothing of the copy is seen.
func (n *Node) Clone() *Node {
	if n == nil {
		return nil
	}
	c := *n
	c.seen, c.Keys, c.Items, c.fields = false, nil, nil, nil
	for _, item := range n.Items {
		c.Items = append(c.Items, item.Clone())
	}
	for _, key := range n.Keys {
		c.Put(key, n.fields[key].Clone())
	}
	return &c
}

// Put sets what a mapping has under a key.
func (n *Node) Put(key string, value *Node) {
	if n.fields == nil {
		n.Kind, n.fields = Map, map[string]*Node{}
	}
	if _, has := n.fields[key]; !has {
		n.Keys = append(n.Keys, key)
	}
	n.fields[key] = value
}

// Equal reports whether two values are the same, wherever they stand.
func (n *Node) Equal(m *Node) bool {
	if n.Kind != m.Kind || n.Text != m.Text || len(n.Items) != len(m.Items) || len(n.fields) != len(m.fields) {
		return false
	}
	for i := range n.Items {
		if !n.Items[i].Equal(m.Items[i]) {
			return false
		}
	}
	for key, value := range n.fields {
		if other := m.fields[key]; other == nil || !value.Equal(other) {
			return false
		}
	}
	return true
}

// Remove takes a key out of a mapping.
func (n *Node) Remove(key string) {
	delete(n.fields, key)
	n.Keys = slices.DeleteFunc(n.Keys, func(k string) bool { return k == key })
}

// Value makes text that stands in a value's place.
func (n *Node) Value(text string) *Node {
	return &Node{Kind: Scalar, Text: text, Tag: "!!str", File: n.File, Line: n.Line, Column: n.Column, Path: n.Path}
}

// Open makes text that stands in a value's place, whose own value is not known.
func (n *Node) Open(text, why string) *Node {
	out := n.Value(text)
	out.Why = why
	return out
}

// Empty makes a mapping or a list without values that stands in a value's place.
func (n *Node) Empty(kind Kind) *Node {
	return &Node{Kind: kind, File: n.File, Line: n.Line, Column: n.Column, Path: n.Path, fields: map[string]*Node{}}
}
