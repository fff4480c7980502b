package main

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"ambi/internal/engine"
)

var update = flag.Bool("update", false, "write the expected output in the scripts anew")

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"ambi": main})
}

// TestScripts runs the command as users do. Each script documents a behaviour.
func TestScripts(t *testing.T) {
	tools, err := filepath.Abs("../../.bin")
	if err != nil {
		t.Fatal(err)
	}
	if given := os.Getenv("AMBI_TOOLS"); given != "" {
		tools = given
	}
	engineFound := sync.OnceValue(func() error {
		_, err := engine.Find("../..")
		return err
	})
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/script",
		UpdateScripts:       *update,
		RequireExplicitExec: true,
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"exits": exits, "big": big, "edit": edit, "onlyambi": onlyAmbi,
			"sameresources": sameResources, "ofschema": ofSchema,
		},
		Condition: func(name string) (bool, error) {
			if name != "engine" {
				return false, fmt.Errorf("no condition %q", name)
			}
			return engineFound() == nil, nil
		},
		Setup: func(env *testscript.Env) error {
			env.Setenv("NO_COLOR", "1")
			env.Setenv("AMBI_TOOLS", tools)
			// The program is compiled with this machine's caches, and without a network.
			for _, name := range []string{"GOCACHE", "GOMODCACHE"} {
				env.Setenv(name, goEnv(t, name))
			}
			env.Setenv("GOPROXY", "off")
			return nil
		},
	})
}

// exits runs a command and requires its exit code: exits 2 ambi nonsense.
func exits(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: exits CODE COMMAND [ARG ...]")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	got := 0
	if err := ts.Exec(args[1], args[2:]...); err != nil {
		var exit *exec.ExitError
		if !errors.As(err, &exit) {
			ts.Fatalf("%v", err)
		}
		got = exit.ExitCode()
	}
	if got != want {
		ts.Fatalf("exit code %d, want %d", got, want)
	}
}

// goEnv asks the go command for one of its settings.
func goEnv(t *testing.T, name string) string {
	t.Helper()
	out, err := exec.Command("go", "env", name).Output()
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimSpace(string(out))
}

// sameResources requires that a preview registers what a plan lists, for each
// target: sameresources preview.json plan.json.
func sameResources(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: sameresources PREVIEW PLAN")
	}
	type resource struct{ Type, Name string }
	var preview struct {
		Previews []struct {
			Target    string
			Resources []resource
		}
	}
	var plan struct {
		Targets []struct {
			Target    string
			Resources []resource
		}
	}
	ts.Check(json.Unmarshal([]byte(ts.ReadFile(args[0])), &preview))
	ts.Check(json.Unmarshal([]byte(ts.ReadFile(args[1])), &plan))
	if len(preview.Previews) != len(plan.Targets) {
		ts.Fatalf("%d previews for %d targets", len(preview.Previews), len(plan.Targets))
	}
	order := func(a, b resource) int {
		return cmp.Or(strings.Compare(a.Type, b.Type), strings.Compare(a.Name, b.Name))
	}
	for i, want := range plan.Targets {
		got := preview.Previews[i]
		slices.SortFunc(got.Resources, order)
		slices.SortFunc(want.Resources, order)
		if got.Target != want.Target || !slices.Equal(got.Resources, want.Resources) {
			ts.Fatalf("the engine registers for %s\n%v\nand the plan lists for %s\n%v", got.Target, got.Resources, want.Target, want.Resources)
		}
	}
}

// ofSchema requires that a file is of a published schema: ofschema preview preview.json.
func ofSchema(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: ofschema NAME FILE")
	}
	var out, errs bytes.Buffer
	if run([]string{"schema", args[0]}, nil, &out, &errs) != exitDone {
		ts.Fatalf("%s", errs.String())
	}
	schema, err := strictly(out.Bytes())
	ts.Check(err)
	document, err := jsonschema.UnmarshalJSON(strings.NewReader(ts.ReadFile(args[1])))
	ts.Check(err)
	ts.Check(schema.Validate(document))
}

// big makes a file of so many megabytes: big 50 app/app.yaml.
func big(ts *testscript.TestScript, _ bool, args []string) {
	megabytes, err := strconv.Atoi(args[0])
	ts.Check(err)
	ts.Check(os.WriteFile(ts.MkAbs(args[1]), []byte(strings.Repeat("# padding\n", megabytes<<20/10)), 0o644))
}

// edit replaces the one match of a regular expression in a file: edit FILE
// REGEXP NEW, where \n, \r and \t stand for themselves.
func edit(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 3 {
		ts.Fatalf("usage: edit FILE REGEXP NEW")
	}
	old, err := regexp.Compile(args[1])
	ts.Check(err)
	text := ts.ReadFile(args[0])
	at := old.FindAllStringIndex(text, -1)
	if len(at) != 1 {
		ts.Fatalf("%s has %q %d times", args[0], args[1], len(at))
	}
	text = text[:at[0][0]] + strings.NewReplacer(`\n`, "\n", `\r`, "\r", `\t`, "\t").Replace(args[2]) + text[at[0][1]:]
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), []byte(text), 0o644))
}

// onlyAmbi leaves no other program on PATH.
func onlyAmbi(ts *testscript.TestScript, _ bool, _ []string) {
	// testscript puts the folder with the commands under test before all others.
	ts.Setenv("PATH", filepath.SplitList(ts.Getenv("PATH"))[0])
}
