package tree

import (
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"runtime"
	"strings"
	"testing"
)

// The project file stays as it is where an editor or something in its place says
// so, the change tells why, and everything else is written.
func TestProjectStays(t *testing.T) {
	appends := scenario{settings: "new\n"}.editor()
	for name, c := range map[string]struct {
		lay  project
		edit Editor
		why  string // empty for no change at all
	}{
		"missing":               {project{}, appends, ""},
		"a link":                {project{"Pulumi.yaml": linkTo + "../secret"}, appends, "it is a symbolic link to ../secret"},
		"a link to nowhere":     {project{"Pulumi.yaml": linkTo + "nowhere"}, appends, "it is a symbolic link to nowhere"},
		"a folder":              {project{"Pulumi.yaml/": ""}, appends, "it is a folder where ambi needs a file"},
		"the editor refuses it": {project{"Pulumi.yaml": "odd\n"}, func(_, _ []byte) ([]byte, []byte, error) { return nil, nil, errors.New("odd") }, "odd"},
	} {
		t.Run(name, func(t *testing.T) {
			all := t.TempDir()
			dir := filepath.Join(all, "project")
			project{"secret": "do not touch\n", "project/": ""}.lay(t, all)
			c.lay.lay(t, dir)
			set := project{"stacks/main.go": "new\n"}
			opts := Options{Project: c.edit}
			compared, err := Compare(open(t, dir), emitted(set), opts)
			if err != nil {
				t.Fatal(err)
			}
			changes, err := Write(open(t, dir), emitted(set), opts)
			if err != nil {
				t.Fatal(err)
			}
			if !reflect.DeepEqual(changes, compared) {
				t.Errorf("Compare said %v, and Write did %v", compared, changes)
			}
			same(t, "after the run", reading(t, dir), written(set).with(c.lay).folders())
			same(t, "beside the project", reading(t, all), written(set).with(c.lay).folders().under("project").with(project{"secret": "do not touch\n"}))
			if c.why == "" {
				if changes[0].Path == ProjectFile {
					t.Errorf("got %v", changes[0])
				}
				return
			}
			got := changes[0]
			if got.Path != ProjectFile || got.Kind != Unchanged || len(got.Problems) != 1 || got.Problems[0].Text != c.why {
				t.Errorf("got %v, want a change that says: %s", got, c.why)
			}
		})
	}
}

// under is the project as a folder of another one.
func (p project) under(folder string) project {
	all := project{folder + "/": ""}
	for name, text := range p {
		all[folder+"/"+name] = text
	}
	return all
}

// The project file keeps its mode, and no link that has the name of something
// temporary is followed.
func TestProjectFile(t *testing.T) {
	all := t.TempDir()
	dir := filepath.Join(all, "project")
	project{"Pulumi.yaml": "name: thumbs\n", ".ambi-Pulumi.yaml": linkTo + "../secret", "stacks/.ambi/.ambi-Pulumi.yaml": linkTo + "../../../secret"}.lay(t, dir)
	project{"secret": "do not touch\n"}.lay(t, all)
	name := filepath.Join(dir, "Pulumi.yaml")
	if err := os.Chmod(name, 0o660); err != nil {
		t.Fatal(err)
	}
	opts := Options{Project: scenario{settings: "new\n"}.editor()}
	if _, err := Write(open(t, dir), nil, opts); err != nil {
		t.Fatal(err)
	}
	got := reading(t, all)
	if got["project/Pulumi.yaml"] != "name: thumbs\nnew\n" || got["project/stacks/.ambi/Pulumi.yaml"] != "new\n" || got["secret"] != "do not touch\n" {
		t.Errorf("got %q", got)
	}
	if info, err := os.Stat(name); err != nil || info.Mode().Perm() != 0o660 && runtime.GOOS != "windows" {
		t.Errorf("its mode is %v (%v), want 0660", info.Mode(), err)
	}
}

// What a tool put into the staging folder goes with it, and nothing that a link
// in there leads to.
func TestForeignInStaging(t *testing.T) {
	for _, state := range []string{stagingDir, pendingDir} {
		dir := t.TempDir()
		lay := project{state + "/@eaDir/deep/x": "x", state + "/out": linkTo + "../../../mine", state + "/@eaDir/out": linkTo + "../../../../mine", "mine/x": "mine\n"}
		if state == pendingDir {
			lay[pendingDir+"/"+manifestName] = `{"version":1}`
		}
		lay.lay(t, dir)
		if _, err := Write(open(t, dir), emitted(newSet), Options{}); err != nil {
			t.Fatal(err)
		}
		same(t, state, reading(t, dir), written(newSet).with(project{"mine/x": "mine\n"}).folders())
	}
}

// A file that is far larger than any program is not read whole.
func TestHugeFile(t *testing.T) {
	for _, name := range []string{"stacks/main.go", "stacks/.ambi/base/main.go", "stacks/.ambi/pending/manifest.json"} {
		dir := t.TempDir()
		written(oldSet).with(project{name: ""}).lay(t, dir)
		if err := os.Truncate(filepath.Join(dir, name), 1<<30); err != nil { // with a hole
			t.Skip(err)
		}
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		_, err := Write(open(t, dir), emitted(newSet), Options{Force: true})
		runtime.ReadMemStats(&after)
		var blocked *BlockedError
		if !errors.As(err, &blocked) || !strings.HasPrefix(err.Error(), name+": has more than 16 MiB, and nothing that ambi writes has\nhint: move it away") {
			t.Errorf("%s: got %v", name, err)
		}
		if n := (after.TotalAlloc - before.TotalAlloc) >> 20; n > 200 {
			t.Errorf("%s: %d MiB were allocated", name, n)
		}
	}
}
