package generator_test

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"ambi/generator"
)

// list is a Pulumi.yaml with one setting a line: a key, and its description.
func list(lines ...string) string {
	var b strings.Builder
	b.WriteString("# mine\nname: shop\nconfig:\n")
	for _, line := range lines {
		key, description, _ := strings.Cut(line, " ")
		b.WriteString("  " + key + ":\n    description: " + description + "\n    default: \"\"\n")
	}
	return b.String()
}

// windows is a text with the line ends of Windows.
func windows(text string) string { return strings.ReplaceAll(text, "\n", "\r\n") }

func TestMergeSettings(t *testing.T) {
	const rest = "# the end\nruntime: go\n"
	own := "  my.key: 1\n"
	for name, c := range map[string]struct {
		have, base, want      string
		text                  string // empty for the same as have
		added, gone, restated []string
	}{
		"nothing new":                        {have: list("a one"), base: list("a one"), want: list("a one")},
		"a new one":                          {have: list("a one"), base: list("a one"), want: list("a one", "b two"), text: list("a one", "b two"), added: []string{"b"}},
		"a new one beside its neighbour":     {have: list("a one", "c three"), base: list("a one", "c three"), want: list("a one", "b two", "c three"), text: list("a one", "b two", "c three"), added: []string{"b"}},
		"a new one before the user's":        {have: list("a one") + own + rest, base: list("a one"), want: list("a one", "b two"), text: list("a one", "b two") + own + rest, added: []string{"b"}},
		"a new one after the user's only":    {have: "name: shop\nconfig:\n" + own + rest, want: list("a one"), text: "name: shop\nconfig:\n" + own + "  a:\n    description: one\n    default: \"\"\n" + rest, added: []string{"a"}},
		"several new ones":                   {have: list("a one"), base: list("a one"), want: list("a one", "b two", "c three"), text: list("a one", "b two", "c three"), added: []string{"b", "c"}},
		"no line end":                        {have: strings.TrimSuffix(list("a one"), "\n"), base: list("a one"), want: list("a one", "b two"), text: strings.TrimSuffix(list("a one", "b two"), "\n"), added: []string{"b"}},
		"lines of Windows":                   {have: windows(list("a one", "b two")), base: list("a one", "b two"), want: list("a one", "c three"), text: windows(list("a one", "c three")), added: []string{"c"}, gone: []string{"b"}},
		"one line of Windows":                {have: strings.Replace(list("a one", "b two"), "shop\n", "shop\r\n", 1), base: list("a one", "b two"), want: list("a one", "c three"), text: strings.Replace(list("a one", "c three"), "shop\n", "shop\r\n", 1), added: []string{"c"}, gone: []string{"b"}},
		"one line of Unix":                   {have: strings.Replace(windows(list("a one")), "one\r\n", "one\n", 1) + "runtime: go\r\n", want: list("b two"), text: strings.Replace(windows(list("a one", "b two")), "one\r\n", "one\n", 1) + "runtime: go\r\n", added: []string{"b"}},
		"lines of an old Mac":                {have: strings.ReplaceAll(list("a one"), "\n", "\r"), base: list("a one"), want: list("a new", "b two"), text: strings.ReplaceAll(list("a new", "b two"), "\n", "\r"), added: []string{"b"}, restated: []string{"a"}},
		"a line separator in a comment":      {have: "# a\u2028# b\u0085" + list("a one"), want: list("b two"), text: "# a\u2028# b\u0085" + list("a one", "b two"), added: []string{"b"}},
		"no line end, of Windows":            {have: strings.TrimSuffix(windows(list("a one")), "\r\n"), want: list("b two"), text: strings.TrimSuffix(windows(list("a one", "b two")), "\r\n"), added: []string{"b"}},
		"other indentation":                  {have: "name: shop\nconfig:\n      a:\n        description: one\n        default: \"\"\n", base: list("a one"), want: list("a two", "b two"), text: "name: shop\nconfig:\n      a:\n        description: two\n        default: \"\"\n      b:\n        description: two\n        default: \"\"\n", added: []string{"b"}, restated: []string{"a"}},
		"one that is gone":                   {have: list("a one", "b two") + own, base: list("a one", "b two"), want: list("a one"), text: list("a one") + own, gone: []string{"b"}},
		"the last one is gone":               {have: list("a one") + rest, base: list("a one"), want: "name: shop\nconfig: {}\n", text: list() + rest, gone: []string{"a"}},
		"one that is gone, and was edited":   {have: list("a one", "b my own"), base: list("a one", "b two"), want: list("a one")},
		"one that is gone, unknown to ambi":  {have: list("a one", "b two"), want: list("a one")},
		"another description":                {have: list("a one", "b two"), base: list("a one", "b two"), want: list("a one", "b new"), text: list("a one", "b new"), restated: []string{"b"}},
		"another description, and an edit":   {have: list("a one", "b my own"), base: list("a one", "b two"), want: list("a one", "b new")},
		"another description, as the user's": {have: list("a one", "b new"), base: list("a one", "b two"), want: list("a one", "b new")},
		"one that the user removed":          {have: list("a one"), base: list("a one", "b two"), want: list("a one", "b two")},
		"one that the user removed, changed": {have: list("a one"), base: list("a one", "b two"), want: list("a one", "b new")},
		"under the project's name":           {have: list("shop:a one"), want: list("a one")},
		"an edit beside a comment":           {have: strings.Replace(list("a one"), "    default", "    # why\n    default", 1), base: list("a one"), want: list("a new")},
		"a comment before what goes":         {have: list("a one") + "  # about b\n" + strings.SplitAfter(list("b two"), "config:\n")[1] + rest, base: list("a one", "b two"), want: list("a one"), text: list("a one") + "  # about b\n" + rest, gone: []string{"b"}},
		"no list":                            {have: "name: shop\nruntime: go\n", want: list("a one")},
		"an empty list":                      {have: "name: shop\nconfig:\nruntime: go\n", want: list("a one")},
		"nothing at all":                     {have: "", want: list("a one")},
		"a base with conflict markers":       {have: list("a one"), base: "<<<<<<< yours\n" + list("a one"), want: list("a one", "b two"), text: list("a one", "b two"), added: []string{"b"}},
	} {
		t.Run(name, func(t *testing.T) {
			edit, err := generator.MergeSettings([]byte(c.have), []byte(c.base), []byte(c.want))
			if err != nil {
				t.Fatal(err)
			}
			want := c.text
			if want == "" {
				want = c.have
			}
			if string(edit.Text) != want {
				t.Errorf("it becomes\n%s\nwant\n%s", edit.Text, want)
			}
			if string(edit.Before) != c.have {
				t.Errorf("it was\n%s\nand not\n%s", c.have, edit.Before)
			}
			for what, keys := range map[string][2][]string{"added": {edit.Added, c.added}, "removed": {edit.Removed, c.gone}, "changed": {edit.Changed, c.restated}} {
				if !slices.Equal(keys[0], keys[1]) {
					t.Errorf("%s: %q, want %q", what, keys[0], keys[1])
				}
			}
		})
	}
}

// A list that cannot be edited line by line stays, and the error says why.
func TestMergeSettingsOfAnotherShape(t *testing.T) {
	for have, why := range map[string]string{
		"name: shop\nconfig: {a: {default: \"\"}}\n":       "in braces",
		"name: shop\nconfig:\n\ta: 1\n":                    "line 3",
		"name: shop\nname: shop\nconfig:\n  a: 1\n":        "already defined",
		"name: shop\nconfig:\n  a: 1\n...\n":               "line by line",
		"name: shop\nconfig:\n  z: |\n    text\n    # b\n": "line by line",
		"name: shop\nconfig:\n  ? a\n  : 1\n":              "line by line",
		"config: \nconfig:\n 0:":                           "line 2: config is there twice",
		"config:\n  a: 1\nname: shop\nconfig:\n  b: 2\n":   "line 4: config is there twice",
		"name: shop\n? config\n: a: 1\n  b: 2\n":           "line by line",
	} {
		edit, err := generator.MergeSettings([]byte(have), nil, []byte(list("a one", "b two")))
		if err == nil || !strings.Contains(err.Error(), why) {
			t.Errorf("%q: %v, want an error with %q", have, err, why)
		}
		if string(edit.Text) != have || len(edit.Added) > 0 {
			t.Errorf("%q becomes %q", have, edit.Text)
		}
	}
}

// Whatever the file is, a merge is done once: another one changes nothing.
func FuzzMergeSettings(f *testing.F) {
	f.Add(list("a one"), list("a one"), list("a one", "b two"))
	f.Add(list("a one")+"  my.key: |\n    # x\n", "", list("b two"))
	f.Add("name: shop\nconfig: {a: 1}\n", list("a one"), list())
	f.Add("name: shop\r\nconfig:\n  a: 1\r", "", list("b two"))
	f.Add("config: \nconfig:\n 0:", "", list("b two"))
	f.Fuzz(func(t *testing.T, have, base, want string) {
		edit, err := generator.MergeSettings([]byte(have), []byte(base), []byte(want))
		if err != nil || !edit.Changes() {
			if string(edit.Text) != have {
				t.Fatalf("%q becomes %q, and nothing was to change (%v)", have, edit.Text, err)
			}
			return
		}
		again, err := generator.MergeSettings(edit.Text, []byte(want), []byte(want))
		if err != nil || !bytes.Equal(again.Text, edit.Text) {
			t.Fatalf("%q becomes %q, and then %q (%v)", have, edit.Text, again.Text, err)
		}
	})
}
