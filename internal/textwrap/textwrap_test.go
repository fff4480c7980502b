package textwrap

import (
	"slices"
	"testing"
)

func TestLines(t *testing.T) {
	for text, want := range map[string][]string{
		"":                  {""},
		"one":               {"one"},
		"one two\n three":   {"one two", "three"},
		"a unbreakable b c": {"a", "unbreakable", "b c"},
		"größe öl x":        {"größe", "öl x"},
	} {
		if got := Lines(text, 7); !slices.Equal(got, want) {
			t.Errorf("%q is %q; want %q", text, got, want)
		}
	}
}
