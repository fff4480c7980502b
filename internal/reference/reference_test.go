package reference

import (
	"bytes"
	"flag"
	"os"
	"testing"
)

var update = flag.Bool("update", false, "write docs/reference.md anew")

// TestPage holds docs/reference.md to the types and the targets.
func TestPage(t *testing.T) {
	var examples [][]byte
	for _, file := range []string{
		"../../app/app.yaml",
		"../../generator/testdata/full-lambda/app.yaml",
		"../../generator/testdata/full-kubernetes/app.yaml",
		"../../generator/testdata/zip/app.yaml",
		"../../generator/testdata/several/app.yaml",
		"../../spec/testdata/valid/full.yaml",
	} {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		examples = append(examples, text)
	}
	want, err := Markdown(examples...)
	if err != nil {
		t.Fatal(err)
	}
	const page = "../../docs/reference.md"
	if *update {
		if err := os.WriteFile(page, want, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	have, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(have, want) {
		t.Error("docs/reference.md is stale; run: go test ./internal/reference -update, and read the difference")
	}
}
