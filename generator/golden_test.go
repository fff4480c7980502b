package generator_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"ambi/generator"
	"ambi/templates"
)

var update = flag.Bool("update", false, "write the golden files anew")

// The golden projects are the folders of testdata with an app.yaml. A text is kept
// once: what all projects have in common stands in testdata/shared, a project's own
// folder holds what differs, and a file that a template is copied to, byte by byte,
// has its golden in the template.
const (
	goldenModule = "example.com/golden"
	// goldenModules is where a golden project is that is compiled as a part of ambi's module.
	goldenModules = "ambi/generator/testdata/"
	sharedFolder  = "shared"
	// handWritten is the one kind of file in a golden project that nothing
	// generates: it tries the project's own tests on mutants.
	handWritten = "mutation_test.go"
)

// TestGolden holds what each golden spec generates.
func TestGolden(t *testing.T) {
	want := map[string][]byte{} // by the path below testdata
	for _, name := range cases(t) {
		for path, content := range project(t, name, goldenModule) {
			want[name+"/"+path] = content
		}
	}
	shareEqual(want, cases(t))
	for path, content := range want {
		golden := filepath.Join("testdata", filepath.FromSlash(path))
		if *update {
			if err := os.MkdirAll(filepath.Dir(golden), 0o755); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(golden, content, 0o644); err != nil {
				t.Fatal(err)
			}
		}
		have, err := os.ReadFile(golden)
		if err != nil {
			t.Errorf("%v\nrun: go test ./generator -update", err)
		} else if !bytes.Equal(have, content) {
			t.Errorf("%s is stale; run: go test ./generator -update, and read the difference", golden)
		}
	}
	err := filepath.WalkDir("testdata", func(file string, entry fs.DirEntry, err error) error {
		path, _ := strings.CutPrefix(filepath.ToSlash(file), "testdata/")
		if err != nil || entry.IsDir() || want[path] != nil || entry.Name() == "app.yaml" || entry.Name() == handWritten || strings.HasPrefix(path, "fuzz/") {
			return err
		}
		if *update {
			return os.Remove(file)
		}
		t.Errorf("%s: nothing generates it any more", file)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// shareEqual leaves one copy of each file that is the same in most projects that have it,
// beside those that differ, and none of those that a template holds already.
func shareEqual(files map[string][]byte, projects []string) {
	owners := map[string][]string{} // path in the project -> projects
	for _, project := range projects {
		for path := range files {
			if below, ok := strings.CutPrefix(path, project+"/"); ok {
				owners[below] = append(owners[below], project)
			}
		}
	}
	for path, projects := range owners {
		having := map[string][]string{} // projects by the file's content
		most := string(files[projects[0]+"/"+path])
		for _, other := range projects {
			content := string(files[other+"/"+path])
			having[content] = append(having[content], other)
			if len(having[content]) > len(having[most]) {
				most = content
			}
		}
		copied := isTemplate(path, []byte(most))
		if len(having[most])*2 <= len(projects) || !copied && len(projects) == 1 {
			continue
		}
		for _, other := range having[most] {
			delete(files, other+"/"+path)
		}
		if !copied {
			files[sharedFolder+"/"+path] = []byte(most)
		}
	}
}

// isTemplate reports whether a template holds the very text of a file.
func isTemplate(path string, content []byte) bool {
	below, _ := strings.CutPrefix(path, "stacks/")
	for _, name := range []string{below + ".txt", "shared/" + below + ".txt"} {
		if text, err := templates.FS.ReadFile(name); err == nil {
			return bytes.Equal(text, content)
		}
	}
	return false
}

// project generates all files of a golden project, by path.
func project(t *testing.T, name, module string) map[string][]byte {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("testdata", name, "app.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	in, _ := resolve(t, "app.yaml", text, module)
	files, err := generator.Generate(in)
	if err != nil {
		t.Fatal(err)
	}
	project, err := generator.Project(in, "app/app.yaml")
	if err != nil {
		t.Fatal(err)
	}
	beside, err := generator.ProgramsBeside(in)
	if err != nil {
		t.Fatal(err)
	}
	for _, program := range beside {
		project = append(project, program.Files...)
	}
	all := map[string][]byte{}
	for _, f := range slices.Concat(files, project) {
		all[f.Path] = f.Content
	}
	return all
}

// overlay is the flag that shows the go command every golden project whole, as a
// package of this module: most of its files are not on disk.
func overlay(t *testing.T) string {
	t.Helper()
	files := map[string][]byte{}
	for _, name := range cases(t) {
		for path, content := range project(t, name, goldenModules+name) {
			if strings.HasSuffix(path, ".go") {
				files[name+"/"+path] = content
			}
		}
	}
	return overlayOf(t, files)
}

// overlayOf is the flag that shows the go command files below testdata that are not on disk,
// and hides those that are nil.
func overlayOf(t *testing.T, files map[string][]byte) string {
	t.Helper()
	here, err := filepath.Abs("testdata")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	replace := map[string]string{}
	for path, content := range files {
		if content == nil {
			replace[filepath.Join(here, filepath.FromSlash(path))] = ""
			continue
		}
		file := filepath.Join(dir, filepath.FromSlash(path))
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, content, 0o644); err != nil {
			t.Fatal(err)
		}
		replace[filepath.Join(here, filepath.FromSlash(path))] = file
	}
	text, err := json.Marshal(map[string]any{"Replace": replace})
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(dir, "overlay.json")
	if err := os.WriteFile(file, text, 0o644); err != nil {
		t.Fatal(err)
	}
	return "-overlay=" + file
}
