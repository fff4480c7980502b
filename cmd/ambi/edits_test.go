package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"go/ast"
	"go/format"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"ambi/generator/tree"
	"ambi/internal/gitmerge"
	"ambi/internal/project"
	"ambi/internal/released"
)

// specChanges are made one after the other to the example's spec, each with
// emitted files that it must reach and what they must then hold.
var specChanges = []struct {
	name, old, new string
	reaches        map[string]string
}{
	{
		"more memory", "memory: 512Mi\n    timeout: 10s", "memory: 1Gi\n    timeout: 10s",
		map[string]string{
			"stacks/lambda/api_service.go":     `memoryMB: +1024,`,
			"stacks/kubernetes/api_service.go": `memoryMiB: +1024,`,
		},
	},
	{
		"a new route", "        - POST /thumbnails\n", "        - POST /thumbnails\n        - DELETE /thumbnails/{id}\n",
		map[string]string{
			"stacks/lambda/api_service.go": `"DELETE /thumbnails/\{id\}",`,
		},
	},
	{
		"a new service", "services:\n", `services:
  worker:
    image: ghcr.io/example/worker:1
    http: {routes: [GET /jobs]}
    lambda: {image: "123456789012.dkr.ecr.us-east-1.amazonaws.com/worker:1"}
`,
		map[string]string{
			"stacks/lambda/stack.go":          `deployWorkerService,`,
			"stacks/lambda/stack_test.go":     `workerWanted,`,
			"stacks/kubernetes/stack.go":      `deployWorkerService,`,
			"stacks/kubernetes/stack_test.go": `workerWanted,`,
		},
	},
}

// teamEdits are what a team changes where, beside what editFile does to every
// file: facts of its own, and a resource.
var teamEdits = map[string][][2]string{
	"stacks/lambda/api_service.go": {
		{`(logRetentionDays:) 30`, `$1 90`},
		{`(\tfunction := functionOf\(.*\n)`, "$1\tfunction.ReservedConcurrentExecutions = pulumi.Int(20)\n"},
	},
	"stacks/lambda/function.go": {
		// Long names: they move the values of all fields around them.
		{`(\tservice .*\n)`, "$1\townerOfThisService string\n"},
		{`(\t\tTimeout: .*\n)`, "$1\t\tReservedConcurrentExecutions: pulumi.Int(10),\n"},
	},
	"stacks/lambda/stack.go": {
		{`(throttleRate +=) 1000`, `$1 2000`},
		{`(\tif s.gateway, err = newGateway\(.*\n(?:.*\n){2})`, "$1\tif _, err := newSecret(ctx, \"ours\", \"the team's own\"); err != nil {\n\t\treturn err\n\t}\n"},
	},
	"stacks/kubernetes/api_service.go": {{`(max:) 50`, `$1 80`}},
	"stacks/kubernetes/workload.go":    {{`(drainSeconds =) 10`, `$1 15`}},
}

// editFile makes the team's edits of a file: those of every file, and teamEdits.
func editFile(t *testing.T, name string, text []byte) []byte {
	t.Helper()
	for _, e := range teamEdits[name] {
		old := regexp.MustCompile(e[0])
		if n := len(old.FindAll(text, -1)); n != 1 {
			t.Fatalf("%s has %s %d times: edit something else here", name, old, n)
		}
		text = old.ReplaceAll(text, []byte(e[1]))
	}
	return editAnyFile(t, name, text)
}

// editAnyFile makes edits of a file whatever is in it: a comment in the last function,
// and a function at the end.
func editAnyFile(t *testing.T, name string, text []byte) []byte {
	t.Helper()
	files := token.NewFileSet()
	file, err := parser.ParseFile(files, name, text, parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range slices.Backward(file.Decls) {
		f, ok := d.(*ast.FuncDecl)
		if !ok || files.Position(f.Body.Lbrace).Line == files.Position(f.Body.Rbrace).Line {
			continue
		}
		at := files.Position(f.Body.Lbrace).Offset + 1
		text = slices.Concat(text[:at], []byte("\n\t// The team has read this.\n"), text[at:])
		break
	}
	own := regexp.MustCompile(`\W`).ReplaceAllString(name, "_")
	text = fmt.Appendf(text, "\n// %s is the team's own.\nfunc %s() string { return %q }\n", own, own, name)
	if text, err = format.Source(text); err != nil {
		t.Fatal(err)
	}
	return text
}

// newExample lays a spec in a new folder, in a module with this repository's
// requirements, and generates.
func newExample(t *testing.T, spec string) string {
	t.Helper()
	dir := t.TempDir()
	for _, name := range []string{"go.mod", "go.sum"} {
		text, err := os.ReadFile(filepath.Join("../..", name))
		if err != nil {
			t.Fatal(err)
		}
		writeFile(t, filepath.Join(dir, name), text)
	}
	writeFile(t, filepath.Join(dir, project.SpecFile), []byte(spec))
	generate(t, dir)
	return dir
}

func writeFile(t *testing.T, name string, text []byte) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, text, 0o644); err != nil {
		t.Fatal(err)
	}
}

// generate runs ambi generate with more arguments, and returns what it says of each file.
func generate(t *testing.T, dir string, args ...string) map[string]tree.Kind {
	t.Helper()
	var stdout, stderr bytes.Buffer
	if code := run(append([]string{"-C", dir, "generate", "--json"}, args...), nil, &stdout, &stderr); code != exitDone {
		t.Fatalf("generate %q: exit code %d: %s", args, code, stderr.String())
	}
	var list ChangesDocument
	if err := json.Unmarshal(stdout.Bytes(), &list); err != nil {
		t.Fatal(err)
	}
	kinds := make(map[string]tree.Kind)
	for _, c := range list.Changes {
		kinds[c.Path] = c.Kind
	}
	return kinds
}

// goFiles returns the Go files in a project's folder by their names in the project.
func goFiles(t *testing.T, dir, folder string) map[string][]byte {
	t.Helper()
	texts := make(map[string][]byte)
	err := filepath.WalkDir(filepath.Join(dir, folder), func(name string, e fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case e.IsDir() && e.Name() == ".ambi" && folder == "stacks":
			return fs.SkipDir
		case e.IsDir():
			return nil
		}
		rel, err := filepath.Rel(dir, name)
		if err != nil || filepath.Ext(name) != ".go" {
			return err
		}
		texts[filepath.ToSlash(rel)], err = os.ReadFile(name)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return texts
}

// TestEditsSurvive edits every emitted file of the example and then changes its
// spec, three times. Each time the merged files must be, byte for byte, what the
// same edits make of a project that had the new spec from the start.
func TestEditsSurvive(t *testing.T) {
	if _, _, err := gitmerge.New(t.Context())(nil, nil, nil); err != nil {
		t.Skip(err)
	}
	example, err := os.ReadFile("../../" + project.SpecFile)
	if err != nil {
		t.Fatal(err)
	}
	spec := string(example)
	dir := newExample(t, spec)
	edited := slices.Sorted(maps.Keys(goFiles(t, dir, "stacks")))
	edit := func(dir string) {
		for _, name := range edited {
			file := filepath.Join(dir, name)
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			writeFile(t, file, editFile(t, name, text))
		}
	}
	edit(dir)
	for name := range teamEdits {
		if !slices.Contains(edited, name) {
			t.Errorf("%s is not emitted: edit something else", name)
		}
	}
	for name, kind := range generate(t, dir) {
		if kind != tree.Edited {
			t.Errorf("once edited, %s is %s", name, kind)
		}
	}
	for _, change := range specChanges {
		if strings.Count(spec, change.old) != 1 {
			t.Fatalf("%s: app.yaml does not have %q once", change.name, change.old)
		}
		spec = strings.Replace(spec, change.old, change.new, 1)
		writeFile(t, filepath.Join(dir, project.SpecFile), []byte(spec))
		kinds := generate(t, dir)

		fresh := newExample(t, spec)
		bases := goFiles(t, fresh, "stacks")
		edit(fresh)
		got, want := goFiles(t, dir, "stacks"), goFiles(t, fresh, "stacks")
		for name := range want {
			if !bytes.Equal(got[name], want[name]) {
				t.Errorf("%s: %s is not the new text with the edits:\n%s", change.name, name, got[name])
			}
			if base := strings.Replace(name, "stacks", "stacks/.ambi/base", 1); !bytes.Equal(goFiles(t, dir, base)[base], bases[name]) {
				t.Errorf("%s: the base text of %s is not the new text", change.name, name)
			}
		}
		for name := range got {
			if want[name] == nil {
				t.Errorf("%s: %s is left", change.name, name)
			}
		}
		for name, wanted := range change.reaches {
			if kinds[name] != tree.Merge || !regexp.MustCompile(wanted).Match(got[name]) {
				t.Errorf("%s: %s is %s, and must be a merge that has %s", change.name, name, kinds[name], wanted)
			}
		}
		for name, kind := range generate(t, dir, "--check") {
			if kind.Stale() {
				t.Errorf("%s: %s is %s", change.name, name, kind)
			}
		}
	}
	if testing.Short() {
		return
	}
	vet := exec.Command("go", "vet", "./stacks/...")
	vet.Dir = dir
	vet.Env = append(os.Environ(), "GOPROXY=off", "GOFLAGS=-mod=mod")
	if out, err := vet.CombinedOutput(); err != nil {
		t.Errorf("the merged program: %v\n%s", err, out)
	}
}

// TestUpgradeKeepsEdits takes projects that 0.1.0 wrote, and a team edited in every file, to
// what is emitted today: each edit is in the files afterwards, merged or marked, and the
// conflicts say where the code went.
func TestUpgradeKeepsEdits(t *testing.T) {
	if _, _, err := gitmerge.New(t.Context())(nil, nil, nil); err != nil {
		t.Skip(err)
	}
	projects, err := released.Projects("0.1.0")
	if err != nil {
		t.Fatal(err)
	}
	for name, old := range projects {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			writeFile(t, filepath.Join(dir, "go.mod"), []byte("module "+released.Module+"\n"))
			writeFile(t, filepath.Join(dir, project.SpecFile), old.Spec())
			edited, added := map[string][]byte{}, map[string][]string{}
			for _, f := range old.Emitted(released.Module) {
				text := f.Content
				for _, e := range earlierEdits {
					text = regexp.MustCompile(e[0]).ReplaceAll(text, []byte(e[1]))
				}
				edited[f.Path] = editAnyFile(t, f.Path, text)
				added[f.Path] = newLines(f.Content, edited[f.Path])
				if len(added[f.Path]) < 2 {
					t.Fatalf("%s: only %d lines are the team's", f.Path, len(added[f.Path]))
				}
				writeFile(t, filepath.Join(dir, f.Path), edited[f.Path])
				writeFile(t, filepath.Join(dir, strings.Replace(f.Path, "stacks/", "stacks/.ambi/base/", 1)), f.Content)
			}

			// What conflicts is said, with where the code went, and nothing is written.
			var stdout, stderr bytes.Buffer
			if code := run([]string{"-C", dir, "generate"}, nil, &stdout, &stderr); code != exitNo {
				t.Fatalf("generate: exit code %d, want %d: %s", code, exitNo, stderr.String())
			}
			for on, file := range map[string]string{"lambda": "function.go", "kubernetes": "workload.go"} {
				new := "stacks/" + on + "/" + file
				if old["stacks/"+on+"/stack.go"] != nil && !strings.Contains(stderr.String(), "hint: "+new+" is new and has ") {
					t.Errorf("no hint leads to %s:\n%s", new, stderr.String())
				}
			}
			for file, text := range goFiles(t, dir, "stacks") {
				if !bytes.Equal(text, edited[file]) {
					t.Errorf("%s was written in spite of conflicts", file)
				}
			}

			// With both sides marked, everything is written, and no line of the team's is lost.
			stderr.Reset()
			if code := run([]string{"-C", dir, "generate", "--conflicts"}, nil, &stdout, &stderr); code != exitNo {
				t.Fatalf("generate --conflicts: exit code %d, want %d: %s", code, exitNo, stderr.String())
			}
			after := goFiles(t, dir, "stacks")
			marked := 0
			for file, lines := range added {
				words := onlyWords(string(after[file]))
				for _, line := range lines {
					if !strings.Contains(words, line) {
						t.Errorf("%s: the team's line is lost: %s", file, line)
					}
				}
				if bytes.Contains(after[file], []byte("\n<<<<<<< ")) {
					marked++
					if !strings.Contains(stderr.String(), "ambi: "+file+":") && !strings.Contains(stderr.String(), "\n"+file+":") {
						t.Errorf("%s has marks, and nothing says so", file)
					}
				}
			}
			if marked == 0 || marked == len(added) {
				t.Errorf("%d of %d files have marks: this test proves little", marked, len(added))
			}
			t.Logf("%d edited files: %d merged, %d marked", len(added), len(added)-marked, marked)
		})
	}
}

// earlierEdits are what a team turned in what 0.1.0 wrote, wherever it is.
var earlierEdits = [][2]string{
	{`(RunAsUser: +pulumi\.Int\()65532`, "${1}1000"},
	{`(livenessProbe: +probe\(\w+, )10, 3`, "${1}20, 6"},
	{`(MaxReplicas += )\d+`, "${1}77"},
	{`(LogRetentionDays += )\d+`, "${1}545"},
	{`(slowPeriods += )3`, "${1}5"},
	{`(drainSeconds = )10`, "${1}15"},
	{`(throttleRate += )1000`, "${1}2000"},
	{`(\tname: +\w+Name,)`, "$1 // checked by the team"},
	{`(\t\tTimeout: .*\n)`, "$1\t\tEphemeralStorage: nil,\n"},
}

// newLines lists the lines that a text has and an older one has not.
func newLines(old, text []byte) []string {
	had := map[string]bool{}
	for line := range strings.Lines(string(old)) {
		had[onlyWords(line)] = true
	}
	var list []string
	for line := range strings.Lines(string(text)) {
		if line = onlyWords(line); !had[line] {
			list = append(list, line)
		}
	}
	return list
}

// onlyWords is a text without what gofmt may change.
func onlyWords(text string) string { return strings.Join(strings.Fields(text), " ") }
