package spec

import (
	"bytes"
	"encoding/json"
	"maps"
	"math/rand/v2"
	"os"
	"slices"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

// leaf is one string of a document, and how to change it.
type leaf struct {
	path string
	text string
	set  func(string)
}

// leaves lists the strings of a document, in the order of their paths.
func leaves(v any, path string, set func(string)) []leaf {
	var all []leaf
	switch v := v.(type) {
	case string:
		return []leaf{{path, v, set}}
	case map[string]any:
		for _, key := range slices.Sorted(maps.Keys(v)) {
			all = append(all, leaves(v[key], child(path, key), func(s string) { v[key] = s })...)
		}
	case []any:
		for i := range v {
			all = append(all, leaves(v[i], item(path, i), func(s string) { v[i] = s })...)
		}
	}
	return all
}

// edit changes a text in one or two places.
func edit(r *rand.Rand, text string) string {
	const alphabet = "abzAZ09 -._~:/?#@!$&'()*+,;=%{}[]\"\\`|<>^\n\x00\u00e9\u202e"
	runes := []rune(text)
	for range 1 + r.IntN(2) {
		at, c := r.IntN(len(runes)+1), []rune(alphabet)[r.IntN(len([]rune(alphabet)))]
		switch {
		case r.IntN(2) == 0:
			runes = slices.Insert(runes, at, c)
		case at < len(runes) && r.IntN(2) == 0:
			runes[at] = c
		case at < len(runes):
			runes = slices.Delete(runes, at, at+1)
		}
	}
	return string(runes)
}

// TestSchemaTakesNearMisses edits each string of the spec that has every key.
// What Parse takes the schema must take; of what Parse refuses the schema must
// refuse some.
func TestSchemaTakesNearMisses(t *testing.T) {
	schema := compileSchema(t)
	src, err := os.ReadFile("testdata/valid/full.yaml")
	if err != nil {
		t.Fatal(err)
	}
	document, err := asJSON(src)
	if err != nil {
		t.Fatal(err)
	}
	loose := []string{ // what the schema leaves to Parse
		"services.api.image", "services.resize.image", "services.web-files.image", "services.reports.image", "services.ledger.image", "services.resize.lambda.image", // a reference
	}
	r := rand.New(rand.NewPCG(3, 4))
	taken := 0
	for _, l := range leaves(document, "", nil) {
		refused, schemaRefused := 0, 0
		for range 60 {
			l.set(edit(r, l.text))
			text, err := json.Marshal(document)
			if err != nil {
				t.Fatal(err)
			}
			again, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
			if err != nil {
				t.Fatal(err)
			}
			schemaErr := schema.Validate(again)
			if _, err := Parse("a", text); err == nil {
				taken++
				if schemaErr != nil {
					t.Fatalf("Parse takes %s, the schema does not: %v", text, schemaErr)
				}
				continue
			}
			refused++
			if schemaErr != nil {
				schemaRefused++
			}
		}
		l.set(l.text)
		if refused > 0 && schemaRefused == 0 && !slices.Contains(loose, l.path) {
			t.Errorf("%s: Parse refused %d edits of %q, the schema none", l.path, refused, l.text)
		}
	}
	if taken < 500 {
		t.Errorf("only %d edits were valid", taken)
	}
}
