package importer_test

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"ambi/importer"
	"ambi/importer/source"
	"ambi/internal/problem"
	"ambi/spec"
)

var update = flag.Bool("update", false, "write the golden specs and reports anew")

// cases are the folders of testdata: testdata/FORMAT/CASE/in holds the files.
func cases(t testing.TB) []string {
	all, err := filepath.Glob("testdata/*/*/in")
	if err != nil || len(all) == 0 {
		t.Fatal("no cases", err)
	}
	return all
}

// beside are the options of a case: what its files refer to is in its folder too.
func beside(in string) importer.Options {
	return importer.Options{Folder: source.Folder{
		Name: filepath.Base(filepath.Dir(in)), Path: ".",
		Open: func(name string) ([]byte, error) { return os.ReadFile(filepath.Join(in, name)) },
	}}
}

// files reads a case's files, named from the case's folder, but for those that only others
// refer to.
func files(t testing.TB, in string) []source.File {
	all := everyFile(t, in)
	var names []string
	for _, f := range all {
		if strings.HasSuffix(f.Name, "ml") || strings.HasSuffix(f.Name, ".json") {
			names = append(names, f.Name)
		}
	}
	var claimed []source.File
	for _, name := range importer.Claim(names) {
		claimed = append(claimed, all[slices.IndexFunc(all, func(f source.File) bool { return f.Name == name })])
	}
	return claimed
}

func everyFile(t testing.TB, in string) []source.File {
	var all []source.File
	err := filepath.WalkDir(in, func(name string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := os.ReadFile(name)
		short, _ := filepath.Rel(in, name)
		all = append(all, source.File{Name: filepath.ToSlash(short), Text: text})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// TestGolden compares the spec and the report of each case with what is kept of them.
func TestGolden(t *testing.T) {
	for _, in := range cases(t) {
		dir := filepath.Dir(in)
		t.Run(filepath.ToSlash(strings.TrimPrefix(dir, "testdata/")), func(t *testing.T) {
			result, err := importer.Import(files(t, in), beside(in))
			if err != nil {
				t.Fatal(err)
			}
			again, err := importer.Import(files(t, in), beside(in))
			if err != nil || !bytes.Equal(again.Spec, result.Spec) {
				t.Error("a second import differs", err)
			}
			for name, got := range map[string][]byte{"app.yaml": result.Spec, "report.txt": report(result)} {
				file := filepath.Join(dir, name)
				if *update {
					if err := os.WriteFile(file, got, 0o644); err != nil {
						t.Fatal(err)
					}
					continue
				}
				want, err := os.ReadFile(file)
				if err != nil {
					t.Fatal(err)
				}
				if !bytes.Equal(got, want) {
					t.Errorf("%s is stale; run: go test ./importer -run TestGolden -update\n%s", file, got)
				}
			}
			for _, secret := range []string{"hunter2", "s3cr3t"} {
				if bytes.Contains(result.Spec, []byte(secret)) || bytes.Contains(report(result), []byte(secret)) {
					t.Errorf("the secret %s is in the spec or the report", secret)
				}
			}
			everyLeaf(t, in, result)
		})
	}
}

// report writes the items of a result and its problems, a line each.
func report(r *importer.Result) []byte {
	var b bytes.Buffer
	for _, i := range r.Items {
		mark := " "
		if i.Changes {
			mark = "!"
		}
		fmt.Fprintf(&b, "%s %s:%d: %s: %s: %s", mark, i.File, i.Line, i.Object, i.Key, i.Fate)
		if i.To != "" {
			fmt.Fprintf(&b, " -> %s", i.To)
		}
		if i.Why != "" {
			fmt.Fprintf(&b, ": %s", i.Why)
		}
		b.WriteByte('\n')
	}
	for _, p := range r.Problems {
		fmt.Fprintf(&b, "spec: %s\n", p.Error())
	}
	return b.Bytes()
}

// everyLeaf requires that each place of the report is in the files, and that what the
// report names as changed has a reason.
func everyLeaf(t *testing.T, in string, r *importer.Result) {
	lines := map[string]int{}
	for _, f := range everyFile(t, in) {
		lines[f.Name] = bytes.Count(f.Text, []byte("\n")) + 1
	}
	for _, i := range r.Items {
		if n, found := lines[i.File]; !found || i.Line < 1 || i.Line > n {
			t.Errorf("%s:%d is no place in the files", i.File, i.Line)
		}
		if i.Why == "" && i.Fate != "carried" {
			t.Errorf("%s:%d: %s: no reason", i.File, i.Line, i.Key)
		}
	}
}

// TestRefused are files that nothing can be made of.
func TestRefused(t *testing.T) {
	bomb := "a: &a [x,x,x,x,x,x,x,x,x,x]\n"
	for c := 'b'; c < 'k'; c++ {
		bomb += fmt.Sprintf("%c: &%c [*%[3]c,*%[3]c,*%[3]c,*%[3]c,*%[3]c,*%[3]c,*%[3]c,*%[3]c,*%[3]c,*%[3]c]\n", c, c, c-1)
	}
	for name, test := range map[string]struct{ text, want string }{
		"nothing":       {"", "x.yaml: is empty"},
		"other":         {"a: b\n", "it reads Kubernetes manifests"},
		"bomb":          {bomb, "unfolds into more than"},
		"cycle":         {"a: &a {b: *a}\n", "alias to a node that contains it"},
		"deep":          {strings.Repeat("[", 5000) + strings.Repeat("]", 5000), "x.yaml"},
		"template":      {"kind: Deployment\nmetadata: {{ .Values.x }}\n  - a\n", "helm template NAME CHART | ambi import -"},
		"binary":        {"\xff\xfe\x00", "is not UTF-8"},
		"no services":   {"apiVersion: v1\nkind: ConfigMap\nmetadata: {name: x}\ndata: {a: b}\n", "nothing in it becomes a service"},
		"null":          {"services: null\n", "x.yaml: nothing in it becomes a service"},
		"huge":          {strings.Repeat("#", source.MaxSize+1), "more than the"},
		"twice":         {"services:\n  web:\n    image: a:1\n    image: b:1\n", "x.yaml:4: has the key services.web.image a second time in one mapping: the first is in line 3"},
		"chart":         {"metadata: {{ .Values.x }}\n", "helm template NAME CHART | ambi import -"},
		"quotes":        {"services:\n  web:\n    command: \"a\"b\n", "x.yaml:3:14: is not YAML: did not find expected key\nhint: the quotes end before the value does"},
		"tab":           {"services:\n\tweb: {}\n", "x.yaml:2:1: a tab cannot indent YAML"},
		"containers":    {"apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec: {template: {spec: {containers: nope}}}\n", "spec.template.spec.containers must be a list, got string"},
		"amount":        {"apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec: {template: {spec: {containers: [{name: a, resources: {limits: {cpu: lots}}}]}}}\n", "an amount is not written as one, such as 250m"},
		"no spec":       {"apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec: nope\n", "spec must be a mapping, got string"},
		"no workload":   {"apiVersion: score.dev/v1b1\nmetadata: {name: web}\ncontainers: nope\n", "has no mapping containers with a container in it"},
		"another cloud": {"service: a\nprovider: {name: google}\nfunctions: {f: {handler: a}}\n", "ambi reads functions of AWS alone"},
		"joined bomb":   {"AWSTemplateFormatVersion: x\nParameters: {P: {Default: " + strings.Repeat("x", 60_000) + "}}\nResources: {T: {Type: \"AWS::SNS::Topic\", Properties: {A: [" + strings.Repeat("!Join [\"\", [!Ref P, !Ref P]], ", 2000) + "]}}}\n", "nothing in it becomes a service"},
		"self bomb":     {"service: a\nprovider: {name: aws}\ncustom:\n  a: [x, x, x, x, x, x, x, x, x, x]\n" + nested() + "functions: {f: \"${self:custom.j}\"}\n", "x.yaml"},
		"merge cycle":   {"a: &a\n  <<: *a\n", "alias to a node that contains it"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := importer.Import([]source.File{{Name: "x.yaml", Text: []byte(test.text)}}, importer.Options{})
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("got %v, want %s", err, test.want)
			}
			if kind := problem.All(err).Kind(); kind != problem.Invalid {
				t.Errorf("kind %v", kind)
			}
		})
	}
}

// nested are lists of references to lists of references.
func nested() string {
	out := ""
	for c := 'b'; c < 'k'; c++ {
		out += fmt.Sprintf("  %c: [%s]\n", c, strings.TrimSuffix(strings.Repeat(fmt.Sprintf("\"${self:custom.%c}\", ", c-1), 10), ", "))
	}
	return out
}

// FuzzImport imports any text, with any other text in each file that it refers to: no text
// may panic, and whatever is imported is read as a spec, or has a problem that says where.
func FuzzImport(f *testing.F) {
	for _, in := range cases(f) {
		all := everyFile(f, in)
		for _, file := range all {
			f.Add(file.Text, all[0].Text)
		}
	}
	f.Fuzz(func(t *testing.T, text, beside []byte) {
		folder := source.Folder{Path: ".", Open: func(string) ([]byte, error) { return beside, nil }}
		result, err := importer.Import([]source.File{{Name: "x.yaml", Text: text}}, importer.Options{Folder: folder})
		if err != nil {
			if kind := problem.All(err).Kind(); kind == problem.Fault {
				t.Fatal(err)
			}
			return
		}
		_, err = spec.Parse(importer.SpecName, result.Spec)
		if err != nil && len(result.Problems) == 0 {
			t.Fatalf("no problem is told, and there is one: %v", err)
		}
		for _, p := range problem.All(err) {
			if strings.Contains(p.Message, "YAML") {
				t.Fatalf("the spec is no YAML: %v\n%s", p, result.Spec)
			}
		}
	})
}
