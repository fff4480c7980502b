package spec

import (
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"

	"ambi/internal/problem"
)

// maxRests bounds how often Rest takes out what refers to what was taken out.
const maxRests = 8

// Rest parses what is left of an invalid spec without the services and the data that its errors
// are about, and without what refers to them, so that more can be said about the spec at once.
// It is nil where nothing sound is left, or where an error is about neither.
// Places are those of the text.
func Rest(name string, src []byte, invalid problem.List) *App {
	root := newReporter(name).read(src)
	for range maxRests {
		if root == nil {
			return nil
		}
		for _, p := range invalid {
			section, key := entryOf(p.Field)
			if section != "services" && section != "data" || !drop(root, section, key) {
				return nil
			}
		}
		app, err := newReporter(name).parse(root)
		if err == nil {
			return app
		}
		invalid = problem.All(err)
	}
	return nil
}

// drop takes an entry out of a section of a document, and reports whether it is out.
// Two errors may be about one entry, which is then out already.
func drop(root *yaml.Node, section, key string) bool {
	entries := valueOf(root, section)
	if entries == nil || entries.Kind != yaml.MappingNode || key == "" {
		return false
	}
	for i := 0; i+1 < len(entries.Content); i += 2 {
		switch entries.Content[i].Value {
		case key:
			entries.Content = append(entries.Content[:i:i], entries.Content[i+2:]...)
			return true
		case "<<": // what it merges is elsewhere
			return false
		}
	}
	return true
}

// valueOf is the value of a mapping's key; nil without one.
func valueOf(mapping *yaml.Node, key string) *yaml.Node {
	for i := 0; i+1 < len(mapping.Content); i += 2 {
		if mapping.Content[i].Value == key {
			return mapping.Content[i+1]
		}
	}
	return nil
}

// entryOf splits the path of a field within an app's section: of services.api.memory, it returns
// services and api. The key is empty for the section itself.
func entryOf(path string) (section, key string) {
	end := strings.IndexAny(path, ".[")
	if end < 0 {
		return path, ""
	}
	section, rest := path[:end], path[end+1:]
	if path[end] == '.' {
		if end := strings.IndexAny(rest, ".["); end >= 0 {
			rest = rest[:end]
		}
		return section, rest
	}
	quoted, err := strconv.QuotedPrefix(rest)
	if err != nil {
		return section, ""
	}
	key, _ = strconv.Unquote(quoted) // QuotedPrefix took it for valid
	return section, key
}
