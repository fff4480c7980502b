package kubernetes

import (
	"fmt"

	"ambi/spec"
	"ambi/target/finding"
)

// Identity is how a service's pods get an AWS role, and what the role may do.
type Identity struct {
	IRSA       bool // roles for service accounts; else EKS Pod Identity
	Statements []Statement
}

// Statement is one statement of a role's policy.
type Statement struct {
	Actions, Resources []string
	Why                string // why one of them is as broad as *
}

// permissions decides which AWS role the pods get.
func (r *resolver) permissions(at string, s *spec.Service, out *Service) {
	path := at + ".kubernetes.identity"
	without := len(s.Permissions) == 0 && len(out.Access.Grants) == 0 && !out.Invokes()
	switch identity := s.Kubernetes.Identity; {
	case without && identity != "":
		r.notes.Dropped(path, "without permissions, the pods need no role")
		return
	case without:
		return
	case identity == "":
		because := at + ".permissions"
		switch {
		case len(s.Permissions) > 0:
		case len(s.Uses) > 0:
			because = at + ".uses"
		case s.Queue != nil:
			because = at + ".queue.from"
		default:
			because = at + ".uploads.from"
		}
		r.notes.Refused(because, finding.Refusal{Limit: "permissions", Page: IdentityPage, Hint: "on EKS, set kubernetes.identity to pod-identity or irsa"},
			"requires kubernetes.identity on target kubernetes: nothing else gives pods a role in AWS")
		if len(out.Access.Grants) > 0 { // on which the rest of the program builds
			out.Identity = &Identity{}
		}
		return
	case identity == spec.IRSA:
		r.notes.Exact(path, "a role that the pods' ServiceAccount may assume, through the OpenID Connect provider in the setting oidcProviderArn")
	default:
		r.notes.Exact(path, "a role and a PodIdentityAssociation, in the EKS cluster in the setting clusterName")
	}
	out.Identity = &Identity{IRSA: s.Kubernetes.Identity == spec.IRSA}
	for i, p := range s.Permissions {
		out.Identity.Statements = append(out.Identity.Statements, Statement{Actions: p.Actions, Resources: p.Resources, Why: p.Why})
		r.notes.Exact(fmt.Sprintf("%s.permissions[%d]", at, i), "a statement of the policy of the pods' role")
	}
}
