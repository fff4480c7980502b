package kubernetes

import (
	"slices"
	"strings"

	"ambi/spec"
	"ambi/target/finding"
)

// SigningPage documents how IAM guards the routes of an HTTP API.
const SigningPage = "https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-access-control-iam.html"

// NeedAcross is a service that only Lambda has, and the variable in which its caller finds the
// URL of the API there.
type NeedAcross struct {
	Need
	// Invokes are the routes that the pods' role may call, as ARNs have them, such as
	// GET/items/*, because IAM guards them; none where tokens do.
	Invokes []string
}

// Invokes reports whether the pods' role may call routes of the API on Lambda.
func (s Service) Invokes() bool {
	return slices.ContainsFunc(s.NeedsAcross, func(n NeedAcross) bool { return len(n.Invokes) > 0 })
}

// needAcross has pods call a service that only Lambda has, if something keeps strangers from
// doing the same.
func (r *resolver) needAcross(path, other string, s *spec.Service, out *Service) {
	callee := r.app.Needed(other)
	need := NeedAcross{Need: Need{Service: other, Variable: spec.AddressVariable(other)}}
	if what, hint := unguarded(s, callee); what != "" {
		r.notes.Refused(path, finding.Refusal{Limit: "calls across targets", Page: SigningPage, Hint: hint},
			"cannot be called on target kubernetes, which does not have %s: %s", other, what)
		return
	}
	how := "with a token, which the app must bring"
	if callee.HTTP.Internal {
		for _, route := range callee.HTTP.Routes {
			need.Invokes = append(need.Invokes, resourceOf(route))
		}
		how = "signed with SigV4 for the service execute-api, by the pods' role, which may invoke these routes and must be of the API's account"
	}
	out.NeedsAcross = append(out.NeedsAcross, need)
	r.notes.Approximate(path, "%s is the URL of the API in the setting apiArn, where only target lambda answers: calls go there %s", need.Variable, how)
}

// MayCall reports whether pods may call a service that only Lambda has.
func MayCall(caller, callee *spec.Service) bool {
	what, _ := unguarded(caller, callee)
	return what == ""
}

// unguarded says why they may not, and what to do about it; both are empty where they may.
func unguarded(caller, callee *spec.Service) (what, hint string) {
	switch {
	case callee.HTTP.Internal && caller.Kubernetes.Identity == "":
		return "IAM guards it on target lambda, and these pods have no role to sign requests with", "on EKS, set kubernetes.identity to pod-identity or irsa"
	case !callee.HTTP.Internal && callee.HTTP.Auth == nil:
		return "nothing keeps strangers from calling it on target lambda", "set its http.internal, so that IAM guards its routes, or http.auth, whose tokens the caller then brings; or put its address under env, if it is meant for anyone"
	}
	return "", ""
}

// resourceOf is a route as ARNs have it: GET/items/* for "GET /items/{id}".
func resourceOf(route spec.Route) string {
	method := route.Method
	if method == spec.Any {
		method = "*"
	}
	var path []string
	for _, segment := range route.Segments() {
		if segment.Param {
			segment.Text = "*"
		}
		path = append(path, segment.Text)
	}
	return method + "/" + strings.Join(path, "/")
}
