package spec_test

import (
	"os"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"ambi/spec"
)

// TestMistakes holds the answers to mistakes that people make to a table of them.
func TestMistakes(t *testing.T) {
	const table = "testdata/mistakes.txtar"
	archive, err := txtar.ParseFile(table)
	if err != nil {
		t.Fatal(err)
	}
	if len(archive.Files)%2 != 0 {
		t.Fatalf("%s has %d files, and a mistake takes two", table, len(archive.Files))
	}
	for i := 0; i < len(archive.Files); i += 2 {
		mistake, answer := archive.Files[i], &archive.Files[i+1]
		name, _ := strings.CutSuffix(mistake.Name, ".yaml")
		if mistake.Name != name+".yaml" || answer.Name != name+".txt" {
			t.Fatalf("%s has %s beside %s", table, answer.Name, mistake.Name)
		}
		_, err := spec.Parse("app.yaml", mistake.Data)
		if err == nil {
			t.Errorf("%s: no mistake", name)
			continue
		}
		got := err.Error() + "\n"
		if *update {
			answer.Data = []byte(got)
		} else if got != string(answer.Data) {
			t.Errorf("%s: the answer differs\ngot:\n%s\nwant:\n%s", name, got, answer.Data)
		}
		if !strings.Contains(got, "\nhint: ") {
			t.Errorf("%s: nothing says what to do:\n%s", name, got)
		}
	}
	if *update {
		if err := os.WriteFile(table, txtar.Format(archive), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}
