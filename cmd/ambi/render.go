package main

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"ambi/internal/engine"
	"ambi/internal/flags"
	"ambi/internal/manifest"
	"ambi/internal/offline"
	"ambi/internal/problem"
	"ambi/internal/project"
	"ambi/spec"
)

func newRenderCommand(io streams, options *project.Folder) *cobra.Command {
	var stack, data string
	cmd := &cobra.Command{
		Use:   "render kubernetes",
		Short: "Print the Kubernetes objects of a stack as plain YAML",
		Long: `Print the objects that the program would create on Kubernetes as plain YAML, for
review or for tools that apply YAML. The program runs through the real engine, as
"ambi preview --offline" does, with the settings of the stack; no cluster and no
plugin is needed. No cluster has checked the objects.

Secrets are never printed: the objects refer to them by name. What the program
creates in AWS, such as the roles of services with permissions, is not printed
either: deploy it with Pulumi. A service with kubernetes.identity irsa needs the
setting roleName, since its ServiceAccount names its role; one that KEDA scales by
a queue needs kedaRoleName.

Only a deployed data stack knows where a spec's data is: --data reads its outputs.

  pulumi stack output --json -C stacks/data | ambi render kubernetes --data -`,
		Example: `  ambi render kubernetes
  ambi render kubernetes --stack kubernetes > objects.yaml`,
		Args:      onlyKubernetes,
		ValidArgs: []string{string(spec.Kubernetes)},
		RunE: func(cmd *cobra.Command, _ []string) error {
			p, err := options.Load()
			if err != nil {
				return err
			}
			targets, err := chosen(p, string(spec.Kubernetes))
			if err != nil {
				return err
			}
			if err := p.Refused(targets...); err != nil {
				return err
			}
			if err := warnIfStale(cmd.Context(), io, p); err != nil {
				return err
			}
			outputs, err := p.DataOutputs(io.in, data)
			if err != nil {
				return err
			}
			result, err := engine.Preview(cmd.Context(), engine.Options{
				Dir: p.Root, Target: string(spec.Kubernetes), Stack: stack, Data: p.DataFolder(), DataOutputs: outputs, Offline: true, Stderr: io.err,
			})
			if err != nil {
				return engineError(err)
			}
			text, err := manifest.Write(result.Registered)
			if err != nil {
				return problem.As(problem.Invalid, hintAtRoles(err, p.App.Name, result.Stack))
			}
			if len(text) == 0 {
				return problem.New("the program registered no Kubernetes object").Of(problem.Machine)
			}
			if _, err := fmt.Fprintf(io.out.Document(), "# %s on Kubernetes, stack %s. \"ambi render kubernetes\" printed this; edit stacks/ instead.\n%s", p.App.Name, result.Stack, text); err != nil {
				return problem.As(problem.Machine, err)
			}
			if elsewhere := notKubernetes(result.Registered); len(elsewhere) > 0 {
				fmt.Fprintf(io.err, "note: not printed, since they are not Kubernetes objects: %s\n", strings.Join(elsewhere, ", "))
			}
			return nil
		},
	}
	cmd.Flags().StringVar(&data, "data", "", "the `FILE` with what the data stack exports, as \"pulumi stack output --json\" prints it; - for standard input")
	cmd.Flags().StringVar(&stack, "stack", "", "the Pulumi `STACK` whose settings apply (default: kubernetes)")
	return cmd
}

// onlyKubernetes takes the one target that can be rendered.
func onlyKubernetes(cmd *cobra.Command, args []string) error {
	if len(args) == 1 && args[0] == string(spec.Kubernetes) {
		return nil
	}
	return problem.New("%s takes one argument, kubernetes: Lambda has nothing to apply without Pulumi", flags.Called(cmd)).Of(problem.Misuse)
}

// notKubernetes names the resources that the program has elsewhere, such as roles in AWS.
func notKubernetes(resources []offline.Resource) []string {
	var names []string
	for _, r := range resources {
		if !strings.HasPrefix(r.Type, "kubernetes:") && !strings.HasPrefix(r.Type, "pulumi:") {
			names = append(names, fmt.Sprintf("%s (%s)", r.Name, r.Type))
		}
	}
	slices.Sort(names)
	return names
}

// hintAtRoles adds to the refusal of a ServiceAccount whose role has no name yet
// how the role gets one.
func hintAtRoles(err error, app, stack string) error {
	joined, ok := err.(interface{ Unwrap() []error })
	if !ok {
		return err
	}
	errs := joined.Unwrap()
	for i := range errs {
		var unknown *manifest.UnknownError
		if !errors.As(errs[i], &unknown) {
			continue
		}
		setting := ""
		switch {
		case unknown.Kind == "ServiceAccount" && strings.HasSuffix(unknown.Path, ".eks.amazonaws.com/role-arn"):
			setting = strings.TrimPrefix(unknown.Name, app+"-") + ".roleName"
		case unknown.Kind == "TriggerAuthentication" && strings.HasSuffix(unknown.Path, ".roleArn"):
			setting = strings.TrimSuffix(strings.TrimPrefix(unknown.Name, app+"-"), "-trigger") + ".kedaRoleName"
		}
		if setting != "" {
			errs[i] = problem.New("%w", unknown).Hint("the role's ARN is known beforehand when the stack names the role: pulumi config set --stack %s %s NAME", stack, setting)
		}
	}
	return errors.Join(errs...)
}
