package kubernetes

import (
	"ambi/spec"
	"ambi/target/data"
	"ambi/target/finding"
)

// network says how pods reach data in the network of a VPC.
func (r *resolver) network(name string, out *Service) {
	for _, o := range out.Access.Reached() {
		role := ""
		if grants := out.Access.GrantsOn(o.Data); len(grants) > 0 {
			role = ", and statements of the policy of the pods' role: " + listed(data.Actions(grants))
		}
		r.notes.Approximate("services."+name+".uses."+o.Data, "%s%s. The cluster must be in the same VPC as %s, or in one that is connected to it; a rule of the security group of %s lets the setting podSecurityGroupId in, the group that the pods' connections come from: that of the nodes, unless pods have their own",
			finding.And(spec.DataVariables(o.Data, o.Kind)), role, o.Data, o.Data)
	}
}
