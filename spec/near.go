package spec

import (
	"cmp"
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/agnivade/levenshtein"
	"go.yaml.in/yaml/v3"
)

// maxListed is how many allowed names a hint lists, rather than fill the screen.
const maxListed = 20

// nearest is a hint for a name that is not among the allowed ones, or "".
func nearest(name string, allowed []string, noun string) string {
	if near := nearestOf(name, allowed); near != "" {
		return "did you mean " + near + "?"
	}
	if len(allowed) > maxListed {
		return ""
	}
	return fmt.Sprintf("the %ss here are %s", noun, strings.Join(allowed, ", "))
}

// nearestOf is the allowed name that is a typing error away from a name, or the only one that
// the name begins, or "".
// Of a short name more than one letter makes another word.
func nearestOf(name string, allowed []string) string {
	best, least := "", 3
	if len(name) > 64 {
		return ""
	}
	for _, a := range allowed {
		n := distance(strings.ToLower(name), strings.ToLower(a))
		if plain(name) == plain(a) {
			n = 0
		}
		if n < least && n <= max(len(a), len(name))/3 {
			best, least = a, n
		}
	}
	if best != "" || len(name) < 3 {
		return best
	}
	for _, a := range allowed { // or the only one that begins with it: start, for startTime
		switch {
		case !strings.HasPrefix(strings.ToLower(a), strings.ToLower(name)):
		case best != "":
			return ""
		default:
			best = a
		}
	}
	return best
}

// distance is how many letters two names differ in; two neighbours that changed
// places count as one.
func distance(a, b string) int {
	least := levenshtein.ComputeDistance(a, b)
	for i := 0; i+1 < min(len(a), len(b)); i++ {
		if a[i] == b[i] {
			continue
		}
		if a[i] == b[i+1] && a[i+1] == b[i] {
			return min(least, 1+levenshtein.ComputeDistance(a[i+2:], b[i+2:]))
		}
		break
	}
	return least
}

// unknownKey is a hint for a key that a type does not have. Of the keys that it
// does have, some before that one may be empty.
func unknownKey(key string, in reflect.Type, fields, empty []field) string {
	for _, f := range slices.Backward(empty) {
		if takes(in.Field(f.index).Type, key) {
			return fmt.Sprintf("indent it below %s, which is empty", f.name)
		}
	}
	for _, f := range fields {
		if plain(f.name) == plain(key) {
			return fmt.Sprintf("did you mean %s?", f.name)
		}
	}
	word, known := wordFor(key, in)
	if known && (word.in != nil || len(word.Ours) > 0) {
		return word.Answer(key)
	}
	places := elsewhere(key, in)
	if len(places) > 0 && len(places) <= maxPlaces {
		return "it belongs to " + either(places)
	}
	if known {
		return word.Answer(key)
	}
	if len(fields) == 0 {
		return "the mapping around it has no keys: write {}"
	}
	return nearest(key, names(fields), "key")
}

// takes reports whether a key may stand below a value of a type.
func takes(t reflect.Type, key string) bool {
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	switch t.Kind() {
	case reflect.Map:
		return true
	case reflect.Struct:
		return !isScalar(t) && slices.ContainsFunc(fieldsOf(t), func(f field) bool { return f.name == key })
	}
	return false
}

func isScalar(t reflect.Type) bool {
	_, ok := reflect.New(t).Interface().(scalar)
	return ok
}

// maxPlaces is how many places a hint names.
const maxPlaces = 3

// elsewhere lists where the grammar has a key that a type does not: below that
// type, in what holds it, or else anywhere.
func elsewhere(key string, in reflect.Type) []string {
	var below, above, all []string
	for _, p := range placesOfKeys()[plain(key)] {
		all = append(all, p)
		for _, here := range placesOfTypes()[in] {
			if rest, ok := strings.CutPrefix(p, strings.TrimPrefix(here+".", ".")); ok && here != "" {
				below = append(below, rest)
			}
			if strings.HasPrefix(here, p+".") {
				above = append(above, p)
			}
		}
	}
	switch {
	case len(below) > 0:
		return below
	case len(above) > 0:
		return above
	}
	return all
}

// grammarPlaces are the paths of the grammar, such as services.*.http.
type grammarPlaces struct {
	keys  map[string][]string       // what holds a key, by its plain name
	types map[reflect.Type][]string // where a struct stands
}

//nolint:gochecknoglobals // a constant in all but name
var allPlaces = sync.OnceValue(func() grammarPlaces {
	g := grammarPlaces{map[string][]string{}, map[reflect.Type][]string{}}
	g.add(reflect.TypeFor[App](), "")
	return g
})

func placesOfKeys() map[string][]string        { return allPlaces().keys }
func placesOfTypes() map[reflect.Type][]string { return allPlaces().types }

func (g grammarPlaces) add(t reflect.Type, path string) {
	g.types[t] = append(g.types[t], path)
	for _, f := range fieldsOf(t) {
		inner, at := t.Field(f.index).Type, strings.TrimPrefix(path+"."+f.name, ".")
		g.keys[plain(f.name)] = append(g.keys[plain(f.name)], cmp.Or(path, "the top of the file"))
		for inner.Kind() != reflect.Struct || isScalar(inner) {
			switch inner.Kind() {
			case reflect.Pointer:
				inner = inner.Elem()
				continue
			case reflect.Map:
				inner, at = inner.Elem(), at+".*"
				continue
			case reflect.Slice:
				inner, at = inner.Elem(), at+"[]"
				continue
			}
			break
		}
		if inner.Kind() == reflect.Struct && !isScalar(inner) {
			g.add(inner, at)
		}
	}
}

func isNull(n *yaml.Node) bool { return n.Kind == yaml.ScalarNode && n.ShortTag() == "!!null" }

// sectionHints is for what stands in the place of a mapping with known keys.
func sectionHints(t reflect.Type, n *yaml.Node) []string {
	fields := fieldsOf(t)
	all := names(fields)
	only := slices.DeleteFunc(slices.Clone(fields), func(f field) bool { return len(fields) > 1 && !f.rule.required })
	if len(only) == 0 { // text is the one key that takes any
		only = slices.DeleteFunc(slices.Clone(fields), func(f field) bool { return t.Field(f.index).Type != reflect.TypeFor[string]() })
	}
	switch {
	case len(fields) == 0:
		return []string{"it has no keys: write {}"}
	case isNull(n):
		return []string{"its keys, such as " + all[0] + ", are indented below it"}
	case t == reflect.TypeFor[App]():
		return []string{emptyHint}
	case n.Kind == yaml.ScalarNode && notString(n) == "":
		if len(only) == 1 {
			value := "..."
			switch of := t.Field(only[0].index).Type; {
			case of.Kind() == reflect.String:
				value = asElement(n.Value)
			case of.Kind() == reflect.Slice:
				value = "[" + asElement(n.Value) + "]"
			}
			return []string{fmt.Sprintf("write {%s: %s}", only[0].name, value)}
		}
	case n.Kind == yaml.SequenceNode && len(only) == 1 && t.Field(only[0].index).Type.Kind() == reflect.Slice && allScalars(n):
		return []string{"the list belongs below its key " + only[0].name}
	case n.Kind == yaml.SequenceNode && len(n.Content) > 0 && n.Content[0].Kind == yaml.MappingNode:
		return []string{"write its keys without a - before them"}
	}
	return []string{"its keys are " + strings.Join(all[:min(len(all), maxListed)], ", ")}
}

func allScalars(n *yaml.Node) bool {
	return !slices.ContainsFunc(n.Content, func(e *yaml.Node) bool { return e.Kind != yaml.ScalarNode })
}

// mapHints is for what stands in the place of a mapping with free names.
func mapHints(of reflect.Type, n *yaml.Node) []string {
	if isNull(n) {
		return []string{"its entries are indented below it"}
	}
	if name, value, found := strings.Cut(n.Value, "="); n.Kind == yaml.ScalarNode && found && of.Kind() == reflect.String {
		return []string{fmt.Sprintf("write %s: %s", bare(name), asText(value))}
	}
	if n.Kind != yaml.SequenceNode || len(n.Content) == 0 {
		return []string{"it holds a NAME: and what it is"}
	}
	switch first := n.Content[0]; first.Kind {
	case yaml.ScalarNode:
		if name, value, found := strings.Cut(first.Value, "="); found && of.Kind() == reflect.String {
			return []string{fmt.Sprintf("write %s: %s in place of %s", bare(name), asText(value), bare(first.Value))}
		}
	case yaml.MappingNode:
		entries := entriesOf(first)
		for _, key := range []string{"name", "Name", "key"} {
			if entries[key] != "" {
				value := "{...}"
				if of.Kind() == reflect.String {
					value = asText(entries["value"])
				}
				return []string{fmt.Sprintf("write its entries below their names: %s: %s instead of - %s: %[1]s", bare(entries[key]), value, key)}
			}
		}
		return []string{"write each entry without the - before it"}
	}
	return []string{"write NAME: and what it is, in place of a list"}
}

// listHints is for what stands in the place of a list.
func listHints(of reflect.Type, rule rule, n *yaml.Node) []string {
	switch {
	case n.Kind == yaml.ScalarNode && len(rule.enum) > 0 && !slices.Contains(rule.enum, n.Value) && !isNull(n):
		return []string{"a list of some of " + strings.Join(rule.enum, ", ")}
	case n.Kind == yaml.ScalarNode && isScalar(of) && reflect.New(of).Interface().(scalar).UnmarshalText([]byte(n.Value)) != nil && !isNull(n):
		return []string{"write each element after a -"}
	case of.Kind() == reflect.Struct && !isScalar(of) && !isNull(n):
		return []string{"each element is a mapping, after a -"}
	case isNull(n) && rule.unit == "words":
		return []string{`name what starts the app, such as ["/app/server"], or remove it to start the image as it says`}
	case isNull(n):
		return []string{"its elements are indented below it, each after a -"}
	case n.Kind == yaml.ScalarNode && rule.unit == unitWords:
		return []string{wordsHint(n.Value)}
	case n.Kind == yaml.ScalarNode:
		return []string{fmt.Sprintf("write [%s]", asElement(n.Value))}
	case of.Kind() == reflect.String && len(n.Content) > 0 && n.Content[0].Kind == yaml.ScalarNode:
		return []string{fmt.Sprintf("list the names: [%s]", asElement(n.Content[0].Value))}
	}
	return []string{"write each element after a -"}
}

// asText is a text as YAML takes it for one, in quotes where it needs them.
func asText(s string) string {
	if node := (yaml.Node{Kind: yaml.ScalarNode, Value: s}); s != "" && plainText.MatchString(s) && notString(&node) == "" {
		return bare(s)
	}
	return quote(s)
}

// asElement is asText within brackets.
func asElement(s string) string {
	if strings.ContainsAny(s, "{}[],") {
		return strconv.Quote(s)
	}
	return asText(s)
}
