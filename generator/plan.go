package generator

import (
	"ambi/spec"
	"ambi/target/kubernetes"
	"ambi/target/lambda"
)

// Resource is one resource that a target would register: Pulumi's type token and
// the logical name, which together identify it within a stack.
type Resource struct {
	Type string `json:"type"`
	Name string `json:"name"`
	// Service is the service that the resource belongs to; empty for what all share.
	Service string `json:"service,omitempty"`
}

// Plan lists the resources that each target's program would register, in the
// order of their declaration, without running it.
func Plan(in Input) map[spec.Target][]Resource {
	plans := map[spec.Target][]Resource{}
	if in.Lambda != nil {
		plans[spec.Lambda] = lambdaPlan(in.Lambda)
	}
	if in.Kubernetes != nil {
		plans[spec.Kubernetes] = kubernetesPlan(in.Kubernetes)
	}
	return plans
}

func lambdaPlan(m *lambda.Model) []Resource {
	plan := []Resource{
		{Type: "aws:apigatewayv2/api:Api", Name: m.App},
		{Type: "aws:apigatewayv2/stage:Stage", Name: m.App},
	}
	for _, secret := range m.Secrets {
		plan = append(plan, Resource{Type: "aws:secretsmanager/secret:Secret", Name: secret.Name})
	}
	for _, s := range m.Services {
		for _, token := range []string{
			"aws:cloudwatch/logGroup:LogGroup",
			"aws:iam/role:Role",
			"aws:iam/rolePolicy:RolePolicy",
			"aws:lambda/function:Function",
			"aws:lambda/alias:Alias",
			"aws:apigatewayv2/integration:Integration",
		} {
			plan = append(plan, Resource{Type: token, Name: m.App + "-" + s.Name, Service: s.Name})
		}
		for _, route := range s.Routes {
			plan = append(plan, Resource{Type: "aws:apigatewayv2/route:Route", Name: route, Service: s.Name})
		}
		plan = append(plan, Resource{Type: "aws:lambda/permission:Permission", Name: m.App + "-" + s.Name, Service: s.Name})
	}
	return plan
}

func kubernetesPlan(m *kubernetes.Model) []Resource {
	var plan []Resource
	for _, s := range m.Services {
		for _, token := range []string{
			"kubernetes:core/v1:ServiceAccount",
			"kubernetes:apps/v1:Deployment",
			"kubernetes:core/v1:Service",
			"kubernetes:autoscaling/v2:HorizontalPodAutoscaler",
		} {
			plan = append(plan, Resource{Type: token, Name: m.App + "-" + s.Name, Service: s.Name})
		}
	}
	return plan
}
