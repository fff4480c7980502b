package reference

import (
	"bytes"
	"flag"
	"os"
	"testing"
)

var update = flag.Bool("update", false, "write the pages anew")

// TestPage holds docs/reference.md to the types and the targets, and docs/words.md
// to the table of other tools' words.
func TestPage(t *testing.T) {
	var examples [][]byte
	for _, file := range []string{
		"../../app/app.yaml",
		"../../generator/testdata/full-lambda/app.yaml",
		"../../generator/testdata/full-kubernetes/app.yaml",
		"../../generator/testdata/inside/app.yaml",
		"../../generator/testdata/zip/app.yaml",
		"../../generator/testdata/several/app.yaml",
		"../../spec/testdata/valid/full.yaml",
		"../../generator/testdata/uploads/app.yaml",
		"../../generator/testdata/placed/app.yaml",
		"../../generator/testdata/across/app.yaml",
		"../../generator/testdata/switching/app.yaml",
		"../../spec/testdata/valid/events.yaml",
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
	for page, want := range map[string][]byte{"docs/reference.md": want, "docs/words.md": Words()} {
		if *update {
			if err := os.WriteFile("../../"+page, want, 0o644); err != nil {
				t.Fatal(err)
			}
		}
		have, err := os.ReadFile("../../" + page)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(have, want) {
			t.Errorf("%s is stale; run: go test ./internal/reference -update, and read the difference", page)
		}
	}
}
