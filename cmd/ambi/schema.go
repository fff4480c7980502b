package main

import (
	"embed"
	"fmt"
	"runtime/debug"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"ambi/compare"
	"ambi/internal/flags"
	"ambi/internal/problem"
	"ambi/internal/project"
	"ambi/spec"
)

// published are the schemas of what commands print as JSON, by their names;
// TestSchemas makes them from the Go types. That of compare is in its package.
//
//go:embed schemas/*.json
var published embed.FS

// schemaNames are what the command schema prints, with what each is of.
func schemaNames() [][2]string {
	return [][2]string{
		{"spec", "the spec, " + project.SpecFile},
		{"compare", "ambi compare --json"},
		{"generate", "ambi generate --json"},
		{"import", "ambi import --json"},
		{"measure", "ambi measure --json"},
		{"plan", "ambi plan --json"},
		{"preview", "ambi preview --json"},
		{"prices", "ambi prices --json"},
		{"simulate", "ambi simulate --json"},
		{"slo", "ambi simulate --slo OBJECTIVE --json"},
		{"switch", "ambi switch --json"},
		{"trace", "ambi trace --json"},
		{"validate", "ambi validate --json"},
	}
}

func newSchemaCommand(io streams) *cobra.Command {
	var names []string
	var list strings.Builder
	for _, s := range schemaNames() {
		names = append(names, s[0])
		fmt.Fprintf(&list, "  %-9s %s\n", s[0], s[1])
	}
	return &cobra.Command{
		Use:   "schema [NAME]",
		Short: "Print the JSON Schema of the spec, or of what a command prints as JSON",
		Long: `Print a JSON Schema (draft 2020-12), for editors and other tools. Without a name,
list what there is:

` + list.String() + `
What a command prints names its format and version under "format"; a later ambi
may add keys to it; any other change gets a new version.

Editors with a YAML language server complete and check app.yaml by the spec's:

  ambi schema spec > app/schema.json
  # first line of app/app.yaml: # yaml-language-server: $schema=schema.json`,
		Example: `  ambi schema
  ambi schema spec > app/schema.json`,
		Args:      flags.AtMostOne("one name"),
		ValidArgs: names,
		RunE: func(_ *cobra.Command, args []string) error {
			if len(args) == 0 {
				return printText(io.out, list.String())
			}
			text, err := schemaOf(args[0], names)
			if err != nil {
				return err
			}
			return printText(io.out, string(text))
		},
	}
}

// schemaOf is the schema of a name.
func schemaOf(name string, names []string) ([]byte, error) {
	switch {
	case !slices.Contains(names, name):
		unknown := problem.New("no schema %q", name)
		if near := flags.Nearest(names, name); near != "" {
			return nil, problem.As(problem.Misuse, unknown.Hint("did you mean %s?", near))
		}
		return nil, problem.As(problem.Misuse, unknown.Hint("there are %s", strings.Join(names, ", ")))
	case name == "spec":
		return spec.Schema()
	case name == "compare":
		return compare.Schema(), nil
	}
	return published.ReadFile("schemas/" + name + ".json")
}

func newVersionCommand(io streams) *cobra.Command {
	return &cobra.Command{
		Use:   "version",
		Short: "Print ambi's version, and those of the modules that emitted code imports",
		Example: `  ambi version
  ambi --version`,
		Args: flags.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			if _, err := fmt.Fprint(io.out, versionText()); err != nil {
				return problem.As(problem.Machine, err)
			}
			return nil
		},
	}
}

// release is the newest of CHANGELOG.md. A build from a git clone knows better:
// its tag, or its commit.
const release = "0.1.1"

// versionText is ambi's version, and those that what it emits is written against.
func versionText() string {
	version, goVersion := "unknown", "unknown"
	if info, ok := debug.ReadBuildInfo(); ok {
		version, goVersion = info.Main.Version, info.GoVersion
	}
	if version == "(devel)" || version == "unknown" || version == "" { // no git was at hand
		version = "v" + release + "+unknown"
	}
	text := fmt.Sprintf("ambi %s (%s), reads %s\n", version, goVersion, spec.APIVersion)
	pins, _ := project.PinnedModules() // embedded, and parsed by a test
	for _, module := range pins {
		text += fmt.Sprintf("emits for %s %s\n", module.Path, module.Version)
	}
	return text
}
