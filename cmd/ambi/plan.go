package main

import (
	"fmt"
	"io"
	"strings"

	"ambi/generator"
	"ambi/spec"

	"github.com/spf13/cobra"

	"ambi/internal/flags"
	"ambi/internal/problem"
	"ambi/internal/project"
)

func newPlanCommand(io streams, options *project.Folder) *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "plan [SPEC]",
		Short: "Show both targets' resources side by side, from the spec alone",
		Long: `Show the resources that each target would register for the project's spec, or for
one by its path, side by side. Nothing is compiled and no engine runs: "ambi
preview" asks the real one.

A target that refuses the spec is shown with its reasons; this is not an error here.`,
		Example: `  ambi plan
  ambi plan app/app.yaml --json`,
		Args: flags.SpecOrProject,

		ValidArgsFunction: oneSpec,
		RunE: func(_ *cobra.Command, args []string) error {
			p, err := options.LoadSpec(args)
			if err != nil {
				return err
			}
			plans := p.Plan()
			if asJSON {
				return printJSON(io.out, PlanDocument{Format: planFormat, App: p.App.Name, Targets: plans, Data: generator.DataPlan(p.Input(spec.Targets())), Traffic: generator.TrafficPlan(p.Input(spec.Targets()))})
			}
			return printPlans(io.out, p, plans)
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON, whose schema \"ambi schema plan\" prints")
	return cmd
}

// planFormat names what plan --json prints.
const planFormat = "ambi.plan/v1"

// PlanDocument is what plan prints as JSON.
type PlanDocument struct {
	Format  string               `json:"format"`
	App     string               `json:"app"`
	Targets []project.TargetPlan `json:"targets"` // lambda, then kubernetes
	// Data is what the program of the data would register, which both targets share.
	Data []generator.Resource `json:"data,omitempty"`
	// Traffic is what the program that switches between the targets would register.
	Traffic []generator.Resource `json:"traffic,omitempty"`
}

// printPlans prints the two plans as columns, service by service.
func printPlans(out io.Writer, p *project.Project, plans []project.TargetPlan) error {
	groups := append([]string{""}, p.Resolved.Services()...)
	group := map[string]int{} // by the service's name
	for g, service := range groups {
		group[service] = g
	}
	columns := make([][][]string, len(plans)) // plan, group, lines
	width := 0
	for i, plan := range plans {
		columns[i] = make([][]string, len(groups))
		for _, r := range plan.Resources {
			line := fmt.Sprintf("%-*s %s", typeColumn, shortType(r.Type), r.Name)
			g := group[r.Service]
			columns[i][g] = append(columns[i][g], line)
			if i == 0 {
				width = max(width, len(line))
			}
		}
	}
	width = max(width, 30)
	var b strings.Builder
	row := func(left, right string) {
		b.WriteString(strings.TrimRight(fmt.Sprintf("%-*s  %s", width+2, left, right), " ") + "\n")
	}
	row(heading(plans[0]), heading(plans[1]))
	for g, service := range groups {
		left, right := columns[0][g], columns[1][g]
		if len(left) == 0 && len(right) == 0 {
			continue
		}
		if service == "" {
			b.WriteString("\nshared\n")
		} else {
			b.WriteString("\n" + service + onlyOn(p.App.Services[service]) + "\n")
		}
		for i := range max(len(left), len(right)) {
			row("  "+line(left, i), "  "+line(right, i))
		}
	}
	b.WriteString(besidePlan("data: %d resources, in "+generator.DataFolder+", which both targets share", generator.DataPlan(p.Input(spec.Targets()))))
	b.WriteString(besidePlan("traffic: %d resources, in "+generator.TrafficFolder+", which share requests out between the targets", generator.TrafficPlan(p.Input(spec.Targets()))))
	for _, plan := range plans {
		if plan.Refused != nil {
			fmt.Fprintf(&b, "\n%s refuses the spec:\n%s\n", plan.Target, plan.Refused.Problems(p.SpecName))
		}
	}
	if _, err := io.WriteString(out, b.String()); err != nil {
		return problem.As(problem.Machine, err)
	}
	return nil
}

// onlyOn says of a service that only one target has it; of others nothing.
func onlyOn(s *spec.Service) string {
	if !s.Alone() {
		return ""
	}
	return fmt.Sprintf(" (on %s only)", s.Targets[0])
}

// besidePlan is the plan of a program beside the app's own as text; empty for none.
func besidePlan(title string, resources []generator.Resource) string {
	if len(resources) == 0 {
		return ""
	}
	var b strings.Builder
	fmt.Fprintf(&b, "\n"+title+"\n", len(resources))
	of := ""
	for _, r := range resources {
		if group := r.Data + r.Domain; group != of {
			of = group
			b.WriteString("\n" + of + "\n")
		}
		fmt.Fprintf(&b, "  %-*s %s\n", typeColumn, shortType(r.Type), r.Name)
	}
	return b.String()
}

func heading(plan project.TargetPlan) string {
	switch {
	case plan.Refused != nil:
		return fmt.Sprintf("%s: refused", plan.Target)
	case !plan.Listed:
		return fmt.Sprintf("%s: %d resources (not among the spec's targets)", plan.Target, len(plan.Resources))
	default:
		return fmt.Sprintf("%s: %d resources", plan.Target, len(plan.Resources))
	}
}

func line(lines []string, i int) string {
	if i < len(lines) {
		return lines[i]
	}
	return ""
}

// typeColumn is how wide the column of types is, which shortType's names fit into.
const typeColumn = 15

// shortType is the last part of a type token.
func shortType(token string) string {
	short := token[strings.LastIndexByte(token, ':')+1:]
	switch short { // names that everybody shortens
	case "HorizontalPodAutoscaler":
		return "HPA"
	case "PodDisruptionBudget":
		return "PDB"
	case "PodIdentityAssociation":
		return "PodIdentity"
	case "EventSourceMapping":
		return "EventSource"
	case "FunctionEventInvokeConfig":
		return "InvokeConfig"
	case "ProvisionedConcurrencyConfig":
		return "Provisioned"
	case "SecurityGroupIngressRule":
		return "IngressRule"
	case "ClusterParameterGroup":
		return "ParameterGroup"
	case "TriggerAuthentication":
		return "TriggerAuth"
	case "RedriveAllowPolicy":
		return "RedriveAllow"
	case "BucketPublicAccessBlock":
		return "AccessBlock"
	case "BucketServerSideEncryptionConfigurationV2":
		return "Encryption"
	case "BucketLifecycleConfigurationV2":
		return "Lifecycle"
	case "BucketCorsConfigurationV2":
		return "CORS"
	case "BucketVersioningV2":
		return "Versioning"
	case "BucketNotification":
		return "Notification"
	case "BucketV2":
		return "Bucket"
	}
	return short
}
