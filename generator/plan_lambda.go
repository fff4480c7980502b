package generator

import "ambi/target/lambda"

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
