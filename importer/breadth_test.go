package importer_test

import (
	"cmp"
	"errors"
	"flag"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"

	"ambi/importer"
	"ambi/importer/draft"
	"ambi/importer/source"
	"ambi/internal/problem"
	"ambi/spec"
	"ambi/target"
)

var (
	breadthOf = flag.String("files", "", "measure the apps in this `FOLDER`: each entry is one, a file or a folder")
	takenTo   = flag.String("taken", "", "write the specs that their targets take into this `FOLDER`, each as a project, once what the sources leave open is written")
)

// breadth is what imports of many apps come to.
type breadth struct {
	apps, nothing, broken          int // nothing: no service in them; broken: no YAML, or another format
	services, valid, taken         int // with a valid spec; taken by both targets but for the image's registry
	imaged                         int // valid, or valid but for the image's name or tag
	alone                          int // of these, on Kubernetes alone
	written                        int // valid once what the source leaves open is written, too
	carried, approximated, leftOut int // values
	keys, objects, refusals        map[string]int
	problems                       map[string]int
}

var (
	index    = regexp.MustCompile(`\[[^]]*\]`)
	quotes   = regexp.MustCompile(`"[^"]*"|[0-9]+`)
	registry = "must be in an ECR repository"
)

// measure imports one app.
func (b *breadth) measure(t *testing.T, path string) {
	b.apps++
	in := sourcesOf(t, path)
	result, err := importer.Import(in, beside(path))
	if err != nil {
		if problem.All(err).Kind() == problem.Fault {
			t.Errorf("%s: %v", path, err)
		}
		if strings.Contains(err.Error(), "nothing in it becomes a service") {
			b.nothing++
		} else {
			b.broken++
		}
		return
	}
	bad, refused, unnamed := map[string]bool{}, map[string]bool{}, map[string]bool{}
	for _, p := range result.Problems {
		service := strings.Split(strings.TrimPrefix(p.Field, "services."), ".")[0]
		switch {
		case strings.Contains(p.Message, "on target"): // counted below
		case strings.HasSuffix(p.Field, ".image"):
			unnamed[service] = true
			b.problems[quotes.ReplaceAllString("image: "+p.Message, "…")]++
		default:
			bad[service] = true
			field := strings.Split(p.Field, ".")
			b.problems[quotes.ReplaceAllString(index.ReplaceAllString(strings.Join(field[min(2, len(field)):], "."), "")+": "+p.Message, "…")]++
		}
	}
	wrong := map[string]bool{}
	whole := completed(t, result.Spec)
	if *takenTo != "" && len(whole.problems) == 0 {
		whole.write(t, filepath.Join(*takenTo, strconv.Itoa(b.apps)))
	}
	for _, p := range whole.problems {
		if !strings.Contains(p.Message, "on target") {
			wrong[strings.Split(strings.TrimPrefix(p.Field, "services."), ".")[0]] = true
			b.problems[quotes.ReplaceAllString("once written: "+p.Field+": "+p.Message, "…")]++
			continue
		}
		if !strings.Contains(p.Message, registry) {
			refused[strings.Split(strings.TrimPrefix(p.Field, "services."), ".")[0]] = true
			b.refusals[quotes.ReplaceAllString(p.Message, "…")]++
		}
	}
	for _, s := range result.Services {
		b.services++
		if !bad[s] {
			b.imaged++
			if !unnamed[s] {
				b.valid++
			}
		}
		if wrong[s] {
			continue
		}
		b.written++
		if !refused[s] {
			b.taken++
			if slices.Contains(result.Alone, s) {
				b.alone++
			}
		}
	}
	for _, i := range result.Items {
		if i.Key == "" { // an object as a whole: no part of a service
			if i.Fate == draft.LeftOut {
				kind, _, _ := strings.Cut(i.Object, " ")
				b.objects[kind]++
			}
			continue
		}
		switch i.Fate {
		case draft.Carried:
			b.carried += i.Leaves
		case draft.Approximated:
			b.approximated += i.Leaves
		case draft.LeftOut:
			b.leftOut += i.Leaves
			kind, _, _ := strings.Cut(i.Object, " ")
			b.keys[strings.TrimSuffix(kind+" "+index.ReplaceAllString(i.Key, ""), " ")]++
		}
	}
}

// sourcesOf reads an app: the one file that it is, or those of its folder.
func sourcesOf(t *testing.T, path string) []source.File {
	if info, err := os.Stat(path); err != nil || info.IsDir() {
		return files(t, path)
	}
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return []source.File{{Name: filepath.Base(path), Text: text}}
}

// whole is a spec once its user has written what the source did not say: the names of
// images, values of variables, who may call, and ARNs of what is outside.
type whole struct {
	text     []byte
	problems problem.List // what is wrong with it all the same
}

// write keeps it as a project.
func (w whole) write(t *testing.T, folder string) {
	file := filepath.Join(folder, importer.SpecName)
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, w.text, 0o600); err != nil {
		t.Fatal(err)
	}
}

// completed is a spec with what the source left open.
func completed(t *testing.T, text []byte) whole {
	var app map[string]any
	if err := yaml.Unmarshal(text, &app); err != nil {
		t.Fatal(err)
	}
	data, _ := app["data"].(map[string]any)
	for _, d := range data {
		if postgres, _ := d.(map[string]any)["postgres"].(map[string]any); postgres != nil {
			postgres["version"] = "17"
		}
	}
	for _, s := range app["services"].(map[string]any) {
		s.(map[string]any)["image"] = "123456789012.dkr.ecr.us-east-1.amazonaws.com/web:1.2.3"
		env, _ := s.(map[string]any)["env"].(map[string]any)
		for name, value := range env {
			if value == nil {
				env[name] = "written"
			}
		}
		complete(s.(map[string]any))
	}
	text, err := yaml.Marshal(app)
	if err != nil {
		t.Fatal(err)
	}
	parsed, err := spec.Parse(importer.SpecName, text)
	if err != nil {
		return whole{text, problem.All(err)}
	}
	return whole{text, target.Resolve(parsed).Problems(importer.SpecName, parsed.Targets...)}
}

// complete writes who may call a service, what answers for a job, and the ARNs of what is outside.
func complete(service map[string]any) {
	if command, has := service["command"]; has && command == nil {
		service["command"] = []string{"/app/report"}
	}
	http, _ := service["http"].(map[string]any)
	if auth, has := http["auth"]; has {
		given, _ := auth.(map[string]any)
		jwt, _ := given["jwt"].(map[string]any)
		if issuer, _ := jwt["issuer"].(string); issuer == "" || strings.Contains(issuer, "${") {
			http["auth"] = map[string]any{"jwt": map[string]any{"issuer": "https://login.example.com", "audience": []string{"app"}}}
			kubernetes, _ := service["kubernetes"].(map[string]any)
			if kubernetes == nil {
				kubernetes = map[string]any{}
				service["kubernetes"] = kubernetes
			}
			kubernetes["auth"] = "app"
		}
	}
	permissions, _ := service["permissions"].([]any)
	for _, p := range permissions {
		resources, _ := p.(map[string]any)["resources"].([]any)
		for i, r := range resources {
			if strings.Contains(r.(string), "${") {
				resources[i] = "arn:aws:sns:us-east-1:123456789012:written"
			}
		}
	}
	for _, key := range []string{"memory", "timeout"} {
		if text, _ := service[key].(string); strings.Contains(text, "${") {
			delete(service, key)
		}
	}
}

func most(counts map[string]int, n int) []string {
	keys := slices.SortedFunc(maps.Keys(counts), func(a, b string) int {
		return cmp.Or(cmp.Compare(counts[b], counts[a]), cmp.Compare(a, b))
	})
	var lines []string
	for _, k := range keys[:min(n, len(keys))] {
		lines = append(lines, fmt.Sprintf("%5d %s", counts[k], k))
	}
	return lines
}

// TestBreadth measures how much of many apps an import carries: of those that -files
// names, or else of the golden ones. The table in docs/import-coverage.md is from it.
func TestBreadth(t *testing.T) {
	b := breadth{keys: map[string]int{}, objects: map[string]int{}, refusals: map[string]int{}, problems: map[string]int{}}
	var apps []string
	if *breadthOf == "" {
		apps = cases(t)
	} else {
		entries, err := os.ReadDir(*breadthOf)
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range entries {
			apps = append(apps, filepath.Join(*breadthOf, e.Name()))
		}
	}
	for _, app := range apps {
		b.measure(t, app)
	}
	share := func(of, all int) string { return fmt.Sprintf("%d of %d (%d %%)", of, all, 100*of/max(all, 1)) }
	t.Logf("%d apps, %d without a service, %d unreadable\nservices with a valid spec: %s\n... or one that lacks the image's name or tag alone: %s\n... once what else the source leaves open is written: %s\n... that the targets take, once the image is in ECR: %s, %d of them on Kubernetes alone\nvalues carried or approximated: %s, carried alone: %s",
		b.apps, b.nothing, b.broken, share(b.valid, b.services), share(b.imaged, b.services), share(b.written, b.services), share(b.taken, b.services), b.alone,
		share(b.carried+b.approximated, b.carried+b.approximated+b.leftOut), share(b.carried, b.carried+b.approximated+b.leftOut))
	t.Logf("left out most often:\n%s", strings.Join(most(b.keys, 25), "\n"))
	t.Logf("objects left out:\n%s", strings.Join(most(b.objects, 12), "\n"))
	t.Logf("why a target does not take them:\n%s", strings.Join(most(b.refusals, 12), "\n"))
	t.Logf("why specs are not valid:\n%s", strings.Join(most(b.problems, 15), "\n"))
	if b.services == 0 || b.carried == 0 {
		t.Error(errors.New("nothing was imported"))
	}
}
