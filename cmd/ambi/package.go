package main

import (
	"fmt"

	"ambi/internal/flags"
	"ambi/internal/project"

	"github.com/spf13/cobra"
)

func newPackageCommand(io streams, options *project.Folder) *cobra.Command {
	var from string
	cmd := &cobra.Command{
		Use:   "package SERVICE",
		Short: "Build the zip that a service runs on Lambda",
		Long: `Build the zip that app.yaml names under lambda.zip of a service, from a folder:

- a Go command, which is compiled for the service's architecture, or
- anything else with an executable or a script named bootstrap in it, such as the
  output of another build. With lambda.handler adapter, bootstrap starts a server
  on the service's port; with native, it speaks the Lambda runtime API itself.

The same files give the same zip, byte for byte: deploying an unchanged app changes
nothing. A zip that Lambda could not run is an error: no bootstrap, one for another
architecture, or more than Lambda unpacks.`,
		Example: `  ambi package api
  ambi package api --from dist`,
		Args: flags.ExactlyOne("the name of a service"),

		ValidArgsFunction: completions{options}.service,
		RunE: func(cmd *cobra.Command, args []string) error {
			p, err := options.Load()
			if err != nil {
				return err
			}
			zip, err := p.Package(cmd.Context(), args[0], from, io.err)
			if err != nil {
				return err
			}
			fmt.Fprintf(io.out, "%s: %.1f MB, for %s\n", zip.Path, float64(zip.Bytes)/1e6, zip.Architecture)
			return nil
		},
	}
	cmd.Flags().StringVar(&from, "from", "app", "the `FOLDER`, from the project's root")
	return cmd
}
