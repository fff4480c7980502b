package engine

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"ambi/generator"
	"ambi/internal/lifecycle"
	"ambi/internal/released"
	"ambi/spec"
	"ambi/target"
)

// TestUpgrade deploys what 0.1.0 emitted for each golden project, and previews what is
// emitted for it today: nothing is replaced or deleted, every resource is known by the
// name that it had, and what is new comes beside it.
func TestUpgrade(t *testing.T) {
	needsEngine(t)
	if raceDetector {
		t.Skip("long, and the detector does not see what happens in the engine's process")
	}
	projects, err := released.Projects("0.1.0")
	if err != nil {
		t.Fatal(err)
	}
	dir := resolved(t.TempDir())
	build := lifecycle.NewProgram(t, dir)
	apps := map[string]*spec.App{}
	for _, name := range slices.Sorted(maps.Keys(projects)) {
		app, err := spec.Parse(name, projects[name].Spec())
		if err != nil {
			t.Fatal(err)
		}
		apps[name] = app
		old, today := "old"+strings.ReplaceAll(name, "-", ""), "new"+strings.ReplaceAll(name, "-", "")
		build.AddFiles(old, projects[name].Emitted("example.com/life/"+old), app.Targets...)
		files, err := generator.Generate(generator.InputOf(target.Resolve(app), "example.com/life/"+today, app.Targets...))
		if err != nil {
			t.Fatal(err)
		}
		build.AddFiles(today, files, app.Targets...)
	}
	build.Zips("adapted", "audit", "native", "plain")
	build.Write()
	for _, name := range slices.Sorted(maps.Keys(apps)) {
		for _, on := range apps[name].Targets {
			t.Run(name+" on "+string(on), func(t *testing.T) {
				variant := strings.ReplaceAll(name, "-", "")
				s := startStack(t, dir, on)
				if name == "several" { // its images are there
					s.configure("aws:region", "eu-west-1")
				}
				s.set("old" + variant)
				s.up()
				deployed := s.stand.Existing()
				s.set("new" + variant)
				steps := s.steps("preview")
				updated := 0
				for urn, op := range steps {
					switch op {
					case "update":
						updated++
					case "create":
					default:
						t.Errorf("the new program would %s %s", op, urn)
					}
				}
				if len(deployed) == 0 {
					t.Error("nothing was deployed: this test proves nothing")
				}
				t.Logf("%d resources: %d the same, %d updated: %v", len(deployed), len(deployed)-updated, updated, steps)
			})
		}
	}
}
