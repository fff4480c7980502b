package engine

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"ambi/internal/lifecycle"
)

// adoptsData lets a data stack that knows nothing take in what exists, by the commands of docs/switching.md: Pulumi
// lists what the program declares, the IDs are filled in, and after the import no update has
// anything to do.
func adoptsData(t *testing.T, build *lifecycle.Program, dir, variant string) {
	t.Helper()
	s := startStack(t, dir, lifecycle.DataTarget)
	s.choose(build, lifecycle.DataTarget, variant)
	s.up()
	existing, ids := s.stand.Existing(), map[[2]string]string{}
	for _, r := range s.inAWS() {
		ids[[2]string{r.Type, r.URN[strings.LastIndex(r.URN, "::")+2:]}] = r.ID
	}
	if err := s.run.imports(t.Context(), filepath.Dir(s.config), s.env, nil); err != nil { // a stack without resources
		t.Fatal(err)
	}

	list := filepath.Join(t.TempDir(), "import.json")
	s.pulumi("preview", "--import-file", list)
	text, err := os.ReadFile(list)
	if err != nil {
		t.Fatal(err)
	}
	var file map[string]any
	if err := json.Unmarshal(text, &file); err != nil {
		t.Fatal(err)
	}
	listed := 0
	for _, entry := range file["resources"].([]any) {
		r := entry.(map[string]any)
		name, ok := r["logicalName"].(string)
		if !ok {
			name = r["name"].(string)
		}
		typ := r["type"].(string)
		if r["id"] = ids[[2]string{typ, name}]; r["id"] == "" {
			t.Errorf("nothing is known of %s %s", typ, name)
		}
		listed++
	}
	if listed != len(existing) || listed == 0 {
		t.Errorf("Pulumi lists %d resources to adopt, and %d exist", listed, len(existing))
	}
	if text, err = json.Marshal(file); err == nil {
		err = os.WriteFile(list, text, 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
	s.pulumi("import", "--file", list, "--generate-code=false", "--yes")
	for urn, op := range s.up() {
		t.Errorf("after the import, an update does %s %s", op, urn)
	}
	if now := s.stand.Existing(); len(now) != len(existing) {
		t.Errorf("%d resources exist, and %d did before they were adopted", len(now), len(existing))
	}
}
