//go:build cluster

package cluster_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"ambi/spec"
	"ambi/target"
)

// outputs are what the project's data stack would export, and its app's name; nil where
// it has no data. AWS is not here, and what is rendered holds these values.
func (p *project) outputs(t *testing.T) (app string, outputs map[string]string) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(p.dir, "app/app.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	parsed, err := spec.Parse("app.yaml", text)
	if err != nil {
		t.Fatal(err)
	}
	resolved := target.Resolve(parsed)
	if resolved.Data.Empty() {
		return parsed.Name, nil
	}
	outputs = map[string]string{"region": "eu-west-1", "consumer": "kubernetes"}
	for _, o := range resolved.Data.Outputs() {
		outputs[o.Name()] = o.Example(parsed.Name+"-"+o.Data, "eu-west-1")
	}
	return parsed.Name, outputs
}

// data is the flag that says where the spec's data is; none where it has none.
func (p *project) data(t *testing.T) []string {
	t.Helper()
	_, outputs := p.outputs(t)
	if outputs == nil {
		return nil
	}
	file := filepath.Join(p.dir, "data.json")
	writeJSON(t, file, outputs)
	return []string{"--data", file}
}

// withData puts a stack in place, beside the one that will read it, that has the outputs of
// the project's data and nothing else.
func (s *stack) withData(project *project) {
	s.t.Helper()
	app, outputs := project.outputs(s.t)
	if outputs == nil {
		return
	}
	const name = "main" // which a new project's stacks read
	d := &stack{proof: s.proof, t: s.t, dir: s.t.TempDir(), name: name, env: s.env}
	writeJSON(s.t, filepath.Join(d.dir, "Pulumi.yaml"), map[string]string{"name": app + "-data", "runtime": "go"})
	d.pulumi("stack", "init", name, "--no-select")
	urn := strings.Join([]string{"urn:pulumi:" + name, app + "-data", "pulumi:pulumi:Stack", app + "-data-" + name}, "::")
	file := filepath.Join(d.dir, "state.json")
	writeJSON(s.t, file, map[string]any{"version": 3, "deployment": map[string]any{
		"manifest":  map[string]any{"time": "2000-01-01T00:00:00Z", "magic": "", "version": ""},
		"resources": []any{map[string]any{"urn": urn, "type": "pulumi:pulumi:Stack", "custom": false, "outputs": outputs}},
	}})
	d.pulumi("stack", "import", "--stack", name, "--file", file)
}

// writeJSON writes a file of JSON, which YAML is, too.
func writeJSON(t *testing.T, file string, value any) {
	t.Helper()
	text, err := json.Marshal(value)
	if err == nil {
		err = os.WriteFile(file, text, 0o644)
	}
	if err != nil {
		t.Fatal(err)
	}
}
