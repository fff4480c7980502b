package kubernetes

import (
	"slices"

	"ambi/spec"
	"ambi/target/finding"
)

// TokenCheck is what Envoy Gateway checks tokens by.
type TokenCheck struct {
	Issuer   string
	Audience []string
	JWKS     string // the URL of the issuer's keys
}

// authorizer decides who checks tokens: the app or Envoy Gateway. Without either, http.auth
// is refused.
func (r *resolver) authorizer(at string, s *spec.Service, out *Service) {
	if s.HTTP.Auth == nil || s.HTTP.Auth.JWT == nil {
		return
	}
	jwt, auth := s.HTTP.Auth.JWT, at+".kubernetes.auth"
	switch s.Kubernetes.Auth {
	case spec.CheckedByApp:
		out.Environment = append(out.Environment, tokenVariables(jwt)...)
		r.notes.Approximate(auth, "only the app checks tokens: %s and %s say which are valid, on both targets", spec.IssuerVariable, spec.AudienceVariable)
		r.notes.Approximate(at+".http.auth.jwt.issuer", "the variable %s; no request is stopped before it reaches the app", spec.IssuerVariable)
		r.notes.Approximate(at+".http.auth.jwt.audience", "the variable %s, separated by commas; the app compares them", spec.AudienceVariable)
	case spec.CheckedByEnvoy:
		out.TokenCheck = &TokenCheck{Issuer: jwt.Issuer, Audience: slices.Sorted(slices.Values(jwt.Audience)), JWKS: s.Kubernetes.JWKS}
		r.notes.Approximate(auth, "a SecurityPolicy for the HTTPRoute, which only Gateways of Envoy Gateway apply: any other lets requests in unchecked; "+
			"pods that connect to the Service need no token")
		r.notes.Exact(at+".kubernetes.jwks", "where Envoy Gateway gets the issuer's keys")
		r.issuer(at+".http.auth.jwt.issuer", jwt.Issuer)
		r.audience(at+".http.auth.jwt.audience", len(jwt.Audience))
		if s.HTTP.CORS == nil && slices.ContainsFunc(s.HTTP.Routes, func(route spec.Route) bool { return route.Method == spec.Any || route.Method == "OPTIONS" }) {
			r.notes.Approximate(auth, "OPTIONS requests need a token too, and browsers send none with a preflight request; http.cors answers them")
		}
	default:
		r.notes.Refused(at+".http.auth.jwt", finding.Refusal{Limit: "tokens", Page: IngressPage, Hint: "say who checks them: kubernetes.auth is app or, with a Gateway of Envoy Gateway, envoy; or leave kubernetes out of targets"},
			"cannot be had on target kubernetes: no Ingress class and no HTTPRoute checks tokens by a standard")
	}
}

// issuer bounds the issuer of a SecurityPolicy.
func (r *resolver) issuer(path, issuer string) {
	if n := len(issuer); n > MaxIssuer {
		r.notes.Refused(path, finding.Refusal{Limit: "tokens", Page: SecurityPolicyPage, Hint: "let the app check: kubernetes.auth: app"},
			"must have %d characters at most on target kubernetes with kubernetes.auth: envoy, got %d", MaxIssuer, n)
		return
	}
	r.notes.Approximate(path, "Envoy Gateway takes tokens in the header Authorization after Bearer, which API Gateway does not ask for, signed by any of the issuer's keys")
}

// audience bounds the audiences of a SecurityPolicy.
func (r *resolver) audience(path string, n int) {
	if n > MaxAudiences {
		r.notes.Refused(path, finding.Refusal{Limit: "tokens", Page: SecurityPolicyPage, Hint: "use one audience for all of them, or let the app check: kubernetes.auth: app"},
			"must have %d audiences at most on target kubernetes with kubernetes.auth: envoy, got %d", MaxAudiences, n)
		return
	}
	r.notes.Approximate(path, "the SecurityPolicy's audiences, which Envoy compares without https:// and a final slash; "+
		"it refuses a token without the claim aud, and API Gateway takes its client_id instead")
}

// tokenVariables tell the app which tokens are good.
func tokenVariables(jwt *spec.JWT) []Variable {
	return []Variable{{Name: spec.AudienceVariable, Value: jwt.AudienceList()}, {Name: spec.IssuerVariable, Value: jwt.Issuer}}
}
