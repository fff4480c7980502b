//go:build cluster

package cluster_test

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"
)

// waiver says why a check of kube-score's is not followed.
type waiver struct {
	Check  string `yaml:"check"`  // kube-score's name for it
	Object string `yaml:"object"` // whose it is alone; empty for any
	Reason string `yaml:"reason"` // why the objects are as they are
}

// critical is the grade below which kube-score calls an object critical: it gives 10
// for good, 7 for nearly, 5 for a warning and 1 for critical.
const critical = 5

// score has kube-score judge what was rendered.
func score(t *testing.T, ctx context.Context, p *project) {
	all := waivers(t)
	waived := func(check, object string) bool {
		return slices.ContainsFunc(all, func(w waiver) bool {
			return w.Check == check && (w.Object == "" || strings.HasSuffix(object, "/"+w.Object))
		})
	}
	cmd := exec.CommandContext(ctx, filepath.Join(tools(t), "kube-score"), "score", "--kubernetes-version", "v1.36", "--output-format", "json", "-")
	cmd.Stdin = bytes.NewReader(p.yaml)
	out, err := cmd.Output() // it exits with 1 when anything is critical
	var objects []struct {
		Name   string `json:"object_name"`
		Checks []struct {
			Check    struct{ ID, Name string }
			Grade    int
			Skipped  bool
			Comments []struct{ Summary string }
		}
	}
	if jsonErr := json.Unmarshal(out, &objects); jsonErr != nil || len(objects) == 0 {
		t.Fatalf("kube-score said nothing of use: %v, %v\n%s", err, jsonErr, out)
	}
	checked := 0
	for _, o := range objects {
		for _, c := range o.Checks {
			if c.Skipped {
				continue
			}
			checked++
			if c.Grade >= critical {
				continue
			}
			p.critical = append(p.critical, c.Check.ID)
			if !waived(c.Check.ID, o.Name) {
				var comments []string
				for _, comment := range c.Comments {
					comments = append(comments, comment.Summary)
				}
				t.Errorf("%s: %s is critical: %s", o.Name, c.Check.ID, strings.Join(comments, "; "))
			}
		}
	}
	t.Logf("%d checks on %d objects", checked, len(objects))
}

// scoredAll fails for a waiver that nothing needs any more.
func scoredAll(t *testing.T, projects []*project) {
	t.Helper()
	needed := map[string]bool{}
	for _, p := range projects {
		for _, id := range p.critical {
			needed[id] = true
		}
	}
	for _, w := range waivers(t) {
		if !needed[w.Check] {
			t.Errorf("no object needs the waiver of %s any more: remove it", w.Check)
		}
	}
}

func waivers(t *testing.T) []waiver {
	t.Helper()
	text, err := os.ReadFile("testdata/kube-score.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var found []waiver
	decoder := yaml.NewDecoder(bytes.NewReader(text))
	decoder.KnownFields(true)
	if err := decoder.Decode(&found); err != nil {
		t.Fatal(err)
	}
	for _, w := range found {
		if w.Reason == "" {
			t.Errorf("the waiver of %s has no reason", w.Check)
		}
	}
	return found
}
