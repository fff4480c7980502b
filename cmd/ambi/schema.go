package main

import (
	"fmt"
	"runtime/debug"

	"github.com/spf13/cobra"

	"ambi/spec"
)

func newSchemaCommand(io streams) *cobra.Command {
	return &cobra.Command{
		Use:   "schema",
		Short: "Print the spec's JSON Schema, for editors and other tools",
		Long: `Print the spec's JSON Schema (draft 2020-12). Editors with a YAML language server
complete and check app.yaml by it:

  ambi schema > app/schema.json
  # first line of app/app.yaml: # yaml-language-server: $schema=schema.json`,
		Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			text, err := spec.Schema()
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

func newVersionCommand(io streams) *cobra.Command {
	return &cobra.Command{
		Use:   "version",
		Short: "Print ambi's version and the Go and Pulumi versions it pins",
		Args:  cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			version, goVersion := "unknown", "unknown"
			if info, ok := debug.ReadBuildInfo(); ok {
				version, goVersion = info.Main.Version, info.GoVersion
			}
			_, err := fmt.Fprintf(io.out, "ambi %s (%s), reads %s\n", version, goVersion, spec.APIVersion)
			return err
		},
	}
}
