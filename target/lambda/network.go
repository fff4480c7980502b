package lambda

import (
	"slices"
	"strings"

	"ambi/spec"
	"ambi/target/data"
	"ambi/target/finding"
)

// network puts a function that uses data in the network of a VPC into subnets, and says what it
// can no longer reach from there.
func (r *resolver) network(name string, s *spec.Service, out *Service) {
	at := "services." + name
	for _, o := range out.Access.Reached() {
		out.VPC = true
		if path := at + ".lambda.vpc"; r.app.Given(path) && !s.Lambda.VPC {
			r.notes.Refused(path, finding.Refusal{Limit: "vpc", Page: VPCPage, Hint: "remove it: a function that uses " + o.Data + " runs in the stack's subnetIds"},
				"must not be false on target lambda: %s is only reached from subnets", o.Data)
		}
		r.notes.Approximate(at+".uses."+o.Data, "%s%s. The function runs in the stack's subnetIds, and a rule of the security group of %s lets the first of securityGroupIds in. %s",
			finding.And(spec.DataVariables(o.Data, o.Kind)), statements(out.Access, o.Data), o.Data, outOfReach(s, out))
	}
}

// statements says what the role may do with some data.
func statements(a data.Access, name string) string {
	grants := a.GrantsOn(name)
	if len(grants) == 0 {
		return ""
	}
	return ", and statements of the role's policy: " + listed(data.Actions(grants))
}

// outOfReach says what a function in subnets without a way out does not reach.
func outOfReach(s *spec.Service, out *Service) string {
	var free, paid []string
	for _, g := range out.Access.Grants {
		switch api, _, _ := strings.Cut(g.Actions[0], ":"); {
		case api == "s3":
			free = append(free, "S3")
		case api == "dynamodb":
			free = append(free, "DynamoDB")
		case g.Part == data.Secret:
			paid = append(paid, "Secrets Manager")
		case slices.Contains(g.Actions, "sqs:SendMessage"):
			paid = append(paid, "SQS")
		}
	}
	if len(s.Secrets) > 0 {
		paid = append(paid, "Secrets Manager")
	}
	if s.Lambda.Tracing {
		paid = append(paid, "X-Ray")
	}
	for _, p := range s.Permissions {
		for _, action := range p.Actions {
			api, _, _ := strings.Cut(action, ":")
			paid = append(paid, "the API of "+api)
		}
	}
	text := "Unless the subnets have a NAT gateway, it no longer reaches the internet"
	if len(s.Needs) > 0 {
		text += ", nor the app's own API, for the services that it needs"
	}
	list := func(names []string, by string) {
		slices.Sort(names)
		if names = slices.Compact(names); len(names) > 0 {
			text += "; " + finding.And(names) + " only through " + by
		}
	}
	list(paid, "interface endpoints in the VPC, which are paid by the hour")
	list(free, "gateway endpoints of the VPC, which are free")
	return text
}
