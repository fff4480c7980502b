//go:build delivery

package delivery_test

import (
	"bytes"
	"encoding/json"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"ambi/generator"
	"ambi/internal/awsapi"
	"ambi/spec"
	"ambi/target"
)

// share is how a stack of the traffic weighs the targets.
type share struct{ lambda, kubernetes int }

// steps are those of docs/switching.md, one way.
var steps = []share{{100, 0}, {99, 1}, {90, 10}, {50, 50}, {0, 100}}

// emittedRecords are the resources of the traffic's program that ambi emits for the example with a
// switch, for each of the steps. The program runs as it is, with its own stacktest in place of Pulumi.
func emittedRecords(t *testing.T) map[share][]awsapi.Resource {
	t.Helper()
	text, err := os.ReadFile("../../app/app.yaml")
	if err != nil {
		t.Fatal(err)
	}
	for from, to := range map[string]string{
		"targets: [lambda, kubernetes]\n":   "targets: [lambda, kubernetes]\nswitch: {}\n",
		"      routes:\n":                   "      domain: " + domain + "\n      routes:\n",
		"kubernetes: {namespace: thumbs}\n": "kubernetes: {namespace: thumbs, ingress: {class: alb, scheme: internet-facing}}\n",
	} {
		if bytes.Count(text, []byte(from)) != 1 {
			t.Fatalf("the example does not have %q once", from)
		}
		text = bytes.Replace(text, []byte(from), []byte(to), 1)
	}
	app, err := spec.Parse("app.yaml", text)
	if err != nil {
		t.Fatal(err)
	}
	const module = "example.com/thumbs"
	in := generator.InputOf(target.Resolve(app), module, spec.Targets()...)
	files, err := generator.Generate(in)
	if err != nil {
		t.Fatal(err)
	}
	own, err := generator.Module(module)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	write := func(name string, content []byte) {
		file := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, content, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for _, f := range append(files, own...) {
		if !strings.HasSuffix(f.Path, "_test.go") {
			write(f.Path, f.Content)
		}
	}
	beside, err := generator.ProgramsBeside(in)
	if err != nil {
		t.Fatal(err)
	}
	var settings []map[string]string
	for _, program := range beside {
		if program.Folder != generator.TrafficFolder {
			continue
		}
		for _, s := range steps {
			all := maps.Clone(program.Placeholders)
			all["lambda"], all["kubernetes"] = strconv.Itoa(s.lambda), strconv.Itoa(s.kubernetes)
			settings = append(settings, all)
		}
	}
	given, err := json.Marshal(settings)
	if err != nil {
		t.Fatal(err)
	}
	write("given.json", given)
	write(generator.TrafficFolder+"/declared_test.go", []byte(`package main

import (
	"encoding/json"
	"os"
	"testing"

	"`+module+`/stacks/stacktest"
)

func TestDeclared(t *testing.T) {
	text, err := os.ReadFile("../../given.json")
	var settings []map[string]string
	if err == nil {
		err = json.Unmarshal(text, &settings)
	}
	if err != nil {
		t.Fatal(err)
	}
	var all [][]map[string]any
	for _, given := range settings {
		var declared []map[string]any
		for _, r := range stacktest.Run(t, deploy, given).Resources {
			declared = append(declared, map[string]any{"urn": r.URN, "type": r.Type, "id": r.Output("id"), "inputs": r.Inputs})
		}
		all = append(all, declared)
	}
	if text, err = json.Marshal(all); err == nil {
		err = os.WriteFile("../../declared.json", text, 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
}
`))
	cmd := exec.Command("go", "test", "-vet=off", "-run", "^TestDeclared$", "./"+generator.TrafficFolder)
	cmd.Dir = dir
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	var declared [][]awsapi.Resource
	text, err = os.ReadFile(filepath.Join(dir, "declared.json"))
	if err == nil {
		err = json.Unmarshal(text, &declared)
	}
	if err != nil || len(declared) != len(steps) {
		t.Fatalf("%d sets of resources: %v", len(declared), err)
	}
	records := map[share][]awsapi.Resource{}
	for i, s := range steps {
		records[s] = declared[i]
	}
	return records
}
