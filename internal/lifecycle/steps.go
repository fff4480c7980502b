package lifecycle

import (
	"encoding/json"
	"os"
	"strings"
	"testing"
)

// Steps reads from the engine's event log what it did, or began to do, by URN: create,
// update, replace or delete. What it left alone or only read is not in it. A replacement
// whose old resource goes before the new one is there fails the test.
func Steps(t *testing.T, log string) map[string]string {
	t.Helper()
	text, err := os.ReadFile(log)
	if err != nil {
		t.Fatal(err)
	}
	steps := map[string]string{}
	gone := map[string]bool{}
	for line := range strings.Lines(string(text)) {
		var event struct {
			ResourcePre *struct {
				Metadata struct{ Op, URN, Type string }
			} `json:"resourcePreEvent"`
		}
		if err := json.Unmarshal([]byte(line), &event); err != nil {
			t.Fatal(err)
		}
		if event.ResourcePre == nil || strings.HasPrefix(event.ResourcePre.Metadata.Type, "pulumi:") {
			continue
		}
		urn, op := event.ResourcePre.Metadata.URN, event.ResourcePre.Metadata.Op
		switch op {
		case "same", "read", "read-replacement", "discard", "discard-replaced":
		case "create-replacement", "delete-replaced", "replace":
			steps[urn] = "replace"
			// Claims go by the name of their StatefulSet, so that a new one must have the old one's:
			// docs/changes.md says that its pods stop.
			if gone[urn] && op == "create-replacement" && !strings.Contains(urn, "apps/v1:StatefulSet::") {
				t.Errorf("%s is deleted before the new one is there: requests fail in between", urn)
			}
			gone[urn] = gone[urn] || op == "delete-replaced"
		default:
			steps[urn] = op
		}
	}
	return steps
}
