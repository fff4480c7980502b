package spec_test

import (
	"strings"
	"testing"

	"ambi/spec"
)

// A list of plain words on one line is replaced, and nothing around it; every other list is left
// to people.
func TestSetTextReplacesLists(t *testing.T) {
	for list, want := range map[string]string{
		"[lambda]":                     "[kubernetes]",
		"[ lambda , kubernetes ]":      "[kubernetes]",
		"[]":                           "[kubernetes]",
		"[lambda]  # for now":          "[kubernetes]  # for now",
		"[\"lambda\"]":                 "",
		"[lambda, # and\n kubernetes]": "",
		"\n  - lambda":                 "",
		"&both [lambda]":               "",
	} {
		text := "name: shop\ntargets: " + list + "\nimage: x\n"
		got, err := spec.SetText([]byte(text), "targets", "[kubernetes]")
		if want == "" {
			if err == nil || !strings.Contains(err.Error(), "only a person should edit") {
				t.Errorf("%q: got %q, %v", list, got, err)
			}
			continue
		}
		if expected := "name: shop\ntargets: " + want + "\nimage: x\n"; err != nil || string(got) != expected {
			t.Errorf("%q: got %q, %v", list, got, err)
		}
	}
}
