package main

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

// What --json prints is of the schema that "ambi schema compare" prints, and has
// no key that the schema does not know.
func TestJSONIsOfItsSchema(t *testing.T) {
	published, err := jsonschema.UnmarshalJSON(bytes.NewReader(runIn(t, t.TempDir(), exitDone, "", "schema", "compare")))
	if err != nil {
		t.Fatal(err)
	}
	closeObjects(published)
	compiler := jsonschema.NewCompiler()
	if err := compiler.AddResource("compare.json", published); err != nil {
		t.Fatal(err)
	}
	schema, err := compiler.Compile("compare.json")
	if err != nil {
		t.Fatal(err)
	}
	dir := projectWith(t, pageSpec)
	counts := filepath.Join(dir, "counts.csv")
	if err := os.WriteFile(counts, []byte("time,count\n2026-01-01T00:00:00Z,30\n2026-01-01T00:01:00Z,0\n2026-01-01T00:02:00Z,300\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	before := filepath.Join(dir, "before.json")
	if err := os.WriteFile(before, runIn(t, dir, exitDone, "", "compare", "--json"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, flags := range [][]string{
		nil,
		{"--trace", counts},
		{"--trace", counts, "--requests", "2M/month"},
		{"--against", before, "--requests", "9M/month", "--price", "nat.hours=0.02", "--discount", "ec2=30"},
		{"--fargate", "--function-url", "--provisioned", "2", "--free-tier"},
		{"--shared", "0.1", "--nat-gateways", "2", "--keep-alive", "10m"},
		{"--shape", "steady", "--requests", "1k/s"},
	} {
		document, err := jsonschema.UnmarshalJSON(bytes.NewReader(runIn(t, dir, exitDone, "", append([]string{"compare", "--json"}, flags...)...)))
		if err != nil {
			t.Fatal(err)
		}
		if err := schema.Validate(document); err != nil {
			t.Errorf("%v: %v", flags, err)
		}
		document.(map[string]any)["more"] = true
		if schema.Validate(document) == nil {
			t.Error("a key of no meaning is taken")
		}
	}
}

// closeObjects lets the objects of a schema have only the keys that it names.
func closeObjects(schema any) {
	switch s := schema.(type) {
	case map[string]any:
		if s["properties"] != nil && s["type"] == "object" {
			s["additionalProperties"] = false
		}
		for _, inner := range s {
			closeObjects(inner)
		}
	case []any:
		for _, inner := range s {
			closeObjects(inner)
		}
	}
}
