package engine

import (
	"encoding/json"
	"errors"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"ambi/internal/awsapi"
	"ambi/internal/lifecycle"
	"ambi/spec"
)

// TestAWSModels deploys the programs of every golden spec, and of the example, against
// the stand-ins, and holds each resource to AWS's own models of its APIs. Then it creates
// them in moto, where it is installed, as their provider would.
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
	stacks := map[lifecycle.Variant][]awsapi.Resource{}
	// The data comes first: the programs of the app read what it exports.
	isApp := func(v lifecycle.Variant) bool { return v.Target != lifecycle.DataTarget }
	data := slices.DeleteFunc(slices.Clone(build.Variants), isApp)
	apps := slices.DeleteFunc(build.Variants, func(v lifecycle.Variant) bool { return !isApp(v) })
	for _, v := range slices.Concat(data, apps) {
		t.Run(v.Name+" on "+string(v.Target), func(t *testing.T) {
			s := startStack(t, dir, v.Target)
			s.choose(build, v.Target, v.Name)
			if d, reads := build.Data[v.Name]; reads && v.Target != lifecycle.DataTarget {
				s.withData(d)
			} else if v.Target != lifecycle.DataTarget {
				s.configure("life:active", "true") // nothing else says which target runs schedules
			}
			s.configure("aws:region", regions[v.Name])
			s.up()
			resources, err := awsapi.Resources([]byte(s.state()))
			if err != nil {
				t.Fatal(err)
			}
			if len(resources) == 0 && v.Target != spec.Kubernetes {
				t.Error("the stack has nothing in AWS: this test proves nothing")
			}
			checkAWS(t, models, resources)
			stacks[v] = resources
			if !isApp(v) {
				build.Data[v.Name] = lifecycle.DataStack{App: build.Data[v.Name].App, Outputs: exports(t, s.state())}
			}
		})
	}
	t.Run("moto", func(t *testing.T) { deployToMoto(t, models, stacks, build.Data, regions) })
}

var (
	zipFile     = regexp.MustCompile(`app/build/(\w+)\.zip`)
	existingARN = regexp.MustCompile(`^arn:aws:(sqs|s3):`)
	imageRegion = regexp.MustCompile(`\.dkr\.ecr\.([a-z0-9-]+)\.`) // Lambda takes images of its own region only
)

// checkAWS holds every resource in AWS to the models, and counts them.
func checkAWS(t *testing.T, models *awsapi.Models, resources []awsapi.Resource) {
	t.Helper()
	count := map[string]int{}
	for _, r := range resources {
		problems, err := models.Check(r.Type, r.Inputs)
		if err != nil {
			t.Errorf("%v\n%s", err, r.URN)
		}
		for _, problem := range problems {
			t.Errorf("AWS refuses %s:\n%s", r.URN, problem)
		}
		count[r.Type]++
	}
	t.Log(count)
}

// deployToMoto creates the resources of the data and Lambda stacks in moto, each app in
// an account of its own, its data first.
func deployToMoto(t *testing.T, models *awsapi.Models, stacks map[lifecycle.Variant][]awsapi.Resource, data map[string]lifecycle.DataStack, regions map[string]string) {
	moto, err := awsapi.StartMoto(t.Context())
	if errors.Is(err, awsapi.ErrNoMoto) {
		t.Skipf("the stacks are not created in moto: %v", err)
	}
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := moto.Close(); err != nil {
			t.Error(err)
		}
	}()
	var calls, readBack, leftOut, resources, apps int
	for _, name := range slices.Sorted(maps.Keys(regions)) {
		account, err := awsapi.NewAccount(models, moto, regions[name])
		if err != nil {
			t.Fatal(err)
		}
		for _, target := range []spec.Target{lifecycle.DataTarget, spec.Lambda} {
			stack := stacks[lifecycle.Variant{Name: name, Target: target}]
			if err := account.Deploy(stack); err != nil {
				t.Fatalf("%s on %s: %v", name, target, err)
			}
			resources += len(stack)
			for _, value := range data[name].Outputs {
				if arn, ok := value.(string); ok && existingARN.MatchString(arn) {
					if err := account.Provide(arn); err != nil {
						t.Fatal(err)
					}
				}
			}
		}
		for _, problem := range account.Problems {
			t.Errorf("%s: %s", name, problem)
		}
		if account.Taken > 0 {
			apps++
		}
		calls, readBack, leftOut = calls+account.Taken, readBack+account.ReadBack, leftOut+account.LeftOut
	}
	t.Logf("%d calls of %d resources of %d apps taken, %d of them read back, %d calls left out", calls, resources, apps, readBack, leftOut)
}

// exports are what a stack exports, by its state.
func exports(t *testing.T, state string) map[string]any {
	t.Helper()
	var kept struct {
		Checkpoint struct {
			Latest struct{ Resources []awsapi.Resource }
		}
	}
	if err := json.Unmarshal([]byte(state), &kept); err != nil {
		t.Fatal(err)
	}
	for _, r := range kept.Checkpoint.Latest.Resources {
		if r.Type == "pulumi:pulumi:Stack" {
			return r.Outputs
		}
	}
	t.Fatal("the state has no stack")
	return nil
}
