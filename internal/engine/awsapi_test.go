package engine

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"ambi/internal/awsapi"
	"ambi/internal/lifecycle"
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
	build := lifecycle.NewProgram(t, dir)
	regions := map[string]string{}
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
		name := strings.ReplaceAll(filepath.Base(filepath.Dir(file)), "-", "")
		build.Add(name, onTarget[spec.Lambda], onTarget[spec.Kubernetes])
		for _, zip := range zipFile.FindAllStringSubmatch(string(text), -1) {
			build.Zips(zip[1])
		}
		regions[name] = "us-east-1"
		if registry := imageRegion.FindStringSubmatch(string(text)); registry != nil {
			regions[name] = registry[1]
		}
	}
	build.Write()
	for _, v := range build.Variants {
		t.Run(v.Name+" on "+string(v.Target), func(t *testing.T) {
			s := startStack(t, dir, v.Target)
			s.set(v.Name)
			if d, reads := build.Data[v.Name]; reads && v.Target != lifecycle.DataTarget {
				s.withData(d)
			} else if v.Target != lifecycle.DataTarget {
				s.pulumi("config", "set", "active", "true") // nothing else says which target runs schedules
			}
			s.pulumi("config", "set", "aws:region", regions[v.Name])
			s.up()
			if checkAWS(t, models, s.state()) == 0 && v.Target != spec.Kubernetes {
				t.Error("the stack has nothing in AWS: this test proves nothing")
			}
		})
	}
}

var (
	zipFile     = regexp.MustCompile(`app/build/(\w+)\.zip`)
	imageRegion = regexp.MustCompile(`\.dkr\.ecr\.([a-z0-9-]+)\.`) // Lambda takes images of its own region only
)

// checkAWS holds every resource of a stack in AWS to the models, and counts them.
func checkAWS(t *testing.T, models *awsapi.Models, state string) (resources int) {
	t.Helper()
	var kept struct {
		Checkpoint struct {
			Latest struct {
				Resources []struct {
					URN, Type string
					Custom    bool
					Inputs    map[string]any
				}
			}
		}
	}
	if err := json.Unmarshal([]byte(state), &kept); err != nil {
		t.Fatal(err)
	}
	count := map[string]int{}
	for _, r := range kept.Checkpoint.Latest.Resources {
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
		resources++
	}
	t.Log(count)
	return resources
}
