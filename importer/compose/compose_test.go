package compose

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/compose-spec/compose-go/v2/schema"

	"ambi/importer/draft"
	"ambi/importer/source"
)

// imported imports one file, with others beside it.
func imported(t *testing.T, text string, beside map[string]string) (*draft.App, *draft.Report, []string) {
	t.Helper()
	documents, err := source.Read(source.File{Name: "app/compose.yaml", Text: []byte(text)})
	if err != nil {
		t.Fatal(err)
	}
	var opened []string
	folder := source.Folder{Name: "app", Path: "app", Open: func(name string) ([]byte, error) {
		opened = append(opened, name)
		if content, ok := beside[name]; ok {
			return []byte(content), nil
		}
		return nil, errors.New("there is no such file")
	}}
	report := &draft.Report{}
	app := Import(documents, "", folder, report)
	return app, report, opened
}

// TestReferences are files that refer to others in ways that must end, and stay in the
// folder.
func TestReferences(t *testing.T) {
	many := "services:\n"
	for i := range 40 {
		many += fmt.Sprintf("  s%d: {extends: {file: wide.yaml, service: base}}\n", i)
	}
	wide := "services:\n  base:\n    image: x:1\n    environment:\n"
	for i := range 2000 {
		wide += fmt.Sprintf("      V%d: x\n", i)
	}
	twice := map[string]string{}
	for i := range 60 {
		twice[fmt.Sprintf("i%d.yaml", i)] = fmt.Sprintf("include: [i%[1]d.yaml, i%[1]d.yaml]\nservices: {a%[1]d: {image: x:1}}\n", i+1)
	}
	for name, test := range map[string]struct {
		text   string
		beside map[string]string
		want   string
	}{
		"extends itself":   {"services: {a: {extends: a, image: x:1}}", nil, "extends itself"},
		"extends a circle": {"services: {a: {extends: b, image: x:1}, b: {extends: {service: a}, image: x:1}}", nil, "extends itself"},
		"circle of files": {
			"services: {a: {extends: {file: b.yaml, service: b}, image: x:1}}",
			map[string]string{"b.yaml": "services: {b: {extends: {file: compose.yaml, service: a}}}", "compose.yaml": "services: {a: {extends: {file: b.yaml, service: b}, image: x:1}}"},
			"extends itself",
		},
		"extends nothing":    {"services: {a: {extends: b, image: x:1}}", nil, "there is no service b"},
		"many wide services": {many, map[string]string{"wide.yaml": wide}, "unfolds into too many values"},
		"include a circle": {
			"include: [b.yaml]\nservices: {a: {image: x:1}}",
			map[string]string{"b.yaml": "include: [compose.yaml]\nservices: {b: {image: x:1}}", "compose.yaml": "include: [b.yaml]\nservices: {a: {image: x:1}}"},
			"includes itself",
		},
		"include twice each": {"include: [i0.yaml]\nservices: {a: {image: x:1}}", twice, "is one of too many files"},
		"above":              {"services: {a: {image: x:1, env_file: ../x.env}}", nil, "outside of the app's folder"},
		"above and back":     {"services: {a: {image: x:1, env_file: b/../../x.env}}", nil, "outside of the app's folder"},
		"another root":       {"services: {a: {image: x:1, env_file: /etc/passwd}}", nil, "outside of the app's folder"},
		"home":               {"services: {a: {image: x:1, env_file: ~/.aws/credentials}}", nil, "outside of the app's folder"},
		"by a variable":      {"services: {a: {image: x:1, env_file: \"${UP:-../..}/x.env\"}}", nil, "outside of the app's folder"},
		"above, of another":  {"include: [sub/b.yaml]\nservices: {a: {image: x:1}}", map[string]string{"sub/b.yaml": "services: {b: {image: x:1, env_file: ../../x.env}}"}, "outside of the app's folder"},
		"elsewhere":          {"include: [\"https://example.com/b.yaml\"]\nservices: {a: {image: x:1}}", nil, "is not on this machine"},
		"bad YAML":           {"include: [b.yaml]\nservices: {a: {image: x:1}}", map[string]string{"b.yaml": "{"}, "is no Compose file"},
	} {
		t.Run(name, func(t *testing.T) {
			_, report, opened := imported(t, test.text, test.beside)
			if !slices.ContainsFunc(report.Items, func(i draft.Item) bool { return strings.Contains(i.Why, test.want) }) {
				t.Errorf("no item says %q", test.want)
			}
			for _, name := range opened {
				if strings.HasPrefix(name, "..") || strings.HasPrefix(name, "/") || strings.HasPrefix(name, "~") {
					t.Errorf("%s was opened", name)
				}
			}
		})
	}
}

// What publishes a port beside an app, such as a broker's console, makes no server of a worker; a
// proxy does, since its configuration may lead to any service.
func TestWorkerBesideAConsole(t *testing.T) {
	for image, worker := range map[string]bool{
		"rabbitmq:3-management": true, "mysql:8": true, "mongo:7": true, "memcached:1": true, "postgres:16": true, "redis:7": true, "minio/minio:x": true,
		"localstack/localstack:3": true, "portainer/portainer-ce:2": true, "traefik:3": false, "nginx:1": false,
	} {
		app, _, _ := imported(t, fmt.Sprintf(`
services:
  jobs: {image: "ghcr.io/example/jobs:1", command: [run], depends_on: [beside]}
  beside: {image: %q, ports: ["15672:15672"]}
`, image), nil)
		for _, s := range app.Services {
			if got := s.Get("worker") != nil; s.Name == "jobs" && got != worker {
				t.Errorf("beside %s: worker %v, want %v", image, got, worker)
			}
		}
	}
}

// TestManyEnvFiles bounds how much is read where many services name one large file.
func TestManyEnvFiles(t *testing.T) {
	text := "services:\n"
	for i := range 2000 {
		text += fmt.Sprintf("  s%d: {image: x:1, env_file: large.env}\n", i)
	}
	large := strings.Repeat("# a comment, and no variable\n", 20_000)
	_, report, _ := imported(t, text, map[string]string{"large.env": large})
	if !slices.ContainsFunc(report.Items, func(i draft.Item) bool { return strings.Contains(i.Why, "too much text") }) {
		t.Error("all was read")
	}
}

// A command that no shell could split is left out, and so is one that nothing bounds.
func TestBrokenCommand(t *testing.T) {
	for command, why := range map[string]string{`run "all`: "a quote is left open", strings.Repeat("x ", longestCommand): "is too long"} {
		_, report, _ := imported(t, "services: {web: {image: x:1, command: '"+command+"'}}\n", nil)
		if !slices.ContainsFunc(report.Items, func(i draft.Item) bool { return i.Fate == draft.LeftOut && strings.Contains(i.Why, why) }) {
			t.Errorf("nothing says that the command %s", why)
		}
	}
}

// TestEveryKey requires a word on each key that Compose's schema has for a service: it is
// carried, or there is a reason why not.
func TestEveryKey(t *testing.T) {
	carried := []string{
		"image", "platform", "command", "entrypoint", "environment", "env_file", "ports", "expose", "healthcheck", "deploy", "scale", "cpus", "mem_limit", "mem_reservation",
		"user", "read_only", "tmpfs", "volumes", "secrets", "depends_on", "extends", "profiles",
	}
	var all struct {
		Definitions map[string]struct {
			Properties map[string]any `json:"properties"`
		} `json:"$defs"`
	}
	if err := json.Unmarshal([]byte(schema.Schema), &all); err != nil {
		t.Fatal(err)
	}
	keys := 0
	check := func(within string, properties map[string]any, dealt ...string) {
		for key := range properties {
			keys++
			if _, known := reasons()[within+key]; !known && !slices.Contains(carried, key) && !slices.Contains(dealt, key) {
				t.Errorf("%s%s is neither carried nor has a reason", within, key)
			}
		}
	}
	for name, d := range all.Definitions {
		switch name {
		case "deployment":
			check("deploy.", d.Properties, "replicas", "resources")
		case "healthcheck":
			check("healthcheck.", d.Properties, "test", "disable", "start_period")
		case "service", "container_spec", "workload_spec":
			check("", d.Properties)
		}
	}
	if keys < 90 {
		t.Errorf("only %d keys in the schema: %v", keys, len(all.Definitions))
	}
}
