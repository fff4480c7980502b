package draft

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"ambi/internal/lazyregexp"
)

// Longest names: app, a hyphen and the service's name have at most 50 characters together.
const (
	longestApp   = 24
	longestNames = 50
)

var notLabel = lazyregexp.New(`[^a-z0-9]+`)

// Label makes a name of the spec from any text: lower-case letters, digits and hyphens,
// with a letter first. It is empty where nothing is left of the text.
func Label(text string, longest int) string {
	label := strings.Trim(notLabel.ReplaceAllString(strings.ToLower(text), "-"), "-")
	label = strings.TrimLeft(label, "0123456789-")
	if len(label) > longest {
		label = strings.TrimRight(label[:longest], "-")
	}
	return label
}

// AppName makes a name of an app from any text.
func AppName(text string) string { return cmp.Or(Label(text, longestApp), "app") }

// ServiceName makes a name of a service from the first of some texts that gives one which
// no other service of the app has.
func (a *App) ServiceName(texts ...string) string {
	longest := longestNames - 1 - len(a.Name)
	taken := func(name string) bool {
		// these begin the names of settings that each program has
		return name == "target" || name == "active" || slices.ContainsFunc(a.Services, func(s *Service) bool { return s.Name == name })
	}
	for _, text := range texts {
		if name := cmp.Or(Label(text, longest), "service"); !taken(name) {
			return name
		}
	}
	for i := 2; ; i++ {
		number := fmt.Sprintf("-%d", i)
		if name := cmp.Or(Label(texts[0], longest-len(number)), "service") + number; !taken(name) {
			return name
		}
	}
}
