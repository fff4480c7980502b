//go:build cluster

package cluster_test

import (
	"bytes"
	"context"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"go.yaml.in/yaml/v3"

	"ambi/internal/cluster"
	"ambi/internal/lifecycle"
	"ambi/internal/offline"
)

// stack is a Pulumi stack of a project that the real Kubernetes provider deploys to the
// cluster. A stand-in answers for AWS.
type stack struct {
	*proof
	t         *testing.T
	dir, name string
	env       []string
	log       string // the engine's, of the last command
}

// newStack makes a stack in a project's folder, with a state of its own.
func (p *proof) newStack(t *testing.T, dir, name string, settings map[string]string) *stack {
	t.Helper()
	own := t.TempDir()
	stand, err := offline.Serve("aws")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = stand.Close() })
	s := &stack{proof: p, t: t, dir: dir, name: name, log: filepath.Join(own, "events.json")}
	for _, variable := range os.Environ() {
		if !strings.HasPrefix(variable, "PULUMI_") && !strings.HasPrefix(variable, "AWS_") && !strings.HasPrefix(variable, "KUBE") && !strings.HasPrefix(variable, "PATH=") {
			s.env = append(s.env, variable)
		}
	}
	s.env = append(s.env, stand.Env()...)
	s.env = append(s.env,
		"PATH="+os.Getenv("PATH")+string(filepath.ListSeparator)+tools(t), // which has pulumi-resource-kubernetes
		"KUBECONFIG="+p.kubeconfig,
		"PULUMI_HOME="+filepath.Join(own, "home"),
		"PULUMI_BACKEND_URL=file://"+own,
		"PULUMI_CONFIG_PASSPHRASE=",
		"PULUMI_SKIP_UPDATE_CHECK=true",
		"PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION=true",
		"PULUMI_DEBUG_COMMANDS=true", // offers --event-log
	)
	s.pulumi("stack", "init", name, "--no-select")
	s.set("target", "kubernetes")
	s.set("kubernetes:context", "test")
	for _, key := range slices.Sorted(maps.Keys(settings)) {
		s.set(key, settings[key])
	}
	return s
}

// set sets a setting of the stack, as "pulumi config set" does, which takes longer.
func (s *stack) set(key, value string) {
	s.t.Helper()
	s.configure(func(config map[string]any) { config[s.full(key)] = value })
}

func (s *stack) unset(key string) {
	s.t.Helper()
	s.configure(func(config map[string]any) { delete(config, s.full(key)) })
}

func (s *stack) configure(change func(config map[string]any)) {
	s.t.Helper()
	configure(s.t, s.dir, s.name, change)
}

func (s *stack) full(key string) string { s.t.Helper(); return fullName(s.t, s.dir, key) }

// fullName is a setting's name with the project's, which most begin with.
func fullName(t *testing.T, dir, key string) string {
	t.Helper()
	if strings.Contains(key, ":") {
		return key
	}
	var project struct{ Name string }
	readYAML(t, filepath.Join(dir, "Pulumi.yaml"), &project)
	return project.Name + ":" + key
}

// configure changes the settings of a stack in its file.
func configure(t *testing.T, dir, stack string, change func(config map[string]any)) {
	t.Helper()
	name := filepath.Join(dir, "Pulumi."+stack+".yaml")
	file := map[string]any{}
	readYAML(t, name, &file)
	config, _ := file["config"].(map[string]any)
	if config == nil {
		config = map[string]any{}
		file["config"] = config
	}
	change(config)
	var text bytes.Buffer
	encoder := yaml.NewEncoder(&text)
	encoder.SetIndent(2)
	if err := encoder.Encode(file); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, text.Bytes(), 0o644); err != nil {
		t.Fatal(err)
	}
}

func readYAML(t *testing.T, name string, to any) {
	t.Helper()
	text, err := os.ReadFile(name)
	if err == nil {
		err = yaml.Unmarshal(text, to)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// command is a command of Pulumi's for this stack.
func (s *stack) command(arguments ...string) *exec.Cmd {
	pulumi, err := exec.LookPath("pulumi")
	if err != nil {
		pulumi = filepath.Join(tools(s.t), "pulumi")
	}
	if arguments[0] != "stack" {
		arguments = append(arguments, "--stack", s.name)
	}
	cmd := exec.CommandContext(s.ctx, pulumi, append(arguments, "--non-interactive", "--color", "never")...)
	cmd.Dir, cmd.Env = s.dir, s.env
	return cmd
}

// try runs Pulumi and returns what it said.
func (s *stack) try(arguments ...string) (string, error) {
	s.t.Helper()
	began := time.Now()
	out, err := s.command(arguments...).CombinedOutput()
	if s.ctx.Err() != nil {
		s.t.Fatalf("pulumi %s: %v", strings.Join(arguments, " "), context.Cause(s.ctx))
	}
	if took := time.Since(began); took > 2*time.Second {
		s.t.Logf("pulumi %s: %.1f s", arguments[0], took.Seconds())
	}
	return string(out), err
}

func (s *stack) pulumi(arguments ...string) string {
	s.t.Helper()
	out, err := s.try(arguments...)
	if err != nil {
		s.t.Fatalf("pulumi %s: %v\n%s", strings.Join(arguments, " "), err, out)
	}
	return out
}

// steps runs the engine and returns what it did, by "type name" and then by operation.
func (s *stack) steps(arguments ...string) map[string]string {
	s.t.Helper()
	s.pulumi(s.logged(arguments)...)
	return lifecycle.Steps(s.t, s.log)
}

// fails runs the engine, which must fail, and must do so soon. It returns what it said.
func (s *stack) fails(arguments ...string) string {
	s.t.Helper()
	began := time.Now()
	out, err := s.try(s.logged(arguments)...)
	if err == nil {
		s.t.Fatalf("pulumi %s succeeds, and should not:\n%s", strings.Join(arguments, " "), out)
	}
	if took := time.Since(began); took > 3*time.Minute {
		s.t.Errorf("pulumi %s failed after %s", strings.Join(arguments, " "), took)
	}
	return out
}

func (s *stack) logged(arguments []string) []string {
	_ = os.Remove(s.log)
	return append(slices.Clone(arguments), "--event-log", s.log)
}

// Much of what an update waits for is a clock: Pulumi gives a Service's endpoints ten
// seconds to settle. So all are waited for at once.
const atOnce = "--parallel=100"

func (s *stack) preview() map[string]string { s.t.Helper(); return s.steps("preview") }

func (s *stack) up() map[string]string {
	s.t.Helper()
	return s.steps("up", "--yes", "--skip-preview", atOnce)
}

func (s *stack) upFails() string {
	s.t.Helper()
	return s.fails("up", "--yes", "--skip-preview", atOnce)
}

func (s *stack) destroy() map[string]string {
	s.t.Helper()
	return s.steps("destroy", "--yes", "--skip-preview", atOnce)
}

// refreshes refreshes the stack, after which nothing is left to do.
func (s *stack) refreshes() {
	s.t.Helper()
	s.pulumi("refresh", "--yes", "--skip-preview", atOnce)
	s.pulumi("preview", "--expect-no-changes")
}

// only returns the resources of steps, each as "type name", and fails the test unless all
// have one operation.
func (s *stack) only(op string, steps map[string]string) []string {
	s.t.Helper()
	var resources []string
	for urn, did := range steps {
		if did != op {
			s.t.Errorf("%s %s, want %s", did, urn, op)
		}
		part := strings.Split(urn, "::")
		token := part[2]
		resources = append(resources, token[strings.LastIndexByte(token, '$')+1:]+" "+part[3])
	}
	slices.Sort(resources)
	return resources
}

// silent is the Ingress class that nobody serves.
const silent = "silent"

// serveIngresses gives each Ingress an address, as its controller would, until the
// context ends. Those of the class [silent] get none.
func (p *proof) serveIngresses(ctx context.Context) {
	for ctx.Err() == nil {
		list, _ := p.List(ctx, "networking.k8s.io/v1", "Ingress", "", nil)
		for _, o := range list {
			if o.Text("spec", "ingressClassName") == silent || o.List("status", "loadBalancer", "ingress") != nil {
				continue
			}
			o["apiVersion"], o["kind"] = "networking.k8s.io/v1", "Ingress" // a list leaves that out
			address := map[string]any{"loadBalancer": map[string]any{"ingress": []any{map[string]any{"ip": "192.0.2.1"}}}}
			_, _ = p.Merge(ctx, "controller", o, "status", cluster.Object{"status": address}) // or the next time
		}
		select {
		case <-ctx.Done():
		case <-time.After(200 * time.Millisecond):
		}
	}
}

// same fails unless two sorted lists have the same elements.
func same(t *testing.T, what string, got, want []string) {
	t.Helper()
	if slices.Equal(got, want) {
		return
	}
	var text strings.Builder
	for _, one := range got {
		if !slices.Contains(want, one) {
			fmt.Fprintf(&text, "\n  more: %s", one)
		}
	}
	for _, one := range want {
		if !slices.Contains(got, one) {
			fmt.Fprintf(&text, "\n  less: %s", one)
		}
	}
	t.Errorf("%s: %d, want %d%s", what, len(got), len(want), text.String())
}
