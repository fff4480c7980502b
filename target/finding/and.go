package finding

import (
	"fmt"
	"slices"
	"strings"
)

// And joins what a sentence names: "a, b and c". Of a long list it counts the rest.
func And(names []string) string {
	const most = 4
	if len(names) > most {
		names = append(slices.Clone(names[:most-1]), fmt.Sprintf("%d more", len(names)-most+1))
	}
	if len(names) < 2 {
		return strings.Join(names, "")
	}
	last := len(names) - 1
	return strings.Join(names[:last], ", ") + " and " + names[last]
}
