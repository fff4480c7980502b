package main

import (
	"io"

	"github.com/spf13/cobra"
)

// streams are where a command reads and writes.
type streams struct {
	in       io.Reader
	out, err io.Writer
}

func newRootCommand(stdin io.Reader, stdout, stderr io.Writer) *cobra.Command {
	io := streams{in: stdin, out: stdout, err: stderr}
	options := &projectOptions{}
	root := &cobra.Command{
		Use:   "ambi",
		Short: "Write one app as Lambda + API Gateway or as Kubernetes, and compare the two",
		Long: `ambi writes a readable Pulumi program in Go from one app spec, app/app.yaml. The
program deploys the app as AWS Lambda + API Gateway or as a Kubernetes
Deployment + Service + HorizontalPodAutoscaler; the stack's configuration
picks which.

Start in an empty folder with "ambi init", or in a project with "ambi validate".

Exit codes: 0 done; 1 the answer is no (the spec is invalid, a target refuses it,
something differs or fails a condition); 2 used wrongly; 3 the machine failed
(disk, network, engine); 130 interrupted.`,
		SilenceErrors: true,
		SilenceUsage:  true,
		Args:          commandsOnly,
		RunE:          func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	root.Version = versionText()
	root.SetVersionTemplate("{{.Version}}")
	root.SetFlagErrorFunc(flagError)
	root.SetIn(stdin)
	root.SetOut(stdout)
	root.SetErr(stderr)
	root.PersistentFlags().StringVarP(&options.dir, "directory", "C", "",
		"the project's folder, which holds app/app.yaml (default: this folder or the nearest above it)")
	root.AddCommand(
		newInitCommand(io, options),
		newValidateCommand(io, options),
		newGenerateCommand(io, options),
		newDiffCommand(io, options),
		newPackageCommand(io, options),
		newPlanCommand(io, options),
		newCompareCommand(io, options),
		newPricesCommand(io, options),
		newSimulateCommand(io, options),
		newTraceCommand(io),
		newPreviewCommand(io, options),
		newRenderCommand(io, options),
		newSchemaCommand(io),
		newVersionCommand(io),
	)
	return root
}
