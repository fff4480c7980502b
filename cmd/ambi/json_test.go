package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"ambi/internal/schemas"
)

// documents are what commands print as JSON, by the names of their schemas. Their
// types are exported, since only comments of exported types become descriptions.
func documents() map[string]struct {
	of                  any
	format, description string
} {
	return map[string]struct {
		of                  any
		format, description string
	}{
		"generate": {&ChangesDocument{}, changesFormat, "What \"ambi generate --json\" prints: each file of stacks/, and what was done with it, or has to be."},
		"import":   {&ImportDocument{}, importFormat, "What \"ambi import --json\" prints: a spec, and what became of each value of the files that it was made of."},
		"measure":  {&MeasureDocument{}, measureFormat, "What \"ambi measure --json\" prints: what an app takes for its requests, measured on this machine, and what that means for the spec's usage. Null was not measured."},
		"plan":     {&PlanDocument{}, planFormat, "What \"ambi plan --json\" prints: the resources that each target would register."},
		"preview":  {&PreviewDocument{}, previewFormat, "What \"ambi preview --json\" prints: what Pulumi's engine planned for each stack."},
		"prices":   {&PriceList{}, pricesFormat, "What \"ambi prices --json\" prints: a region's prices in US dollars, each with its source."},
		"simulate": {&SimulationDocument{}, simulationFormat, "What \"ambi simulate --json\" prints: how both targets behaved under one trace, and what a month like it costs in US dollars. Null is unknown, which is not zero."},
		"slo":      {&AdviceDocument{}, adviceFormat, "What \"ambi simulate --slo OBJECTIVE --json\" prints: the smallest changes of the spec that keep an objective, by simulation."},
		"switch":   {&SwitchDocument{}, switchFormat, "What \"ambi switch --json\" prints: how to move an app from one target to the other under traffic, step by step, and what was checked. Null is not known, or does not apply."},
		"trace":    {&TraceDocument{}, traceFormat, "What \"ambi trace --json\" prints: what a trace of requests is like."},
		"validate": {&Validation{}, validationFormat, "What \"ambi validate --json\" prints: the spec's errors, or what each of its fields becomes on each target."},
	}
}

// TestSchemas holds the published schemas to the Go types, and the list of them
// to what there is.
func TestSchemas(t *testing.T) {
	folders := []string{".", "../../compare", "../../generator", "../../internal/engine", "../../internal/project", "../../target", "../../spec", "../../importer/draft", "../../internal/measure", "../../internal/measure/core", "../../internal/switching"}
	all := documents()
	for name, d := range all {
		want, err := schemas.Of(d.of, schemas.Options{
			Title: "ambi " + name, Description: d.description, Format: d.format, Home: "ambi/cmd/ambi", Unnamed: []string{"ambi/internal/project"}, Open: true, Folders: folders,
		})
		if err != nil {
			t.Fatal(err)
		}
		file := filepath.Join("schemas", name+".json")
		if *update {
			if err := os.WriteFile(file, want, 0o644); err != nil {
				t.Fatal(err)
			}
			continue
		}
		if got := command(t, "schema", name); !bytes.Equal(got, want) {
			t.Errorf("%s is stale; run: go test ./cmd/ambi -run TestSchemas -update, twice", file)
		}
	}
	files, err := filepath.Glob("schemas/*.json")
	if err != nil || len(files) != len(all) {
		t.Errorf("%d files for %d schemas, %v", len(files), len(all), err)
	}
	if named := schemaNames(); len(named) != len(all)+2 { // the spec's and compare's are in their packages
		t.Errorf("%d schemas are listed, and there are %d", len(named), len(all)+2)
	}
	for line := range strings.Lines(string(command(t, "schema"))) {
		name, of, _ := strings.Cut(strings.TrimSpace(line), " ")
		if text := command(t, "schema", name); !bytes.Contains(text, []byte(`"$schema": "https://json-schema.org/draft/2020-12/schema"`)) {
			t.Errorf("%s, of %s, is no schema", name, of)
		}
	}
}

// command is what a command prints.
func command(t *testing.T, args ...string) []byte {
	t.Helper()
	var out, errs bytes.Buffer
	if code := run(args, strings.NewReader(""), &out, &errs); code != exitDone {
		t.Fatalf("ambi %s: exit code %d; %s", strings.Join(args, " "), code, errs.String())
	}
	return out.Bytes()
}

// strictly compiles a schema, with objects that may have only the keys it names.
func strictly(text []byte) (*jsonschema.Schema, error) {
	document, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	if err != nil {
		return nil, err
	}
	closeObjects(document)
	compiler := jsonschema.NewCompiler()
	if err := compiler.AddResource("schema.json", document); err != nil {
		return nil, err
	}
	return compiler.Compile("schema.json")
}

// closeObjects lets the objects of a schema have only the keys that it names.
func closeObjects(schema any) {
	switch s := schema.(type) {
	case map[string]any:
		if s["properties"] != nil && s["type"] == "object" {
			s["additionalProperties"] = false
		}
		for _, inner := range s {
			closeObjects(inner)
		}
	case []any:
		for _, inner := range s {
			closeObjects(inner)
		}
	}
}

// What commands print as JSON is of the schemas that "ambi schema" prints, and has
// no key that they do not know: for the golden specs of the generator, and for one
// that has usage.
func TestJSONIsOfItsSchema(t *testing.T) {
	compiled := map[string]*jsonschema.Schema{}
	for _, s := range schemaNames()[1:] {
		schema, err := strictly(command(t, "schema", s[0]))
		if err != nil {
			t.Fatal(err)
		}
		compiled[s[0]] = schema
	}
	seen := map[string]int{}
	check := func(name, dir string, code int, args ...string) {
		t.Helper()
		var out, errs bytes.Buffer // on a slow machine a simulation says there how far it is
		if got := run(append(append([]string{"-C", dir}, args...), "--json"), strings.NewReader(""), &out, &errs); got != code {
			t.Fatalf("%s: exit code %d, want %d: %s", args, got, code, errs.String())
		}
		document, err := jsonschema.UnmarshalJSON(&out)
		if err != nil {
			t.Fatal(err)
		}
		if err := compiled[name].Validate(document); err != nil {
			t.Errorf("%s in %s: %v", args, dir, err)
		}
		for _, spoil := range []func(map[string]any){
			func(o map[string]any) { o["more"] = true },
			func(o map[string]any) { delete(o, "more"); o["format"] = "ambi." + name + "/v0" },
			func(o map[string]any) { delete(o, "format") },
		} {
			spoil(document.(map[string]any))
			if compiled[name].Validate(document) == nil {
				t.Errorf("%s: the schema takes a spoiled document", name)
			}
		}
		seen[name]++
	}
	golden, err := filepath.Glob("../../generator/testdata/*/app.yaml")
	if err != nil || len(golden) < 5 {
		t.Fatalf("%d golden specs, %v", len(golden), err)
	}
	for _, file := range golden {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		dir := projectWith(t, string(text))
		if err := os.WriteFile(filepath.Join(dir, "go.mod"), []byte("module example.com/golden\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		check("validate", dir, exitDone, "validate")
		check("plan", dir, exitDone, "plan")
		check("compare", dir, exitDone, "compare")
		check("generate", dir, exitDone, "generate")
		check("generate", dir, exitDone, "generate", "--check")
		if strings.Contains(string(text), "\nswitch: ") {
			check("switch", dir, exitDone, "switch", "--to", "kubernetes")
			check("switch", dir, exitNo, "switch", "--to", "lambda", "--check")
		}
	}
	dir := projectWith(t, pageSpec)
	counts, lines, before := filepath.Join(dir, "counts.csv"), filepath.Join(dir, "lines.txt"), filepath.Join(dir, "before.json")
	for file, text := range map[string]string{
		counts: "time,count\n2026-01-01T00:00:00Z,30\n2026-01-01T00:01:00Z,0\n2026-01-01T00:02:00Z,300\n",
		lines:  strings.Repeat("1.5\n", 20) + "broken\n2.5\n",
		before: string(runIn(t, dir, exitDone, "", "compare", "--json")),
	} {
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for _, flags := range []string{
		"", "--trace " + counts, "--trace " + counts + " --requests 2M/month", "--against " + before + " --requests 9M/month --price nat.hours=0.02 --discount ec2=30",
		"--fargate --function-url --provisioned 2 --free-tier", "--shared 0.1 --nat-gateways 2 --keep-alive 10m", "--shape steady --requests 1k/s",
	} {
		check("compare", dir, exitDone, append([]string{"compare"}, strings.Fields(flags)...)...)
	}
	for _, flags := range []string{
		"--span 10m", "--trace " + counts + " --fargate --retry", "--target lambda --span 10m --variation 0", "--target kubernetes --span 10m",
		"--requests 50/s --shape steady --span 24h --resolution 300k",
	} {
		check("simulate", dir, exitDone, append([]string{"simulate"}, strings.Fields(flags)...)...)
	}
	check("slo", dir, exitDone, "simulate", "--trace", counts, "--slo", "p50 < 1s")
	check("slo", dir, exitNo, "simulate", "--trace", counts, "--slo", "p50 < 1ms")
	for _, flags := range []string{"", "--price nat.hours=0.02 --discount ec2=30", "--region ap-southeast-2"} {
		check("prices", dir, exitDone, append([]string{"prices"}, strings.Fields(flags)...)...)
	}
	check("validate", projectWith(t, strings.Replace(pageSpec, "timeout: 10s", "timeout: 10", 1)), exitNo, "validate")
	check("validate", projectWith(t, strings.Replace(pageSpec, "timeout: 10s", "timeout: 20m", 1)), exitNo, "validate")
	check("plan", projectWith(t, strings.Replace(pageSpec, "timeout: 10s", "timeout: 20m", 1)), exitDone, "plan")
	for _, app := range []string{"open", "several", "web"} {
		files, err := filepath.Abs("../../importer/testdata/kubernetes/" + app + "/in")
		if err != nil {
			t.Fatal(err)
		}
		check("import", t.TempDir(), exitDone, "import", files)
	}
	report := filepath.Join(dir, "report.log")
	if err := os.WriteFile(report, []byte(reportLines), 0o600); err != nil {
		t.Fatal(err)
	}
	check("measure", dir, exitDone, "measure", "--report", report)
	for _, args := range []string{counts, lines, "--shape bursty --requests 10/s --span 1h"} {
		document, err := jsonschema.UnmarshalJSON(bytes.NewReader(command(t, append([]string{"trace", "--json"}, strings.Fields(args)...)...)))
		if err != nil {
			t.Fatal(err)
		}
		if err := compiled["trace"].Validate(document); err != nil {
			t.Errorf("trace %s: %v", args, err)
		}
		document.(map[string]any)["figures"] = nil
		if compiled["trace"].Validate(document) == nil {
			t.Error("the schema takes a trace without figures")
		}
		seen["trace"]++
	}
	for name := range compiled {
		if seen[name] == 0 && name != "preview" { // which a script validates, with the engine
			t.Errorf("nothing of %s was validated", name)
		}
	}
}
