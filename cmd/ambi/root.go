package main

import (
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"ambi/internal/flags"
	"ambi/internal/problem"
	"ambi/internal/project"
	"ambi/internal/simulation"
	"ambi/internal/terminal"
)

// streams are where a command reads and writes. What is written is shown as text:
// names and values of others cannot control the terminal.
type streams struct {
	in       io.Reader
	out, err *terminal.Writer
}

// ends are where a simulation reads a trace from, and where its progress goes.
func (s streams) ends() simulation.Ends { return simulation.Ends{Stdin: s.in, Stderr: s.err} }

func newRootCommand(io streams) *cobra.Command {
	options := &project.Folder{}
	root := &cobra.Command{
		Use:   "ambi",
		Short: "Write one app as Lambda + API Gateway or as Kubernetes, and compare the two",
		Long: `ambi writes a readable Pulumi program in Go from one app spec, app/app.yaml. The
program deploys the app as AWS Lambda + API Gateway or as a Kubernetes
Deployment + Service + HorizontalPodAutoscaler; the stack's configuration
picks which.

Start in an empty folder with "ambi init", or in a project with "ambi validate".

Exit codes:
` + strings.TrimSuffix(exitCodeHelp, "\n"),
		Example: `  ambi init -C thumbs
  ambi validate
  ambi compare --requests 100M/month`,
		SilenceErrors: true,
		SilenceUsage:  true,
		Args:          flags.CommandsOnly,

		PersistentPreRunE: flags.NotEmpty,
		RunE:              func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	root.Version = "known once it is asked for"
	root.SetVersionTemplate("{{.Version}}")
	root.Flags().VarPF(&versionFlag{of: root}, "version", "v", "version for ambi").NoOptDefVal = "true"
	root.SetFlagErrorFunc(flags.Error)
	root.SetIn(io.in)
	root.SetOut(io.out)
	root.SetErr(io.err)
	root.PersistentFlags().StringVarP(&options.Dir, "directory", "C", "",
		"the project's `FOLDER`, which holds app/app.yaml (default: this folder or the nearest above it)")
	root.SetHelpCommand(newHelpCommand())
	root.AddCommand(
		newInitCommand(io, options),
		newImportCommand(io, options),
		newValidateCommand(io, options),
		newGenerateCommand(io, options),
		newDiffCommand(io, options),
		newPackageCommand(io, options),
		newEventCommand(io, options),
		newScheduleCommand(io, options),
		newPlanCommand(io, options),
		newCompareCommand(io, options),
		newPricesCommand(io, options),
		newSimulateCommand(io, options),
		newTraceCommand(io, options),
		newMeasureCommand(io, options),
		newSwitchCommand(io, options),
		newPreviewCommand(io, options),
		newRenderCommand(io, options),
		newSchemaCommand(io),
		newVersionCommand(io),
	)
	root.InitDefaultCompletionCmd()
	for _, cmd := range root.Commands() {
		switch cmd.Name() {
		case "completion":
			cmd.Args = flags.CommandsOnly
			cmd.RunE = func(cmd *cobra.Command, _ []string) error { return cmd.Help() }
			cmd.Example = "  ambi completion bash > ambi.bash\n  ambi completion zsh > _ambi"
			needsNoProject(cmd)
			for _, shell := range cmd.Commands() {
				shell.Example = fmt.Sprintf("  ambi completion %[1]s\n  ambi completion %[1]s --no-descriptions > ambi.%[1]s", shell.Name())
				shell.Args = flags.NoArgs
				needsNoProject(shell)
			}
		case "help", "schema", "version":
			needsNoProject(cmd)
		}
	}
	completions{options}.register(root)
	return root
}

// versionFlag is --version, which finds the version out when it is given: other commands
// need not wait for it.
type versionFlag struct {
	of    *cobra.Command
	given bool
}

// String is the flag's value.
func (f *versionFlag) String() string { return strconv.FormatBool(f.given) }

// Type is how the library knows a flag that takes no value.
func (f *versionFlag) Type() string { return "bool" }

// Set reads the flag's value.
func (f *versionFlag) Set(text string) (err error) {
	if f.given, err = strconv.ParseBool(text); f.given {
		f.of.Version = versionText()
	}
	return err
}

// newHelpCommand shows the help of a command; what is no command is a wrong use,
// as it is without help.
func newHelpCommand() *cobra.Command {
	return &cobra.Command{
		Use:     "help [command]",
		Short:   "Help about any command",
		Example: "  ambi help compare\n  ambi help prices refresh",
		ValidArgsFunction: func(cmd *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
			of, _, err := cmd.Root().Find(args)
			if err != nil {
				return nil, cobra.ShellCompDirectiveNoFileComp
			}
			var names []string
			for _, c := range of.Commands() {
				if c.IsAvailableCommand() {
					names = append(names, cobra.CompletionWithDesc(c.Name(), c.Short))
				}
			}
			return names, cobra.ShellCompDirectiveNoFileComp
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			of, rest, err := cmd.Root().Find(args)
			if err != nil {
				return err
			}
			if len(rest) > 0 {
				return flags.CommandsOnly(of, rest)
			}
			of.InitDefaultHelpFlag()
			return of.Help()
		},
	}
}

// needsNoProject refuses --directory, which would have no effect, and leaves it
// out of the command's help.
func needsNoProject(cmd *cobra.Command) {
	cmd.Flags().StringP("directory", "C", "", "")
	_ = cmd.Flags().MarkHidden("directory")
	cmd.PreRunE = func(cmd *cobra.Command, _ []string) error {
		i := flags.IdleOf(cmd.Flags())
		i.Refuse(flags.Called(cmd)+" needs no project", "directory")
		if err := i.Err(); err != nil {
			return problem.As(problem.Misuse, err)
		}
		return nil
	}
}
