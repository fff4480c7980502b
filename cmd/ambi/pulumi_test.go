package main

import (
	"bytes"
	"cmp"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"ambi/internal/engine"
	"ambi/internal/offline"
	"ambi/internal/project"
)

// threeServices is a spec whose services call one another.
const threeServices = `apiVersion: ambi/v1
name: shop
services:
  web:
    image: 123456789012.dkr.ecr.us-east-1.amazonaws.com/web:1
    http: {routes: [GET /, "GET /assets/{path+}"]}
    needs: [orders]
  orders:
    image: 123456789012.dkr.ecr.us-east-1.amazonaws.com/orders:1
    http: {routes: [ANY /orders]}
    secrets: {DATABASE_URL: {name: shop-database, key: url}}
  type:
    image: 123456789012.dkr.ecr.us-east-1.amazonaws.com/type:1
    http: {routes: [POST /type]}
    scale: {min: 2, max: 4}
`

// TestPlainPulumi runs the commands of docs/deploying.md with the real CLI,
// as somebody does who has Pulumi and not ambi: what the engine plans is what
// ambi plan lists. Stand-ins attached to the engine take the place of the plugins.
func TestPlainPulumi(t *testing.T) {
	tools := engineTools(t)
	t.Run("the example", func(t *testing.T) {
		dir := t.TempDir()
		for _, name := range []string{"go.mod", "go.sum", "Pulumi.yaml", "Pulumi.lambda.yaml", "Pulumi.kubernetes.yaml", "app", "stacks"} {
			copyInto(t, filepath.Join(dir, name), filepath.Join("../..", name))
		}
		plainPulumi(t, tools, dir, "aws:region", "us-east-1", "clusterName", "my-cluster", "kedaRoleArn", "arn:aws:iam::123456789012:role/keda")
	})
	t.Run("three services in a new project", func(t *testing.T) {
		dir := filepath.Join(t.TempDir(), "shop")
		if err := os.Mkdir(dir, 0o755); err != nil {
			t.Fatal(err)
		}
		mustRun(t, "init", "--minimal", "-C", dir)
		if err := os.WriteFile(filepath.Join(dir, project.SpecFile), []byte(threeServices), 0o644); err != nil {
			t.Fatal(err)
		}
		mustRun(t, "generate", "-C", dir)
		plainPulumi(t, tools, dir)
	})
}

// plainPulumi makes the stacks of a project, and holds each preview to the plan. The
// stack on Kubernetes has settings beside its context, by key and value.
func plainPulumi(t *testing.T, tools engine.Tools, dir string, settings ...string) {
	stand, err := offline.Serve()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = stand.Close() })
	home := t.TempDir()
	env := append(os.Environ(), stand.Env()...)
	env = append(env, "PULUMI_HOME="+home, "PULUMI_CONFIG_PASSPHRASE=", "PULUMI_SKIP_UPDATE_CHECK=true",
		"PATH="+filepath.Dir(tools.LanguageHost)+string(filepath.ListSeparator)+os.Getenv("PATH"))
	pulumi := func(arguments ...string) []byte {
		t.Helper()
		cmd := exec.Command(tools.Pulumi, append(arguments, "--non-interactive")...)
		cmd.Dir, cmd.Env = dir, env
		var said bytes.Buffer
		cmd.Stderr = &said
		out, err := cmd.Output()
		if err != nil {
			t.Fatalf("pulumi %s: %v\n%s%s", strings.Join(arguments, " "), err, out, said.String())
		}
		return out
	}
	plan := planned(t, dir)

	pulumi("login", "file://"+filepath.ToSlash(home))
	_, err = os.Stat(filepath.Join(dir, "stacks/data"))
	hasData := err == nil
	if hasData {
		pulumi("stack", "init", "main", "-C", "stacks/data")
		pulumi("up", "--yes", "--skip-preview", "-C", "stacks/data")
	}
	pulumi("stack", "init", "lambda")
	requireResources(t, pulumi("preview", "--json"), plan["lambda"])
	pulumi("stack", "init", "kubernetes")
	pulumi("config", "set", "--stack", "kubernetes", "kubernetes:context", "my-cluster")
	for pair := range slices.Chunk(settings, 2) {
		pulumi("config", "set", "--stack", "kubernetes", pair[0], pair[1])
	}
	requireResources(t, pulumi("preview", "--json"), plan["kubernetes"])

	// A stack of the team's own, which holds nothing yet, goes either way.
	pulumi("stack", "init", "dev")
	pulumi("config", "set", "target", "lambda")
	pulumi("config", "set", "kubernetes:context", "my-cluster")
	pulumi("config", "set", "aws:region", "us-east-1")
	if hasData {
		pulumi("config", "set", "dataStack", "main")
	}
	requireResources(t, pulumi("preview", "--json"), plan["lambda"])
	pulumi("config", "set", "target", "kubernetes")
	for pair := range slices.Chunk(settings, 2) {
		pulumi("config", "set", pair[0], pair[1])
	}
	requireResources(t, pulumi("preview", "--json"), plan["kubernetes"])
	if !hasData {
		return
	}

	// ambi's own preview of them has the data first, and says in which order to deploy what
	// is not deployed yet.
	for _, variable := range env {
		name, value, _ := strings.Cut(variable, "=")
		if own, set := os.LookupEnv(name); !set || own != value {
			t.Setenv(name, value)
		}
	}
	var previews PreviewDocument
	if err := json.Unmarshal(mustRun(t, "preview", "--json", "-C", dir), &previews); err != nil {
		t.Fatal(err)
	}
	if previews.Data == nil || previews.Data.Stack != "main" || previews.Data.Offline || len(previews.Data.Resources) == 0 {
		t.Fatalf("the preview of the data is %+v", previews.Data)
	}
	for _, r := range previews.Data.Resources {
		if r.Op != "same" {
			t.Errorf("what is deployed: %s of %s", r.Op, r.URN)
		}
	}
	if said := string(mustRun(t, "preview", "-C", dir)); !strings.Contains(said, "thumbs: data, stack main\n") || strings.Contains(said, "deploy the") {
		t.Errorf("nothing of the data is to be deployed, and the preview says\n%s", said)
	}

	// The data outlives the app: its own destroy is refused until the stack lets it go.
	kept := stand.Existing()
	pulumi("up", "--stack", "lambda", "--yes", "--skip-preview")
	pulumi("destroy", "--stack", "lambda", "--yes", "--skip-preview")
	if left := stand.Existing(); !slices.Equal(left, kept) {
		t.Errorf("the destroy of the app's stack leaves\n%s\nof the data\n%s", strings.Join(left, "\n"), strings.Join(kept, "\n"))
	}
	refused := exec.Command(tools.Pulumi, "destroy", "--yes", "-C", "stacks/data", "--non-interactive")
	refused.Dir, refused.Env = dir, env
	if out, err := refused.CombinedOutput(); err == nil || !bytes.Contains(out, []byte("protect")) {
		t.Errorf("a destroy of the data is not refused: %v\n%s", err, out)
	}
	if left := stand.Existing(); !slices.Equal(left, kept) {
		t.Errorf("the destroy that was refused leaves\n%s\nof the data\n%s", strings.Join(left, "\n"), strings.Join(kept, "\n"))
	}
	pulumi("config", "set", "protect", "false", "-C", "stacks/data")
	pulumi("up", "--yes", "--skip-preview", "-C", "stacks/data")
	pulumi("destroy", "--yes", "--skip-preview", "-C", "stacks/data")
	if left := stand.Existing(); len(left) > 0 {
		t.Errorf("once let go, the data is destroyed but for\n%s", strings.Join(left, "\n"))
	}
}

// registered is a resource as both a plan and a preview name it.
type registered struct{ Type, Name string }

// planned is what ambi plan lists for each target.
func planned(t *testing.T, dir string) map[string][]registered {
	t.Helper()
	var plan struct {
		Targets []struct {
			Target    string
			Resources []registered
		}
	}
	if err := json.Unmarshal(mustRun(t, "plan", "--json", "-C", dir), &plan); err != nil {
		t.Fatal(err)
	}
	resources := map[string][]registered{}
	for _, p := range plan.Targets {
		if len(p.Resources) == 0 {
			t.Fatalf("no plan for %s", p.Target)
		}
		resources[p.Target] = p.Resources
	}
	return resources
}

// requireResources compares the steps of "pulumi preview --json" with a plan. The
// stack itself and the default providers are the engine's own; what the program only
// reads is in no plan.
func requireResources(t *testing.T, preview []byte, want []registered) {
	t.Helper()
	var planned struct {
		Steps []struct{ Op, URN string }
	}
	if err := json.Unmarshal(preview, &planned); err != nil {
		t.Fatalf("%v\n%s", err, preview)
	}
	var got []registered
	for _, step := range planned.Steps {
		parts := strings.SplitN(step.URN, "::", 4) // urn:pulumi:STACK::PROJECT::TYPE::NAME
		if strings.HasPrefix(parts[2], "pulumi:") || step.Op == "read" {
			continue
		}
		if step.Op != "create" {
			t.Errorf("%s of %s", step.Op, step.URN)
		}
		got = append(got, registered{parts[2], parts[3]})
	}
	order := func(a, b registered) int { return cmp.Or(cmp.Compare(a.Type, b.Type), cmp.Compare(a.Name, b.Name)) }
	want = slices.SortedFunc(slices.Values(want), order)
	if slices.SortFunc(got, order); !slices.Equal(got, want) {
		t.Errorf("the engine plans\n%v\nand ambi plan lists\n%v", got, want)
	}
}

// engineTools finds the real engine, and skips the test where there is none.
func engineTools(t *testing.T) engine.Tools {
	t.Helper()
	if os.Getenv(engine.ToolsVariable) == "" {
		built, err := filepath.Abs("../../.bin")
		if err != nil {
			t.Fatal(err)
		}
		t.Setenv(engine.ToolsVariable, built)
	}
	tools, err := engine.Find("../..")
	if err != nil {
		t.Skipf(`needs the Pulumi engine, which "make tools" builds: %v`, err)
	}
	return tools
}

// mustRun runs ambi and returns what it prints.
func mustRun(t *testing.T, args ...string) []byte {
	t.Helper()
	var out, said bytes.Buffer
	if code := run(args, nil, &out, &said); code != exitDone {
		t.Fatalf("ambi %s: exit code %d\n%s%s", strings.Join(args, " "), code, out.String(), said.String())
	}
	return out.Bytes()
}

// copyInto copies a file or a folder, without what was built in it.
func copyInto(t *testing.T, to, from string) {
	t.Helper()
	info, err := os.Stat(from)
	if err != nil {
		t.Fatal(err)
	}
	if !info.IsDir() {
		text, err := os.ReadFile(from)
		if err == nil {
			err = os.WriteFile(to, text, 0o644)
		}
		if err != nil {
			t.Fatal(err)
		}
		return
	}
	entries, err := os.ReadDir(from)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(to, 0o755); err != nil {
		t.Fatal(err)
	}
	for _, entry := range entries {
		if name := entry.Name(); name != "bin" && name != "build" {
			copyInto(t, filepath.Join(to, name), filepath.Join(from, name))
		}
	}
}
