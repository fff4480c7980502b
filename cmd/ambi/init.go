package main

import (
	"fmt"
	"strings"

	"ambi/internal/flags"
	"ambi/internal/project"

	"github.com/spf13/cobra"
)

func newInitCommand(io streams, options *project.Folder) *cobra.Command {
	var start project.StartOptions
	cmd := &cobra.Command{
		Use:   "init",
		Short: "Start a project: an example app, its spec, and the program for both targets",
		Long: `Start a project in this folder, or in the one that -C names: an example app with
its spec (unless app/app.yaml is there already), Pulumi.yaml with one stack for
each target, go.mod and go.sum with exact versions (unless the folder is part of
a Go module already), and stacks/, as "ambi generate" writes it.

The example answers requests, makes thumbnails of what is uploaded to a bucket, and
each night keeps a report of them in a table: its data has a program of its own,
stacks/data/. With --minimal it answers requests alone, and has no data.

A stacks/ that ambi wrote before is brought up to date and keeps your edits; no
other file that exists is changed. If one is in the way, nothing is written. A
.gitignore or .gitattributes of your own stays, and you are told what to add.`,
		Example: `  ambi init
  ambi init --minimal
  ambi init -C shop --name shop --module github.com/example/shop`,
		Args: flags.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			dir := options.Dir
			if dir == "" {
				dir = "."
			}
			done, err := project.Start(cmd.Context(), dir, start)
			if err != nil {
				return err
			}
			printStarted(io, done)
			return nil
		},
	}
	cmd.Flags().StringVar(&start.Name, "name", "", "the app's `NAME` (default: made of the folder's)")
	cmd.Flags().StringVar(&start.Module, "module", "", "the `PATH` of the new Go module (default: example.com/ and the app's name)")
	cmd.Flags().BoolVar(&start.Minimal, "minimal", false, "an example with one service over HTTP, and without data")
	return cmd
}

func printStarted(io streams, done *project.Started) {
	if done.Example > 0 {
		fmt.Fprintf(io.out, "created app/: the example app and its spec, %d files\n", done.Example)
	}
	for _, file := range done.Created {
		fmt.Fprintf(io.out, "created %s\n", file)
	}
	if done.New {
		fmt.Fprintf(io.out, "created stacks/: %s for %s\n", done.Project.App.Name, targetNames(done.Project))
	} else {
		printChanges(io, done.Stacks)
	}
	for _, f := range done.Kept {
		if len(f.Lacks) > 0 {
			fmt.Fprintf(io.out, "kept %s, which is yours; add to it\n  %s\n", f.Path, strings.Join(f.Lacks, "\n  "))
		}
	}
	for _, hint := range done.Project.MissingModules() {
		fmt.Fprintln(io.out, hint)
	}
	stacks := "both stacks"
	if done.Project.DataFolder() != "" {
		stacks = "the data's stack and both of the app's"
	}
	fmt.Fprintf(io.out, `
Next:
  ambi validate            what each field of %s becomes on each target
  ambi compare             what each target costs at the spec's usage, and where the answer changes
  ambi preview --offline   %s through the real Pulumi engine, without an account or a cluster
  go test ./stacks/...     the stacks' own tests
`, project.SpecFile, stacks)
}

func targetNames(p *project.Project) string {
	var names []string
	for _, t := range p.App.Targets {
		names = append(names, string(t))
	}
	return strings.Join(names, " and ")
}
