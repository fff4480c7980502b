package spec

import (
	"errors"
	"reflect"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"

	"ambi/internal/lazyregexp"
	"ambi/internal/problem"
)

// guess is what may have been meant by a text that is not a value of its field.
// Where only the writer can know, as of a number without a unit, it lists the
// ways to write it and picks none: a wrong pick changes the meaning by orders of
// magnitude.
type guess struct {
	lead string   // "write " where it is empty
	ways []string // those that the field does not take are left out
	why  string   // what follows them, or stands alone if there are none from the start
}

// plainNumber matches a number without a unit.
var plainNumber = lazyregexp.New(`^(0|[1-9][0-9]*)(\.[0-9]+)?$`)

var (
	commaGroups = lazyregexp.New(`^[0-9]{1,3}(,[0-9]{3}){2,}`)
	underscores = lazyregexp.New(`^[0-9]+(_[0-9]+)+`)
)

// ungrouped takes the separators out of 3,000,000 and 3_000_000. A single comma
// stays: it may stand before decimals.
func ungrouped(text string) string {
	for _, grouped := range []*lazyregexp.Regexp{commaGroups, underscores} {
		text = grouped.ReplaceAllStringFunc(text, func(number string) string {
			return strings.NewReplacer(",", "", "_", "").Replace(number)
		})
	}
	return text
}

// percentOf reads a text such as 70%.
func percentOf(text string) (float64, bool) {
	number, found := strings.CutSuffix(text, "%")
	number = strings.TrimSpace(number)
	if !found || !plainNumber.MatchString(number) {
		return 0, false
	}
	percent, err := strconv.ParseFloat(number, 64)
	return percent, err == nil
}

// hints says what may have been meant by a text that a field of a scalar type
// does not take. None is a hint that the field would refuse as well.
func (f form) hints(like scalar, text string, rule rule) []string {
	if f.meant == nil || len(text) > maxKey {
		return nil
	}
	g := f.meant(ungrouped(strings.TrimSpace(text)), rule.unit)
	if len(g.ways) == 0 {
		if g.why == "" {
			return nil
		}
		return []string{g.why}
	}
	var ways []string
	for _, way := range g.ways {
		value := reflect.New(reflect.TypeOf(like).Elem()).Interface().(scalar)
		if ordered, ok := value.(ranged); value.UnmarshalText([]byte(way)) == nil && (!ok || rule.bounds.hold(ordered)) {
			ways = append(ways, way)
		}
	}
	if len(ways) == 0 {
		return nil
	}
	if g.lead == "" {
		g.lead = "write "
	}
	if len(ways) == 1 {
		g.lead = strings.Replace(g.lead, "say which unit", "add a unit", 1)
	}
	if len(ways) < len(g.ways) {
		g.why = "" // it compares them
	}
	return []string{g.lead + either(ways) + g.why}
}

// orGuess has an error say what may have been meant by the text that it refuses.
func orGuess(err error, like scalar, text, unit string) error {
	refused, ok := errors.AsType[problem.Problem](err)
	if hints := like.form().hints(like, text, rule{unit: unit}); ok && hints != nil {
		refused.Hints = hints
		return refused
	}
	return err
}

// nodeHints is hints for what stands in the spec.
func (f form) nodeHints(like scalar, n *yaml.Node, rule rule) []string {
	switch {
	case isTemplate(n) || n.Kind == yaml.ScalarNode && variable.MatchString(n.Value):
		return []string{templateHint}
	case n.Kind == yaml.ScalarNode:
		return f.hints(like, n.Value, rule)
	case n.Kind == yaml.MappingNode && f.joined != nil:
		return f.hints(like, f.joined(entriesOf(n)), rule)
	}
	return nil
}

// variable matches what other tools replace before they read a file.
var variable = lazyregexp.New(`\$\{|\$\(|\{\{|^\$[A-Za-z_]`)

// entriesOf is what a mapping of scalars holds.
func entriesOf(n *yaml.Node) map[string]string {
	entries := map[string]string{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		if n.Content[i].Kind == yaml.ScalarNode && n.Content[i+1].Kind == yaml.ScalarNode {
			entries[n.Content[i].Value] = n.Content[i+1].Value
		}
	}
	return entries
}

// either lists alternatives: a, b or c.
func either(words []string) string { return listed(words, " or ") }

func listed(words []string, before string) string {
	if len(words) < 2 {
		return strings.Join(words, "")
	}
	last := len(words) - 1
	return strings.Join(words[:last], ", ") + before + words[last]
}
