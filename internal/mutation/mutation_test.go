package mutation

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"

	"ambi/stacks/stacktest"
)

// example is a graph with one of each thing that can be bent.
func example() *stacktest.Graph {
	return &stacktest.Graph{
		Resources: []*stacktest.Resource{
			{Type: "t:T", Name: "a", URN: "urn:a", Inputs: map[string]any{}, Needs: map[string][]string{}},
			{
				Type: "t:T", Name: "b", URN: "urn:b",
				Inputs: map[string]any{
					"description": "d", "text": "x", "number": 2.0, "zero": 0.0, "flag": true, "list": []any{"y"},
					"object": map[string]any{"key": ""}, "policy": `{"Action":"z"}`,
				},
				Needs:   map[string][]string{"": {"urn:a"}, "text": {"urn:a"}},
				Request: &pulumirpc.RegisterResourceRequest{CustomTimeouts: &pulumirpc.RegisterResourceRequest_CustomTimeouts{Create: "5m"}},
			},
		},
		Exports: &stacktest.Resource{Inputs: map[string]any{"url": "u"}, Needs: map[string][]string{}},
	}
}

func TestDerive(t *testing.T) {
	want := []string{
		`a (t:T): not declared`,
		`b (t:T): not declared`,
		`b (t:T): description is removed`,
		`b (t:T): description is "", not "d"`,
		`b (t:T): flag is removed`,
		`b (t:T): flag is false, not true`,
		`b (t:T): list is removed`,
		`b (t:T): list[0] is dropped`,
		`b (t:T): list[0] is "y-bent", not "y"`,
		`b (t:T): list[0] is "", not "y"`,
		`b (t:T): number is removed`,
		`b (t:T): number is 3, not 2`,
		`b (t:T): number is 2000, not 2`,
		`b (t:T): object is removed`,
		`b (t:T): object.key is removed`,
		`b (t:T): object.key is "-bent", not ""`,
		`b (t:T): policy is removed`,
		`b (t:T): policy is "{\"Action\":\"z\"}-bent", not "{\"Action\":\"z\"}"`,
		`b (t:T): policy is "", not "{\"Action\":\"z\"}"`,
		`b (t:T): policy as JSON.Action is removed`,
		`b (t:T): policy as JSON.Action is "z-bent", not "z"`,
		`b (t:T): policy as JSON.Action is "", not "z"`,
		`b (t:T): text is removed`,
		`b (t:T): text is "x-bent", not "x"`,
		`b (t:T): text is "", not "x"`,
		`b (t:T): zero is removed`,
		`b (t:T): zero is 1, not 0`,
		`b (t:T): DependsOn urn:a is cut`,
		`b (t:T): DependsOn urn:a is to urn:b`,
		`b (t:T): text of urn:a is cut`,
		`b (t:T): text of urn:a is to urn:b`,
		`b (t:T): create times out after ""`,
		`b (t:T): create times out after "27h"`,
		`b (t:T): create times out after "1s"`,
		`b (t:T): create times out after "soon"`,
		`exports: url is removed`,
		`exports: url is "u-bent", not "u"`,
		`exports: url is "", not "u"`,
	}
	original := example()
	before := describe(original)
	var got, described []string
	for _, m := range Derive(original) {
		got = append(got, m.Name)
		described = append(described, describe(m.Graph))
	}
	if !slices.Equal(got, want) {
		t.Errorf("mutants:\n%s\nwant:\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	if describe(original) != before {
		t.Error("deriving mutants changed the graph itself")
	}
	slices.Sort(described)
	if different := slices.Compact(described); len(different) != len(got) || slices.Contains(different, before) {
		t.Errorf("%d mutants are only %d different graphs, the graph itself aside", len(got), len(different))
	}
}

// Whatever a suite gets wrong, it must say so.
func TestSuite(t *testing.T) {
	pass := func(stacktest.T, *stacktest.Graph) {}
	same := func(t stacktest.T, g *stacktest.Graph) {
		if strings.ReplaceAll(describe(g), "In other words: ", "") != describe(example()) {
			t.Errorf("it differs")
		}
	}
	wordByWord := func(t stacktest.T, g *stacktest.Graph) {
		if describe(g) != describe(example()) {
			t.Errorf("it differs")
		}
	}
	edited := Mutate(example(), "by hand", func(g *stacktest.Graph) { g.Resources[1].Inputs["text"] = "w" })
	untouched := Mutate(example(), "by hand", func(*stacktest.Graph) {})

	for name, c := range map[string]struct {
		suite    Suite
		problems int
		want     string
	}{
		"everything is noticed":           {Suite{Check: same, Faults: []Mutant{edited}, Harmless: []Mutant{untouched}}, 0, "killed 39 of 39 mutants (38 derived, 1 by hand); 2 harmless edits stay green"},
		"nothing is noticed":              {Suite{Check: pass}, 38, "nobody notices: a (t:T): not declared"},
		"a fault by hand is not noticed":  {Suite{Check: same, Faults: []Mutant{untouched}}, 1, "nobody notices: by hand"},
		"a harmless edit is held against": {Suite{Check: same, Harmless: []Mutant{edited}}, 1, "a harmless edit is held against a team: by hand:\nit differs"},
		"other words are held against":    {Suite{Check: wordByWord}, 1, "a harmless edit is held against a team: other words for people:\nit differs"},
		"the stack fails its own checks":  {Suite{Check: func(t stacktest.T, _ *stacktest.Graph) { t.Errorf("no") }}, 1, "the stack fails its own checks:\nno"},
	} {
		t.Run(name, func(t *testing.T) {
			c.suite.Graph = example()
			problems, log := c.suite.try()
			if len(problems) != c.problems || !slices.Contains(append(problems, log), c.want) {
				t.Errorf("%d problems: %q; log: %q; want %d, and %q", len(problems), problems, log, c.problems, c.want)
			}
		})
	}
}

// describe writes out all of a graph that Derive may change.
func describe(g *stacktest.Graph) string {
	var b strings.Builder
	for _, r := range append(slices.Clone(g.Resources), g.Exports) {
		for _, part := range []any{r.URN, r.Inputs, r.Needs, r.Request.GetCustomTimeouts().GetCreate(), r.Request.GetCustomTimeouts().GetUpdate()} {
			fmt.Fprintf(&b, "%#v\n", part)
		}
	}
	return b.String()
}

// A number within its bounds is a harmless edit, and one beyond them a mutant.
func TestTaste(t *testing.T) {
	var turned, broken []string
	taste := Taste{Type: "t:T", Name: "b", Path: "number|zero", Least: 1, Most: 10}
	for _, m := range Derive(example()) {
		if taste.allows(m) {
			turned = append(turned, m.Name)
		} else if strings.Contains(m.Name, "number") {
			broken = append(broken, m.Name)
		}
	}
	if want := []string{`b (t:T): number is 3, not 2`, `b (t:T): zero is 1, not 0`}; !slices.Equal(turned, want) {
		t.Errorf("a team may turn %q, want %q", turned, want)
	}
	if want := []string{`b (t:T): number is removed`, `b (t:T): number is 2000, not 2`}; !slices.Equal(broken, want) {
		t.Errorf("a team may not turn %q, want %q", broken, want)
	}
}
