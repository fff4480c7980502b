package project

import (
	"ambi/generator"
	"ambi/spec"
	"ambi/target/finding"
)

// TargetPlan is one target's side of plan.
type TargetPlan struct {
	Target    spec.Target          `json:"target"`
	Listed    bool                 `json:"listed"`            // among the spec's targets
	Refused   finding.List         `json:"refused,omitempty"` // why, when it refuses the spec
	Resources []generator.Resource `json:"resources"`         // in the order of their declaration
}

// Plan lists the resources that each target would register, lambda first.
func (p *Project) Plan() []TargetPlan {
	resources := generator.Plan(p.Input(spec.Targets()))
	var plans []TargetPlan
	for _, t := range spec.Targets() {
		plan := TargetPlan{Target: t, Listed: p.App.For(t), Refused: p.Resolved.Findings.Of(t).Refused(), Resources: []generator.Resource{}}
		if plan.Refused == nil {
			plan.Resources = resources[t]
		}
		plans = append(plans, plan)
	}
	return plans
}
