package compare_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"ambi/compare"
	"ambi/internal/schemas"
)

var update = flag.Bool("update", false, "write schema.json anew")

// schemaOf makes the schema from the Go types. Open admits keys that a later ambi
// may add.
func schemaOf(t *testing.T, open bool) []byte {
	t.Helper()
	text, err := schemas.Of(&compare.Result{}, schemas.Options{
		Title:       "ambi comparison",
		Description: "What \"ambi compare --json\" prints: one app on the targets lambda and kubernetes. Costs are US dollars a month; null is unknown, which is not zero.",
		Format:      compare.Format, Home: "ambi/compare", Open: open,
		Folders: []string{".", "../target", "../spec"},
	})
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// TestSchema holds the published schema to the Go types.
func TestSchema(t *testing.T) {
	want := schemaOf(t, true)
	if *update {
		if err := os.WriteFile("schema.json", want, 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if !bytes.Equal(compare.Schema(), want) {
		t.Error("schema.json is stale; run: go test ./compare -run TestSchema -update")
	}
	for _, hint := range []string{`"const": "ambi.compare/v1"`, "a month; null while unknown", `"#/$defs/cost.Bill"`} {
		if !bytes.Contains(want, []byte(hint)) {
			t.Errorf("the schema lacks %s", hint)
		}
	}
}

func compiled(t *testing.T, text []byte) *jsonschema.Schema {
	t.Helper()
	document, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource("compare.json", document); err != nil {
		t.Fatal(err)
	}
	s, err := c.Compile("compare.json")
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// TestResultsAreOfTheSchema validates results of every kind, with a schema that
// admits no other key, and spoils them to see it refuse.
func TestResultsAreOfTheSchema(t *testing.T) {
	open, closed := compiled(t, compare.Schema()), compiled(t, schemaOf(t, false))
	for name, r := range results(t) {
		text, err := json.Marshal(r)
		if err != nil {
			t.Fatal(err)
		}
		document, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
		if err != nil {
			t.Fatal(err)
		}
		for _, s := range []*jsonschema.Schema{open, closed} {
			if err := s.Validate(document); err != nil {
				t.Errorf("%s: %v", name, err)
			}
		}
		object := document.(map[string]any)
		for _, spoil := range []func(map[string]any){
			func(o map[string]any) { delete(o, "verdict") },
			func(o map[string]any) { o["format"] = "ambi.compare/v2" },
			func(o map[string]any) { o["lambda"] = map[string]any{"bill": "cheap"} },
			func(o map[string]any) { o["services"] = nil },
		} {
			copied := map[string]any{}
			for k, v := range object {
				copied[k] = v
			}
			spoil(copied)
			if open.Validate(copied) == nil {
				t.Errorf("%s: the schema takes a spoiled result", name)
			}
		}
	}
}
