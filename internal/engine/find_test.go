//go:build unix

package engine

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// program writes an executable, and returns its path.
func program(t *testing.T, dir, name, script string) string {
	t.Helper()
	if err := os.MkdirAll(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(dir, name)
	if err := os.WriteFile(file, []byte("#!/bin/sh\n"+script), 0o700); err != nil {
		t.Fatal(err)
	}
	return file
}

func TestFind(t *testing.T) {
	root := resolved(t.TempDir())
	in := func(name string) string { return filepath.Join(root, name) }
	for _, file := range []string{
		"go/go",
		"user/pulumi", "user/pulumi-language-go",
		"cli/pulumi",
		"host/pulumi-language-go",
		"tools/pulumi", "tools/pulumi-language-go",
		"project/.bin/pulumi", "project/.bin/pulumi-language-go",
	} {
		program(t, filepath.Dir(in(file)), filepath.Base(file), "")
	}
	if err := os.Mkdir(in("links"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(in("user/pulumi"), in("links/pulumi")); err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		what         string
		path         []string // folders, of the root
		tools        string   // AMBI_TOOLS, of the root
		pulumi, host string
		wrong        string // in the error
	}{
		{"all on PATH", []string{"go", "user"}, "tools", "user/pulumi", "user/pulumi-language-go", ""},
		{"linked to from PATH", []string{"go", "links"}, "tools", "links/pulumi", "user/pulumi-language-go", ""},
		{"completed from PATH", []string{"go", "cli", "host"}, "tools", "cli/pulumi", "host/pulumi-language-go", ""},
		{"completed from AMBI_TOOLS", []string{"go", "cli"}, "tools", "cli/pulumi", "tools/pulumi-language-go", ""},
		{"AMBI_TOOLS before the project", []string{"go"}, "tools", "tools/pulumi", "tools/pulumi-language-go", ""},
		{"the project's", []string{"go"}, "", "project/.bin/pulumi", "project/.bin/pulumi-language-go", ""},
		{"no engine", []string{"go"}, "nowhere", "", "", "pulumi, the Pulumi CLI, is neither on PATH nor in " + in("nowhere") + "\nhint: install it"},
		{"no language host", []string{"go", "cli"}, "nowhere", "", "", "pulumi-language-go, which comes with the Pulumi CLI"},
		{"no go", []string{"user"}, "", "", "", "go is not on PATH"},
	}
	for _, test := range tests {
		t.Run(test.what, func(t *testing.T) {
			var path []string
			for _, folder := range test.path {
				path = append(path, in(folder))
			}
			t.Setenv("PATH", strings.Join(path, string(filepath.ListSeparator)))
			t.Setenv(ToolsVariable, "")
			if test.tools != "" {
				t.Setenv(ToolsVariable, in(test.tools))
			}
			tools, err := Find(in("project"))
			if test.wrong != "" {
				if err == nil || !strings.Contains(err.Error(), test.wrong) {
					t.Fatalf("got %v", err)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if want := (Tools{in(test.pulumi), in(test.host), in("go/go")}); tools != want {
				t.Errorf("got %+v, want %+v", tools, want)
			}
			// Wherever the host is, the engine must get to it: beside itself, or on PATH.
			beside := filepath.Dir(resolved(tools.Pulumi)) == filepath.Dir(tools.LanguageHost)
			onPath := false
			for _, variable := range tools.environ([]string{"PATH=" + os.Getenv("PATH")}) {
				if folders, is := strings.CutPrefix(variable, "PATH="); is {
					onPath = strings.Contains(folders+string(filepath.ListSeparator), filepath.Dir(tools.LanguageHost)+string(filepath.ListSeparator))
				}
			}
			if !beside && !onPath {
				t.Error("the engine does not find its language host")
			}
		})
	}
}
