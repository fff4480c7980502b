package engine

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"ambi/internal/awsapi"
	"ambi/spec"
)

// TestAWSModels deploys the program of every golden spec, and of the example, against
// the stand-ins, and holds each resource to AWS's own models of its APIs.
func TestAWSModels(t *testing.T) {
	needsEngine(t)
	if raceDetector {
		t.Skip("long, and the detector does not see what happens in the engine's process")
	}
	models, err := awsapi.Open(t.Context(), "../../tools/aws-models")
	if err != nil {
		t.Fatal(err)
	}
	specs, err := filepath.Glob("../../generator/testdata/*/app.yaml")
	if err != nil || len(specs) == 0 {
		t.Fatal(specs, err)
	}
	dir := resolved(t.TempDir())
	build := newBuild(t, dir)
	for _, file := range append(specs, "../../app/app.yaml") {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		app, err := spec.Parse(file, text)
		if err != nil {
			t.Fatal(err)
		}
		onTarget := map[spec.Target][]byte{}
		for _, on := range app.Targets {
			onTarget[on] = text
		}
		build.add(variantName(file), onTarget[spec.Lambda], onTarget[spec.Kubernetes])
	}
	build.write()
	for _, v := range build.variants {
		t.Run(v.name+" on "+string(v.target), func(t *testing.T) {
			s := startStack(t, dir, v.target)
			s.set(v.name)
			s.up()
			checkAWS(t, models, s)
			s.pulumi("destroy", "--yes", "--skip-preview")
		})
	}
}

// variantName makes a name for a package of the folder's that a spec is in.
func variantName(file string) string {
	return strings.ReplaceAll(filepath.Base(filepath.Dir(file)), "-", "")
}

// checkAWS holds every resource of a stack in AWS to the models.
func checkAWS(t *testing.T, models *awsapi.Models, s *stack) {
	t.Helper()
	exported := filepath.Join(s.temporary, "export.json")
	s.pulumi("stack", "export", "--show-secrets", "--file", exported)
	text, err := os.ReadFile(exported)
	if err != nil {
		t.Fatal(err)
	}
	var state struct {
		Deployment struct {
			Resources []struct {
				URN, Type string
				Custom    bool
				Inputs    map[string]any
			}
		}
	}
	if err := json.Unmarshal(text, &state); err != nil {
		t.Fatal(err)
	}
	count := map[string]int{}
	for _, r := range state.Deployment.Resources {
		if !r.Custom || !strings.HasPrefix(r.Type, "aws:") {
			continue
		}
		problems, err := models.Check(r.Type, r.Inputs)
		if err != nil {
			t.Errorf("%v\n%s", err, r.URN)
		}
		for _, problem := range problems {
			t.Errorf("AWS refuses %s:\n%s", r.URN, problem)
		}
		count[r.Type]++
	}
	t.Log(fmt.Sprint(count))
}
