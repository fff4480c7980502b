package main

import (
	"fmt"
	"runtime/debug"

	"github.com/spf13/cobra"

	"ambi/compare"
	"ambi/spec"
)

func newSchemaCommand(io streams) *cobra.Command {
	return &cobra.Command{
		Use:   "schema [spec|compare]",
		Short: "Print the JSON Schema of the spec, or of a comparison, for editors and other tools",
		Long: `Print a JSON Schema (draft 2020-12): the spec's, or with "compare" that of what
"ambi compare --json" prints. Editors with a YAML language server complete and
check app.yaml by the spec's:

  ambi schema > app/schema.json
  # first line of app/app.yaml: # yaml-language-server: $schema=schema.json`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			text, err := schemaOf(append(args, "spec")[0])
			if err != nil {
				return err
			}
			if _, err := io.out.Write(text); err != nil {
				return machineError{err}
			}
			return nil
		},
	}
}

func schemaOf(what string) ([]byte, error) {
	switch what {
	case "spec":
		return spec.Schema()
	case "compare":
		return compare.Schema(), nil
	}
	return nil, usageError{fmt.Errorf("must be spec or compare, got %q", what)}
}

func newVersionCommand(io streams) *cobra.Command {
	return &cobra.Command{
		Use:   "version",
		Short: "Print ambi's version, and those of the modules that emitted code imports",
		Args:  noArgs,
		RunE: func(*cobra.Command, []string) error {
			if _, err := fmt.Fprint(io.out, versionText()); err != nil {
				return machineError{err}
			}
			return nil
		},
	}
}

// versionText is ambi's version, and those that what it emits is written against.
func versionText() string {
	version, goVersion := "unknown", "unknown"
	if info, ok := debug.ReadBuildInfo(); ok {
		version, goVersion = info.Main.Version, info.GoVersion
	}
	text := fmt.Sprintf("ambi %s (%s), reads %s\n", version, goVersion, spec.APIVersion)
	pins, _ := pinned() // embedded, and parsed by a test
	for _, module := range pins {
		text += fmt.Sprintf("emits for %s %s\n", module.Path, module.Version)
	}
	return text
}
