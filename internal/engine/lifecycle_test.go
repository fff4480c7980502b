package engine

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"

	"ambi/internal/lifecycle"
	"ambi/internal/updateimpact"
	"ambi/spec"
)

// TestLifecycle deploys each change that docs/changes.md speaks of, on both targets, through
// the real engine and against the stand-ins: then refreshed, repaired and destroyed.
func TestLifecycle(t *testing.T) {
	needsEngine(t)
	if raceDetector {
		t.Skip("long, and the detector does not see what happens in the engine's process")
	}
	dir := resolved(t.TempDir())
	all := updateimpact.All()
	build := lifecycle.NewProgram(t, dir)
	build.Add("before", lifecycle.ChangesSpec(t, spec.Lambda, all, false), lifecycle.ChangesSpec(t, spec.Kubernetes, all, false))
	build.Add("after", lifecycle.ChangesSpec(t, spec.Lambda, all, true), lifecycle.ChangesSpec(t, spec.Kubernetes, all, true))
	build.Add("small", lifecycle.SmallSpec("small"), lifecycle.SmallSpec("small"))
	build.Add("renamed", lifecycle.SmallSpec("other"), lifecycle.SmallSpec("other"))
	build.Zips("one", "two")
	build.Write()
	for _, target := range spec.Targets() {
		t.Run(string(target), func(t *testing.T) {
			s := startStack(t, dir, target)
			s.pulumi("config", "set-all", "--secret", "aws:secretKey="+secretKey, "--secret", "kubernetes:kubeconfig="+secretKubeconfig)
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
			lifecycle.Compare(t, target, all, s.up())
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

// TestDataLifecycle deploys each change of the data, and of what services have to do with it:
// what it does to the stack of the data, and to those of the app.
func TestDataLifecycle(t *testing.T) {
	needsEngine(t)
	if raceDetector {
		t.Skip("long, and the detector does not see what happens in the engine's process")
	}
	dir := resolved(t.TempDir())
	var all, protected []updateimpact.Change
	for _, c := range updateimpact.Data() {
		if c.Data.Protected {
			protected = append(protected, c)
		} else {
			all = append(all, c)
		}
	}
	build := lifecycle.NewProgram(t, dir)
	for suffix, changes := range map[string][]updateimpact.Change{"": all, "protected": protected} {
		for name, after := range map[string]bool{"before": false, "after": true} {
			build.Add(name+suffix, lifecycle.DataSpec(t, spec.Lambda, changes, after), lifecycle.DataSpec(t, spec.Kubernetes, changes, after))
		}
	}
	for name, text := range switched {
		build.Add(name, []byte(text), []byte(text))
	}
	build.Write()
	t.Run("a switch", func(t *testing.T) { switchesAndBack(t, build, dir) })
	t.Run("adopting data", func(t *testing.T) { adoptsData(t, build, dir, "whole") })
	t.Run("a switch of one service", func(t *testing.T) { movesOneService(t, build, dir) })
	for _, target := range append(spec.Targets(), lifecycle.DataTarget) {
		t.Run(string(target)+", protected", func(t *testing.T) {
			s := startStack(t, dir, target)
			s.withData(build.Data["beforeprotected"])
			s.choose(build, target, "beforeprotected")
			s.up()
			s.withData(build.Data["afterprotected"])
			s.choose(build, target, "afterprotected")
			if target == lifecycle.DataTarget {
				existing := keeping(s.stand.Existing())
				if out, err := s.try("up", "--yes", "--skip-preview"); err == nil || !strings.Contains(out, "protect") {
					t.Errorf("a change that deletes data is not refused: %v\n%s", err, out)
				}
				if left := keeping(s.stand.Existing()); len(existing) == 0 || !slices.Equal(left, existing) {
					t.Errorf("the update that was refused left\n%s\nof\n%s", strings.Join(left, "\n"), strings.Join(existing, "\n"))
				}
				s.choose(build, target, "beforeprotected")
				s.configure("life:protect", "false")
				s.up()
				s.choose(build, target, "afterprotected")
			}
			lifecycle.Compare(t, target, protected, s.up())
			s.pulumi("destroy", "--yes")
			if left := s.stand.Existing(); len(left) > 0 {
				t.Errorf("destroy left %v", left)
			}
		})
		t.Run(string(target), func(t *testing.T) {
			s := startStack(t, dir, target)
			if target != lifecycle.DataTarget {
				s.withData(build.Data["after"])
			}
			s.choose(build, target, "before")
			s.up()
			s.choose(build, target, "after")
			lifecycle.Compare(t, target, all, s.up())
			if steps := s.up(); len(steps) > 0 {
				t.Errorf("a second update changes %v", steps)
			}
			s.pulumi("refresh", "--yes", "--expect-no-changes")
			if target != lifecycle.DataTarget {
				s.pulumi("destroy", "--yes")
				if left := s.stand.Existing(); len(left) > 0 {
					t.Errorf("destroy left %v", left)
				}
				return
			}
			existing := s.stand.Existing()
			for _, how := range [][]string{{"destroy", "--yes"}, {"destroy", "--yes", "--skip-preview"}} {
				if out, err := s.try(how...); err == nil || !strings.Contains(out, "protect") {
					t.Errorf("%v of the data is not refused: %v\n%s", how, err, out)
				}
				if left := s.stand.Existing(); len(left) != len(existing) {
					t.Errorf("%v, which was refused, left %d of %d resources", how, len(left), len(existing))
				}
			}
		})
	}
}

// Two secrets that a stack's configuration may hold.
const (
	secretKey        = "never-in-plain-text-1"
	secretKubeconfig = "never-in-plain-text-2"
)

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
	return s
}

// keeping are those resources that data is in.
func keeping(urns []string) []string {
	kept := slices.DeleteFunc(slices.Clone(urns), func(urn string) bool {
		return !strings.Contains(urn, "::aws:sqs/queue:Queue::") && !strings.Contains(urn, "::aws:s3/bucketV2:BucketV2::")
	})
	slices.Sort(kept)
	return kept
}

// withData puts the stack of the data in place that a variant reads, or another state of it.
func (s *stack) withData(d lifecycle.DataStack) {
	s.t.Helper()
	r := &run{Options: s.run.Options, stack: usualDataStack, tools: s.run.tools, project: &project{Name: d.App + "-data", dir: s.run.Dir}, progress: s.run.progress}
	beside := filepath.Join(s.temporary, "data-"+d.App)
	if !exists(beside) {
		if err := r.initialize(s.t.Context(), beside, filepath.Join(beside, "Pulumi.main.yaml"), []byte("config: {}\n"), s.env, r.stack); err != nil {
			s.t.Fatal(err)
		}
	}
	if err := r.imports(s.t.Context(), beside, s.env, d.Outputs); err != nil {
		s.t.Fatal(err)
	}
}

// choose picks the spec that is deployed next, with the settings that it must have.
func (s *stack) choose(build *lifecycle.Program, target spec.Target, variant string) {
	s.t.Helper()
	s.set(variant)
	if slices.Contains(spec.Targets(), target) {
		return
	}
	text, err := os.ReadFile(s.config)
	if err == nil {
		text, err = build.SettingsOf(lifecycle.Variant{Name: variant, Target: target}, text)
	}
	if err == nil {
		err = os.WriteFile(s.config, text, 0o600)
	}
	if err != nil {
		s.t.Fatal(err)
	}
}

// set picks the spec that is deployed next.
func (s *stack) set(variant string) { s.configure("life:variant", variant) }

// configure writes a setting into the stack's file. Pulumi would do it in a process of its own, which takes
// about as long as an update.
func (s *stack) configure(key, value string) {
	s.t.Helper()
	file := map[string]any{}
	text, err := os.ReadFile(s.config)
	if err == nil {
		err = yaml.Unmarshal(text, &file)
	}
	settings, ok := file["config"].(map[string]any)
	if err != nil || !ok {
		s.t.Fatalf("%s: %v\n%s", s.config, err, text)
	}
	settings[key] = value
	if text, err = yaml.Marshal(file); err == nil {
		err = os.WriteFile(s.config, text, 0o600)
	}
	if err != nil {
		s.t.Fatal(err)
	}
}

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
	if _, err := os.Stat(log); err != nil {
		s.t.Fatalf("pulumi %s: %v\n%s", strings.Join(arguments, " "), err, out)
	}
	return lifecycle.Steps(s.t, log), out, failed
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
