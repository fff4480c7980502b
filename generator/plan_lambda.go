package generator

import "ambi/target/lambda"

func lambdaPlan(m *lambda.Model) []Resource {
	var plan []Resource
	if m.HasHTTP() {
		plan = []Resource{
			{Type: "aws:apigatewayv2/api:Api", Name: m.App},
			{Type: "aws:cloudwatch/logGroup:LogGroup", Name: m.App},
			{Type: "aws:apigatewayv2/stage:Stage", Name: m.App},
			{Type: "aws:cloudwatch/metricAlarm:MetricAlarm", Name: m.App + "-5xx"},
		}
	}
	for _, domain := range m.Domains {
		plan = append(plan,
			Resource{Type: "aws:apigatewayv2/domainName:DomainName", Name: domain},
			Resource{Type: "aws:apigatewayv2/apiMapping:ApiMapping", Name: domain})
	}
	for _, a := range m.Authorizers {
		plan = append(plan, Resource{Type: "aws:apigatewayv2/authorizer:Authorizer", Name: m.App + "-" + a.Name})
	}
	for _, secret := range m.Secrets {
		plan = append(plan, Resource{Type: "aws:secretsmanager/secret:Secret", Name: secret.Name})
	}
	plan = append(plan, rulesOf(m.App, reachedByFunctions(m))...)
	for _, s := range m.Services {
		name := m.App + "-" + s.Name
		add := func(token, name string) {
			plan = append(plan, Resource{Type: token, Name: name, Service: s.Name})
		}
		add("aws:cloudwatch/logGroup:LogGroup", name)
		add("aws:iam/role:Role", name)
		add("aws:iam/rolePolicy:RolePolicy", name)
		add("aws:lambda/function:Function", name)
		for _, alarm := range []string{"errors", "throttles", "duration"} {
			add("aws:cloudwatch/metricAlarm:MetricAlarm", name+"-"+alarm)
		}
		add("aws:lambda/alias:Alias", name)
		if s.Provisioned > 0 {
			add("aws:lambda/provisionedConcurrencyConfig:ProvisionedConcurrencyConfig", name)
		}
		if s.Schedule != nil {
			add("aws:sqs/queue:Queue", name+"-dead-letters")
			add("aws:cloudwatch/metricAlarm:MetricAlarm", name+"-dead-letters")
			add("aws:lambda/functionEventInvokeConfig:FunctionEventInvokeConfig", name)
			add("aws:iam/role:Role", name+"-schedule")
			add("aws:iam/rolePolicy:RolePolicy", name+"-schedule")
			add("aws:scheduler/schedule:Schedule", name)
			continue
		}
		if s.Events != nil {
			add("aws:lambda/eventSourceMapping:EventSourceMapping", name)
			continue
		}
		add("aws:apigatewayv2/integration:Integration", name)
		for _, route := range s.Routes {
			add("aws:apigatewayv2/route:Route", route)
		}
		for _, route := range s.OpenRoutes {
			add("aws:apigatewayv2/route:Route", route)
		}
		if s.HealthRoute != "" {
			add("aws:apigatewayv2/route:Route", s.HealthRoute)
		}
		add("aws:lambda/permission:Permission", name)
	}
	return plan
}
