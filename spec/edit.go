package spec

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

// Edit is a value to write into a spec.
type Edit struct {
	Path  string `json:"path"` // such as services.api.scale.max
	Value string `json:"value"`
}

// String formats the edit: services.api.scale.max: 40.
func (e Edit) String() string { return e.Path + ": " + e.Value }

// Set changes one whole number of a spec's text, such as services.api.scale.min, and leaves
// every other byte as it is: comments, order and layout. A missing field is added, with the
// mappings around it. The text must be a valid spec; errors say which place must be edited by
// hand.
func Set(src []byte, path string, value int) ([]byte, error) {
	return SetText(src, path, strconv.Itoa(value))
}

// SetDuration is Set for a duration.
func SetDuration(src []byte, path string, value Duration) ([]byte, error) {
	return SetText(src, path, value.String())
}

// SetText is Set for a value that needs no quotes in YAML, such as 3M/month.
func SetText(src []byte, path, value string) ([]byte, error) {
	node, bom, err := rootOf(src, path)
	if err != nil {
		return nil, err
	}
	keys := strings.Split(path, ".")
	for depth, key := range keys {
		if node.Kind != yaml.MappingNode {
			return nil, byHand(path)
		}
		if node.Anchor != "" || keyOf(node, "<<") >= 0 {
			return nil, fmt.Errorf("%s: shares text with other places by an anchor: edit it by hand", path)
		}
		at := keyOf(node, key)
		if at < 0 {
			text := strings.Join(keys[depth:], ": {") + ": " + value + strings.Repeat("}", len(keys)-depth-1)
			return insert(src, bom, node, path, text)
		}
		node = node.Content[at+1]
	}
	if node.Kind == yaml.SequenceNode && node.Style&yaml.FlowStyle != 0 && node.Anchor == "" {
		return replaceList(src, bom, node, path, value)
	}
	if node.Kind == yaml.MappingNode && node.Anchor == "" {
		return replaceMapping(src, bom, node, path, value)
	}
	if node.Kind != yaml.ScalarNode || node.Style&(yaml.LiteralStyle|yaml.FoldedStyle) != 0 || node.Anchor != "" || node.Style&yaml.TaggedStyle != 0 {
		return nil, byHand(path)
	}
	from := offset(src, bom, node)
	quoted := len(node.Value)
	if node.Style&(yaml.SingleQuotedStyle|yaml.DoubleQuotedStyle) != 0 {
		quoted += 2
	}
	if from+quoted > len(src) || !strings.Contains(string(src[from:from+quoted]), node.Value) {
		return nil, byHand(path)
	}
	return splice(src, from, from+quoted, value), nil
}

// replaceList replaces a flow sequence of plain words, such as [lambda, kubernetes].
func replaceList(src []byte, bom bool, node *yaml.Node, path, value string) ([]byte, error) {
	from := offset(src, bom, node)
	if from >= len(src) || src[from] != '[' {
		return nil, byHand(path)
	}
	to := from + 1
	for _, item := range node.Content {
		at := offset(src, bom, item)
		if item.Kind != yaml.ScalarNode || item.Style != 0 || item.Anchor != "" || !bytes.HasPrefix(src[at:], []byte(item.Value)) || len(bytes.Trim(src[to:at], " ,")) > 0 {
			return nil, byHand(path)
		}
		to = at + len(item.Value)
	}
	end := bytes.IndexByte(src[to:], ']')
	if end < 0 || len(bytes.TrimLeft(src[to:to+end], " ,")) > 0 {
		return nil, byHand(path)
	}
	return splice(src, from, to+end+1, value), nil
}

// rootOf parses a spec's text for an edit at path, and says whether a byte order mark is before it.
func rootOf(src []byte, path string) (root *yaml.Node, bom bool, err error) {
	var document yaml.Node
	text, bom := bytes.CutPrefix(src, []byte("\uFEFF"))
	if err := yaml.Unmarshal(text, &document); err != nil {
		return nil, bom, err
	}
	if len(document.Content) != 1 {
		return nil, bom, fmt.Errorf("%s: there is no document", path)
	}
	return document.Content[0], bom, nil
}

// replaceMapping replaces a mapping of plain words, such as {p50: 30ms, p99: 400ms}, with
// nothing else between them.
func replaceMapping(src []byte, bom bool, node *yaml.Node, path, value string) ([]byte, error) {
	flow := node.Style&yaml.FlowStyle != 0
	from := offset(src, bom, node)
	to := from
	if flow && from < len(src) && src[from] == '{' {
		to++
	}
	for _, item := range node.Content {
		at := offset(src, bom, item)
		if item.Kind != yaml.ScalarNode || item.Style != 0 || item.Anchor != "" || !bytes.HasPrefix(src[at:], []byte(item.Value)) || len(bytes.Trim(src[to:at], " ,:\r\n")) > 0 {
			return nil, byHand(path)
		}
		to = at + len(item.Value)
	}
	if flow {
		end := bytes.IndexByte(src[to:], '}')
		if end < 0 || len(bytes.Trim(src[to:to+end], " ,\r\n")) > 0 {
			return nil, byHand(path)
		}
		to += end + 1
	}
	return splice(src, from, to, value), nil
}

// Rename changes the key of a field, such as services.api.usage.duration, and leaves its value
// and every other byte as they are.
func Rename(src []byte, path, key string) ([]byte, error) {
	node, bom, err := rootOf(src, path)
	if err != nil {
		return nil, err
	}
	keys := strings.Split(path, ".")
	for depth, k := range keys {
		at := keyOf(node, k)
		if node.Kind != yaml.MappingNode || node.Anchor != "" || at < 0 {
			return nil, byHand(path)
		}
		if depth == len(keys)-1 {
			from := offset(src, bom, node.Content[at])
			if !bytes.HasPrefix(src[from:], []byte(k)) {
				return nil, byHand(path)
			}
			return splice(src, from, from+len(k), key), nil
		}
		node = node.Content[at+1]
	}
	return nil, byHand(path)
}

func byHand(path string) error {
	return fmt.Errorf("%s: is written in a way that only a person should edit", path)
}

// keyOf is where a mapping has a key; -1 when it has none of its own.
func keyOf(node *yaml.Node, key string) int {
	for i := 0; i+1 < len(node.Content); i += 2 {
		if node.Content[i].Value == key {
			return i
		}
	}
	return -1
}

// insert adds an entry to a mapping, before its first one.
func insert(src []byte, bom bool, node *yaml.Node, path, text string) ([]byte, error) {
	if node.Style&yaml.FlowStyle != 0 {
		from := offset(src, bom, node)
		if from >= len(src) || src[from] != '{' {
			return nil, byHand(path)
		}
		if len(node.Content) > 0 {
			text += ", "
		}
		return splice(src, from+1, from+1, text), nil
	}
	if len(node.Content) == 0 {
		return nil, byHand(path)
	}
	first := node.Content[0]
	from := offset(src, bom, first)
	line := bytes.LastIndexByte(src[:from], '\n') + 1
	indent := src[line:from]
	if len(bytes.TrimLeft(indent, " ")) > 0 {
		return nil, byHand(path)
	}
	end := "\n"
	if at := bytes.IndexByte(src, '\n'); at > 0 && src[at-1] == '\r' {
		end = "\r\n"
	}
	return splice(src, from, from, text+end+string(indent)), nil
}

// offset is where a node begins, in bytes.
func offset(src []byte, bom bool, node *yaml.Node) int {
	at := 0
	for range node.Line - 1 {
		next := bytes.IndexByte(src[at:], '\n')
		if next < 0 {
			return len(src)
		}
		at += next + 1
	}
	column := node.Column - 1
	if bom && node.Line == 1 {
		at += len("\uFEFF")
	}
	for i := range string(src[at:]) {
		if column == 0 {
			return at + i
		}
		column--
	}
	return len(src)
}

func splice(src []byte, from, to int, text string) []byte {
	out := make([]byte, 0, len(src)+len(text))
	out = append(out, src[:from]...)
	out = append(out, text...)
	return append(out, src[to:]...)
}
