package main

import (
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"ambi/internal/engine"
	"ambi/internal/manifest"
	"ambi/spec"
)

func newRenderCommand(io streams, options *projectOptions) *cobra.Command {
	var stack string
	cmd := &cobra.Command{
		Use:   "render kubernetes",
		Short: "Print the Kubernetes objects of a stack as plain YAML",
		Long: `Print the objects that the program would create on Kubernetes as plain YAML, for
review or for tools that apply YAML. The program runs through the real engine, as
"ambi preview --offline" does, with the settings of the stack; no cluster and no
plugin is needed. Nothing of it was seen by a cluster.

Secrets are never printed: the objects refer to them by name.`,
		Args:      cobra.MatchAll(cobra.ExactArgs(1), cobra.OnlyValidArgs),
		ValidArgs: []string{string(spec.Kubernetes)},
		RunE: func(cmd *cobra.Command, _ []string) error {
			p, err := options.load()
			if err != nil {
				return err
			}
			targets, err := chosen(p, string(spec.Kubernetes))
			if err != nil {
				return err
			}
			if err := p.refused(targets...); err != nil {
				return err
			}
			if err := p.warnIfStale(cmd.Context(), io); err != nil {
				return err
			}
			result, err := engine.Preview(cmd.Context(), engine.Options{
				Dir: p.root, Target: string(spec.Kubernetes), Stack: stack, Offline: true, Stderr: io.err,
			})
			if err != nil {
				return engineError([]error{err})
			}
			text, err := manifest.Write(result.Registered)
			if err != nil {
				return refusal{err}
			}
			if len(text) == 0 {
				return machineError{errors.New("the program registered no Kubernetes object")}
			}
			if _, err := fmt.Fprintf(io.out, "# %s on Kubernetes, stack %s. \"ambi render kubernetes\" printed this; edit stacks/ instead.\n%s", p.app.Name, result.Stack, text); err != nil {
				return machineError{err}
			}
			return nil
		},
	}
	cmd.Flags().StringVar(&stack, "stack", "", "the Pulumi stack whose settings apply (default: kubernetes)")
	return cmd
}
