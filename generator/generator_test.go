package generator_test

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"ambi/generator"
	"ambi/spec"
	"ambi/target"
	"ambi/target/data"
	"ambi/target/kubernetes"
	"ambi/target/lambda"
	"ambi/templates"
)

// resolve parses a spec and resolves it for the targets that it lists.
func resolve(t testing.TB, name string, text []byte, module string) (generator.Input, *spec.App) {
	t.Helper()
	app, err := spec.Parse(name, text)
	if err != nil {
		t.Fatal(err)
	}
	resolved := target.Resolve(app)
	if errs := resolved.Problems(name, app.Targets...); errs != nil {
		t.Fatal(errs)
	}
	return generator.InputOf(resolved, module, app.Targets...), app
}

// cases lists the golden projects: folders of testdata with an app.yaml.
func cases(t *testing.T) []string {
	t.Helper()
	specs, err := filepath.Glob("testdata/*/app.yaml")
	if err != nil || len(specs) == 0 {
		t.Fatalf("no golden projects: %v", err)
	}
	var names []string
	for _, file := range specs {
		names = append(names, filepath.Base(filepath.Dir(file)))
	}
	return names
}

// TestAlarms holds the number of alarms that others count with to the plan.
func TestAlarms(t *testing.T) {
	for _, name := range cases(t) {
		text, err := os.ReadFile(filepath.Join("testdata", name, "app.yaml"))
		if err != nil {
			t.Fatal(err)
		}
		in, _ := resolve(t, "app.yaml", text, "example.com/many")
		if in.Lambda == nil {
			continue
		}
		alarms := 0
		for _, r := range generator.Plan(in)[spec.Lambda] {
			if r.Type == "aws:cloudwatch/metricAlarm:MetricAlarm" {
				alarms++
			}
		}
		want := len(in.Lambda.Services) * lambda.AlarmsOfService
		for _, s := range in.Lambda.Services {
			if s.Schedule != nil {
				want += lambda.AlarmsOfSchedule
			}
		}
		if in.Lambda.HasHTTP() {
			want += lambda.AlarmsOfAPI
		}
		if alarms != want {
			t.Errorf("%s: the plan has %d alarms, want %d", name, alarms, want)
		}
	}
}

func TestDeterministic(t *testing.T) {
	text, err := os.ReadFile("testdata/several/app.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var first []generator.File
	for i := range 5 {
		in, _ := resolve(t, "app.yaml", text, "example.com/many")
		files, err := generator.Generate(in)
		if err != nil {
			t.Fatal(err)
		}
		if i == 0 {
			first = files
			continue
		}
		for j, f := range files {
			if f.Path != first[j].Path || !bytes.Equal(f.Content, first[j].Content) {
				t.Fatalf("run %d: %s differs from the first run", i, f.Path)
			}
		}
	}
}

var customResource = regexp.MustCompile(`ApiVersion: +pulumi\.String\("([^"]+)"\),\s+Kind: +pulumi\.String\("([^"]+)"\)`)

// TestPlanHasCustomResources holds the plan of every golden spec to the kinds that are not
// Kubernetes' own of its program: their types stand in no SDK, and the engine is not asked here.
func TestPlanHasCustomResources(t *testing.T) {
	found := 0
	for _, name := range cases(t) {
		text, err := os.ReadFile(filepath.Join("testdata", name, "app.yaml"))
		if err != nil {
			t.Fatal(err)
		}
		in, _ := resolveLoosely(t, text)
		planned := map[string]bool{}
		for _, r := range generator.Plan(in)[spec.Kubernetes] {
			planned[r.Type] = true
		}
		files, err := generator.Generate(in)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range files {
			for _, m := range customResource.FindAllSubmatch(f.Content, -1) {
				found++
				if token := fmt.Sprintf("kubernetes:%s:%s", m[1], m[2]); !planned[token] {
					t.Errorf("%s: %s declares %s, and the plan has none", name, f.Path, token)
				}
			}
		}
	}
	if found < 5 {
		t.Errorf("only %d kinds found: the pattern misses them", found)
	}
}

// manyServices is a spec of n services with everything that a service can have.
func manyServices(n int) []byte {
	var b strings.Builder
	b.WriteString("apiVersion: ambi/v1\nname: many\nservices:\n")
	for i := range n {
		fmt.Fprintf(&b, `  service-%[1]d:
    image: 123456789012.dkr.ecr.us-east-1.amazonaws.com/many:%[1]d
    env: {LOG_LEVEL: info, NUMBER: "%[1]d"}
    secrets: {DATABASE_URL: {name: many-database-%[1]d, key: url}}
    scale: {min: 2, max: 20}
`, i)
		if i < 100 { // an HTTP API takes 300 routes
			fmt.Fprintf(&b, "    http: {routes: [\"GET /%[1]d/{id}\", POST /%[1]d]}\n", i)
		} else {
			fmt.Fprintf(&b, "    http: {routes: [\"GET /%[1]d\"]}\n", i)
		}
	}
	return []byte(b.String())
}

// BenchmarkParseAndGenerate reads a spec and writes both targets, formatting
// included. The limit of 300 routes an API has is a finding and stops nothing here.
func BenchmarkParseAndGenerate(b *testing.B) {
	for _, n := range []int{1, 10, 100, 1000} {
		text := manyServices(n)
		b.Run(fmt.Sprintf("services=%d", n), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				in, _ := resolveLoosely(b, text)
				if _, err := generator.Generate(in); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(n)/1000, "µs/service")
		})
	}
}

// TestNamesNeverClash generates services whose names are made of the words that
// emitted identifiers are made of: no two declarations may meet.
func TestNamesNeverClash(t *testing.T) {
	words := []string{
		"deploy", "read", "new", "route", "settings", "configuration", "service", "name", "requests", "role", "function",
		"deployment", "autoscaler", "facts", "stack", "preflights", "reserved", "watch", "access", "environment", "routes", "memory-mb", "type", "provisioned", "gateway", "secret",
		"check", "drain", "log", "scaling",
	}
	var b strings.Builder
	b.WriteString("apiVersion: ambi/v1\nname: words\nservices:\n")
	service := func(name string) {
		fmt.Fprintf(&b, "  %s:\n    image: 123456789012.dkr.ecr.us-east-1.amazonaws.com/w:1\n    http: {routes: [GET /%s]}\n", name, name)
	}
	for _, a := range words {
		service(a)
		for _, c := range words {
			service(a + "-" + c)
		}
	}
	in, _ := resolveLoosely(t, []byte(b.String()))
	if _, err := generator.Generate(in); err != nil {
		t.Fatal(err)
	}
}

// resolveLoosely resolves for both targets and leaves refusals out of account.
func resolveLoosely(t testing.TB, text []byte) (generator.Input, *spec.App) {
	t.Helper()
	app, err := spec.Parse("app.yaml", text)
	if err != nil {
		t.Fatal(err)
	}
	return generator.InputOf(target.Resolve(app), "example.com/many", spec.Targets()...), app
}

// TestFixedTextsKeepTheLimits compares numbers in templates with the constants that the
// checks, prices and simulations use.
func TestFixedTextsKeepTheLimits(t *testing.T) {
	for file, want := range map[string][]string{
		"kubernetes/features/keda/keda.go.txt": {
			fmt.Sprintf(`"pollingInterval": pulumi.Int(%.0f)`, kubernetes.KEDAPoll.Seconds()),
			fmt.Sprintf(`"cooldownPeriod":  pulumi.Int(%.0f)`, kubernetes.KEDACooldown.Seconds()),
		},
		"kubernetes/features/backlog/queue_scaler.go.tmpl": {
			fmt.Sprintf(`"pollingInterval": pulumi.Int(%.0f)`, kubernetes.KEDAPoll.Seconds()),
			fmt.Sprintf(`"cooldownPeriod":  pulumi.Int(%.0f)`, kubernetes.KEDACooldown.Seconds()),
		},
		"kubernetes/all/workload.go.tmpl":           {fmt.Sprintf("StartupProbe:   probe(f, %.0f, ", kubernetes.StartupProbe.Seconds())},
		"lambda/features/queue/events_test.go.tmpl": {fmt.Sprintf("w.events.batch > %d && w.events.windowSeconds < 1", spec.MaxUnwindowed)},
		"data/features/queue/queue.go.tmpl":         {fmt.Sprintf("deadLetterSeconds = %d * 24 * 3600\n", data.DeadLetterSeconds/(24*3600))},
		"kubernetes/features/schedule/schedule.go.txt": {
			fmt.Sprintf("const lateSeconds = %d\n", kubernetes.LateSeconds),
			fmt.Sprintf(`"cpu": "%dm", "memory": "%dMi"`, kubernetes.PostMilliCPU, kubernetes.PostMemoryMiB),
		},
		"lambda/features/schedule/schedule.go.txt": {
			fmt.Sprintf("lateSeconds = %d\n", lambda.LateSeconds), fmt.Sprintf("deadLetterSeconds = %d * 24 * 3600\n", data.DeadLetterSeconds/(24*3600)),
		},
	} {
		text, err := templates.FS.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, part := range want {
			if !bytes.Contains(text, []byte(part)) {
				t.Errorf("%s does not have %s", file, part)
			}
		}
	}
}
