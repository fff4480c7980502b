package engine

import (
	"archive/zip"
	"bytes"
	"encoding/json"
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

	"ambi/generator"
	"ambi/internal/updateimpact"
	"ambi/spec"
	"ambi/target"
)

// The lifecycle of emitted programs through the real engine, against the stand-ins:
// deployed, changed in every field, refreshed, repaired and destroyed. Compiling and
// linking a program for each field would take minutes, so each change has a service
// of its own: two specs, before and after, and one program that holds both.
//
// Whatever a change does to other services, or to what all share, is caught too:
// every step must belong to the change that caused it.

// TestLifecycle deploys each change that docs/changes.md speaks of, on both targets.
func TestLifecycle(t *testing.T) {
	needsEngine(t)
	if raceDetector {
		t.Skip("long, and the detector does not see what happens in the engine's process")
	}
	dir := resolved(t.TempDir())
	all := updateimpact.All()
	build := newBuild(t, dir)
	build.add("before", lifecycleSpec(t, spec.Lambda, all, false), lifecycleSpec(t, spec.Kubernetes, all, false))
	build.add("after", lifecycleSpec(t, spec.Lambda, all, true), lifecycleSpec(t, spec.Kubernetes, all, true))
	small := func(name string) []byte {
		return []byte("apiVersion: ambi/v1\nname: " + name + "\nservices:\n  web: {image: 123456789012.dkr.ecr.us-east-1.amazonaws.com/web:1, http: {routes: [GET /]}}\n")
	}
	build.add("small", small("small"), small("small"))
	build.add("renamed", small("other"), small("other"))
	build.zips("one", "two")
	build.write()
	for _, target := range spec.Targets() {
		t.Run(string(target), func(t *testing.T) {
			s := startStack(t, dir, target)
			s.set("small")
			s.up()
			small := s.stand.Existing()
			s.set("renamed")
			for urn, ops := range s.up() {
				// A route has no name of the app's, but it cannot move to another API.
				if ops != "create" && ops != "delete" && (ops != "replace" || !strings.Contains(urn, ":Route::")) {
					t.Errorf("under another name of the app, %s: %s", urn, ops)
				}
			}
			if renamed := s.stand.Existing(); len(renamed) != len(small) {
				t.Errorf("under another name of the app there are\n%s\ninstead of\n%s", strings.Join(renamed, "\n"), strings.Join(small, "\n"))
			}

			s.set("before")
			s.up()
			s.set("after")
			compare(t, target, all, s.up())
			if steps := s.up(); len(steps) > 0 {
				t.Errorf("a second update changes %v", steps)
			}
			s.pulumi("refresh", "--yes", "--expect-no-changes")

			// What somebody deleted by hand, the next refresh misses and the next update makes anew.
			gone := s.stand.Existing()[0]
			s.stand.Lose(gone)
			if steps := s.steps("refresh", "--yes"); steps[gone] != "delete" && steps[gone] != "refresh" {
				t.Errorf("the refresh does not miss %s: %v", gone, steps)
			}
			if steps := s.up(); steps[gone] != "create" {
				t.Errorf("the update does not bring %s back: %v", gone, steps)
			}

			state := s.state()
			for _, secret := range []string{secretKey, secretKubeconfig} {
				if strings.Contains(state, secret) {
					t.Errorf("the state has %s in plain text", secret)
				}
			}
			if !strings.Contains(state, "ciphertext") {
				t.Error("the state has no secret at all: this test proves nothing")
			}
			s.pulumi("destroy", "--yes")
			if left := s.stand.Existing(); len(left) > 0 {
				t.Errorf("destroy left %v", left)
			}
			if state := s.state(); strings.Contains(state, `"urn"`) && strings.Contains(state, `"custom": true`) {
				t.Errorf("the state is not empty after destroy:\n%s", state)
			}
		})
	}
}

// Two secrets that a stack's configuration may hold.
const (
	secretKey        = "never-in-plain-text-1"
	secretKubeconfig = "never-in-plain-text-2"
)

// compare holds what the engine did to what the table says, change by change.
func compare(t *testing.T, target spec.Target, all []updateimpact.Change, steps map[string]string) {
	t.Helper()
	const shared = -1
	did := map[int]map[string][]string{} // by change: the kinds by operation
	urns := map[int][]string{}
	for urn, ops := range steps {
		change := shared
		if m := serviceName.FindStringSubmatch(urn[strings.LastIndex(urn, "::"):]); m != nil {
			change, _ = strconv.Atoi(m[1])
		}
		token := strings.Split(urn, "::")[2]
		if did[change] == nil {
			did[change] = map[string][]string{}
		}
		did[change][ops] = append(did[change][ops], token[strings.LastIndexByte(token, ':')+1:])
		urns[change] = append(urns[change], ops+" "+urn)
	}
	counts := map[string]int{}
	for i, c := range all {
		want := c.Lambda
		if target == spec.Kubernetes {
			want = c.Kubernetes
		}
		if want.Refused {
			continue
		}
		got := did[i]
		delete(did, i)
		if slices.ContainsFunc(c.Fields, func(f string) bool { return strings.Contains(f, ".cors.") }) && target == spec.Lambda {
			got = did[shared] // CORS is the API's, which all services share
			delete(did, shared)
		}
		if describe(got) != normal(want.Steps) {
			t.Errorf("%v %s\n%q, want\n%q\n%s", c.Fields, c.Title, describe(got), normal(want.Steps), strings.Join(urns[i], "\n"))
		}
		counts[first(want.Steps)]++
	}
	for i, got := range did {
		t.Errorf("steps that no change accounts for (%d): %q\n%s", i, describe(got), strings.Join(urns[i], "\n"))
	}
	t.Logf("%s: %d kinds of changes, by the first thing they do: %v", target, len(all), counts)
}

func first(steps string) string {
	word, _, _ := strings.Cut(steps, " ")
	return word
}

// serviceName finds the service that a resource belongs to in its logical name.
var serviceName = regexp.MustCompile(`\bf([0-9]{2})b?\b`)

// normal puts the table's steps in the order of describe.
func normal(steps string) string {
	did := map[string][]string{}
	for part := range strings.SplitSeq(steps, ", ") {
		words := strings.Fields(part)
		if len(words) > 1 {
			did[words[0]] = append(did[words[0]], words[1:]...)
		}
	}
	return describe(did)
}

// describe writes steps as the table does, sorted.
func describe(did map[string][]string) string {
	var parts []string
	for _, op := range []string{"create", "replace", "update", "delete"} {
		kinds := slices.Clone(did[op])
		slices.Sort(kinds)
		if kinds = slices.Compact(kinds); kinds != nil {
			parts = append(parts, op+" "+strings.Join(kinds, " "))
		}
	}
	for _, op := range slices.Sorted(maps.Keys(did)) {
		if !slices.Contains([]string{"create", "replace", "update", "delete"}, op) {
			parts = append(parts, op+" "+strings.Join(did[op], " "))
		}
	}
	return strings.Join(parts, ", ")
}

// lifecycleSpec is a spec with a service for each change that the target takes.
func lifecycleSpec(t *testing.T, on spec.Target, all []updateimpact.Change, after bool) []byte {
	t.Helper()
	services := map[string]any{}
	add := func(name string, overlays ...string) {
		service := map[string]any{}
		for _, overlay := range append([]string{
			"{image: '123456789012.dkr.ecr.us-east-1.amazonaws.com/life:1', http: {routes: [GET /NAME]}, kubernetes: {namespace: life}}",
		}, overlays...) {
			var over map[string]any
			if err := yaml.Unmarshal([]byte(strings.ReplaceAll(overlay, "NAME", name)), &over); err != nil {
				t.Fatalf("%v in %s", err, overlay)
			}
			merge(service, over)
		}
		if at, ok := service["lambda"].(map[string]any); ok && at["zip"] != nil && on == spec.Lambda {
			delete(service, "image")
		}
		services[name] = service
	}
	for i, c := range all {
		name := fmt.Sprintf("f%02d", i)
		if on == spec.Lambda && c.Lambda.Refused || on == spec.Kubernetes && c.Kubernetes.Refused {
			continue
		}
		overlays := []string{c.Before}
		if after {
			overlays = append(overlays, c.After)
		}
		add(name, overlays...)
		if c.Callee != "" {
			add(name+"b", c.Callee)
		}
	}
	add("z", "lambda: {logRetentionDays: 365}") // whose access logs are kept for the longest, before and after
	text, err := yaml.Marshal(map[string]any{"apiVersion": "ambi/v1", "name": "life", "targets": []string{string(on)}, "services": services})
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// merge lays one document over another; null takes a key away.
func merge(below, over map[string]any) {
	for key, value := range over {
		inner, nested := value.(map[string]any)
		at, has := below[key].(map[string]any)
		switch {
		case value == nil:
			delete(below, key)
		case nested && has:
			merge(at, inner)
		default:
			below[key] = value
		}
	}
}

// build is a project whose one program holds the emitted programs of several specs,
// each as ambi emits it. Its main, which is the test's own, picks one.
type build struct {
	t        *testing.T
	dir      string
	variants []variant
}

// variant is one spec's program for one target.
type variant struct {
	name   string
	target spec.Target
}

func newBuild(t *testing.T, dir string) *build { return &build{t: t, dir: dir} }

// add adds the programs of a variant. A target without a spec has none.
func (b *build) add(name string, onLambda, onKubernetes []byte) {
	b.t.Helper()
	in := generator.Input{App: "life", Module: "example.com/life/" + name}
	for i, text := range [][]byte{onLambda, onKubernetes} {
		if text == nil {
			continue
		}
		on := spec.Targets()[i]
		app, err := spec.Parse(name+" on "+string(on), text)
		if err != nil {
			b.t.Fatalf("%v\n%s", err, text)
		}
		resolved := target.Resolve(app)
		if refused := resolved.Findings.Of(on).Refused(); len(refused) > 0 {
			b.t.Fatal(refused)
		}
		in.App = app.Name
		if on == spec.Lambda {
			in.Lambda = &resolved.Lambda
		} else {
			in.Kubernetes = &resolved.Kubernetes
		}
	}
	files, err := generator.Generate(in)
	if err != nil {
		b.t.Fatal(err)
	}
	b.addFiles(name, files, in.Targets()...)
}

// addFiles adds a program whose module is example.com/life/ and the variant's name.
func (b *build) addFiles(name string, files []generator.File, targets ...spec.Target) {
	b.t.Helper()
	for _, f := range files {
		if f.Path != "stacks/main.go" && !strings.HasSuffix(f.Path, "_test.go") && !strings.Contains(f.Path, "stacktest") {
			b.file(name+"/"+f.Path, f.Content)
		}
	}
	for _, on := range targets {
		b.variants = append(b.variants, variant{name, on})
	}
}

func (b *build) file(name string, content []byte) {
	b.t.Helper()
	name = filepath.Join(b.dir, filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		b.t.Fatal(err)
	}
	if err := os.WriteFile(name, content, 0o600); err != nil {
		b.t.Fatal(err)
	}
}

// write writes what holds the variants together.
func (b *build) write() {
	b.t.Helper()
	files, err := generator.Module("example.com/life")
	if err != nil {
		b.t.Fatal(err)
	}
	for _, f := range files {
		b.file(f.Path, f.Content)
	}
	var imports, cases strings.Builder
	for _, v := range b.variants {
		fmt.Fprintf(&imports, "\t%[1]s%[2]s \"example.com/life/%[1]s/stacks/%[2]s\"\n", v.name, v.target)
		fmt.Fprintf(&cases, "\t\tcase \"%[1]s %[2]s\":\n\t\t\treturn %[1]s%[2]s.Deploy(ctx)\n", v.name, v.target)
	}
	b.file("stacks/main.go", []byte(`package main

import (
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi/config"

`+imports.String()+`)

func main() {
	pulumi.Run(func(ctx *pulumi.Context) error {
		switch read := config.New(ctx, ""); read.Require("variant") + " " + read.Require("target") {
`+cases.String()+`		}
		panic("no such variant")
	})
}
`))
	b.file("Pulumi.yaml", []byte("name: life\nmain: stacks\nruntime: {name: go, options: {buildTarget: bin/stacks}}\n"))
	for _, target := range spec.Targets() {
		b.file("Pulumi."+string(target)+".yaml", []byte(`config:
  life:target: `+string(target)+`
  aws:region: us-east-1
  life:certificateArn: arn:aws:acm:us-east-1:123456789012:certificate/life
  life:subnetIds: subnet-1,subnet-2
  life:securityGroupIds: sg-1
  life:clusterName: life
  life:oidcProviderArn: arn:aws:iam::123456789012:oidc-provider/oidc.eks.us-east-1.amazonaws.com/id/LIFE
`))
	}
}

// zips builds what functions run that have no image.
func (b *build) zips(names ...string) {
	b.t.Helper()
	for _, name := range names {
		var archive bytes.Buffer
		w := zip.NewWriter(&archive)
		entry, err := w.Create("bootstrap")
		if err != nil {
			b.t.Fatal(err)
		}
		fmt.Fprint(entry, name)
		if err := w.Close(); err != nil {
			b.t.Fatal(err)
		}
		b.file("app/build/"+name+".zip", archive.Bytes())
	}
}

// stack is one Pulumi stack with the stand-ins attached.
type stack struct {
	*session
	t         *testing.T
	run       *run
	temporary string
}

func startStack(t *testing.T, dir string, target spec.Target) *stack {
	t.Helper()
	r, err := newRun(Options{Dir: dir, Target: string(target), Offline: true})
	if err != nil {
		t.Fatal(err)
	}
	s := &stack{t: t, run: r, temporary: t.TempDir()}
	if s.session, err = r.startOffline(t.Context(), s.temporary, r.tools.environ(os.Environ())); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	// Without a checkpoint after each of hundreds of steps: the last one is written.
	s.env = append(s.env, "PULUMI_EXPERIMENTAL=true", "PULUMI_SKIP_CHECKPOINTS=true", "PULUMI_DEBUG_COMMANDS=true")
	s.pulumi("config", "set", "--secret", "aws:secretKey", secretKey)
	s.pulumi("config", "set", "--secret", "kubernetes:kubeconfig", secretKubeconfig)
	return s
}

// set picks the spec that is deployed next.
func (s *stack) set(variant string) { s.pulumi("config", "set", "variant", variant) }

func (s *stack) pulumi(arguments ...string) {
	s.t.Helper()
	if out, err := s.try(arguments...); err != nil {
		s.t.Fatalf("pulumi %s: %v\n%s", strings.Join(arguments, " "), err, out)
	}
}

// try runs Pulumi and returns what it said.
func (s *stack) try(arguments ...string) (string, error) {
	cmd := command(s.t.Context(), true, s.run.tools.Pulumi, append(arguments, "--stack", s.stack, "--non-interactive", "--config-file", s.config, "--color", "never")...)
	cmd.Dir, cmd.Env = s.run.Dir, s.env
	out, err := cmd.CombinedOutput()
	return string(out), err
}

func (s *stack) up() map[string]string {
	s.t.Helper()
	return s.steps("up", "--yes", "--skip-preview")
}

// steps runs the engine and returns what it did, by URN, but for what it left alone.
func (s *stack) steps(arguments ...string) map[string]string {
	s.t.Helper()
	steps, out, err := s.trySteps(arguments...)
	if err != nil {
		s.t.Fatalf("pulumi %s: %v\n%s", strings.Join(arguments, " "), err, out)
	}
	return steps
}

// trySteps returns what the engine did, or began to do, also when it failed.
func (s *stack) trySteps(arguments ...string) (steps map[string]string, out string, failed error) {
	s.t.Helper()
	log := filepath.Join(s.temporary, "events.json")
	_ = os.Remove(log)
	out, failed = s.try(append(arguments, "--event-log", log)...)
	text, err := os.ReadFile(log)
	if err != nil {
		s.t.Fatalf("pulumi %s: %v\n%s", strings.Join(arguments, " "), err, out)
	}
	steps = map[string]string{}
	gone := map[string]bool{}
	for line := range strings.Lines(string(text)) {
		var e event
		if err := json.Unmarshal([]byte(line), &e); err != nil {
			s.t.Fatal(err)
		}
		if e.ResourcePre == nil || strings.HasPrefix(e.ResourcePre.Metadata.Type, "pulumi:") {
			continue
		}
		urn, op := e.ResourcePre.Metadata.URN, e.ResourcePre.Metadata.Op
		if onlyRead(op) {
			continue
		}
		switch op {
		case "same":
		case "create-replacement", "delete-replaced", "replace":
			steps[urn] = "replace"
			if gone[urn] && op == "create-replacement" {
				s.t.Errorf("%s is deleted before the new one is there: requests fail in between", urn)
			}
			gone[urn] = gone[urn] || op == "delete-replaced"
		default:
			steps[urn] = op
		}
	}
	return steps, out, failed
}

// state is what the engine keeps of the stack, as it keeps it.
func (s *stack) state() string {
	s.t.Helper()
	text, err := os.ReadFile(filepath.Join(s.temporary, "state", ".pulumi", "stacks", "life", s.stack+".json"))
	if err != nil {
		s.t.Fatal(err)
	}
	return string(text)
}
