package lambda

import (
	"maps"
	"slices"
	"strings"

	"ambi/spec"
	"ambi/target/finding"
)

// environment adds the app's own variables; a secret becomes a reference.
func (r *resolver) environment(at string, s *spec.Service, out *Service) {
	for _, name := range slices.Sorted(maps.Keys(s.Env)) {
		out.Environment = append(out.Environment, Variable{Name: name, Value: s.Env[name]})
		r.notes.Exact(at+".env."+name, "an environment variable")
	}
	for _, name := range slices.Sorted(maps.Keys(s.Secrets)) {
		secret := s.Secrets[name]
		out.Environment = append(out.Environment, Variable{
			Name: name + "_SECRET", SecretName: secret.Name, SecretKey: secret.Key,
		})
		out.Secrets = append(out.Secrets, secret.Name)
		r.notes.Approximate(at+".secrets."+name, "a reference in %s_SECRET, which the app resolves when it starts: "+
			"the key %q of a Secrets Manager secret that the stack creates without a value", name, secret.Key)
	}
	r.needs(at, s, out)
	if s.Kubernetes.Auth == spec.CheckedByApp { // the same app checks tokens there
		jwt := s.HTTP.Auth.JWT
		out.Environment = append(out.Environment,
			Variable{Name: spec.AudienceVariable, Value: jwt.AudienceList()},
			Variable{Name: spec.IssuerVariable, Value: jwt.Issuer})
		r.notes.Approximate(at+".kubernetes.auth", "the app finds %s and %s here too; an authorizer of the API checks tokens before it does", spec.IssuerVariable, spec.AudienceVariable)
	}
	r.variablesOfData(out)
	slices.SortFunc(out.Environment, func(a, b Variable) int { return strings.Compare(a.Name, b.Name) })
	slices.Sort(out.Invokes)
	slices.Sort(out.Secrets)
	out.Secrets = slices.Compact(out.Secrets)
	bytes := 0
	for _, v := range out.Environment {
		bytes += len(v.Name) + len(v.Value)
		if v.Service != "" {
			bytes += addressBytes
		}
		if v.Output.Key != "" {
			bytes += outputBytes
		}
		if v.SecretName != "" {
			bytes += secretReferenceBytes + len(v.SecretName) + len(v.SecretKey)
		}
	}
	if bytes > MaxEnvironmentBytes {
		r.notes.Refused(at+".env", finding.Refusal{Limit: "env", Page: QuotasPage, Hint: "move large values into the image, or let the app fetch them when it starts"},
			"must have at most %d bytes on target lambda, including names, addresses and secret references, got %d", MaxEnvironmentBytes, bytes)
	}
}

// needs adds the addresses of the services that the function calls.
func (r *resolver) needs(at string, s *spec.Service, out *Service) {
	for i, other := range s.Needs {
		path, name := element(at+".needs", i), spec.AddressVariable(other)
		callee := r.app.Services[other]
		if callee == nil {
			out.Environment = append(out.Environment, Variable{Name: name, Value: addressAcross(r.app.Needed(other))})
			continue
		}
		out.Environment = append(out.Environment, Variable{Name: name, Service: other})
		token := ""
		if callee.HTTP.Auth != nil {
			token = ", and need a token"
		}
		if callee.HTTP.Internal {
			out.Invokes = append(out.Invokes, other)
			token = ", and must be signed with SigV4 for the service execute-api, by the function's role"
		}
		r.notes.Approximate(path, "%s is the API's own URL: calls go through the public API, like any other client's%s", name, token)
	}
}

// secrets lists each secret that a service reads, once, with all its keys.
func secrets(services []Service) []Secret {
	keys := map[string][]string{}
	for _, s := range services {
		for _, v := range s.Environment {
			if v.SecretName != "" {
				keys[v.SecretName] = append(keys[v.SecretName], v.SecretKey)
			}
		}
	}
	var list []Secret
	for _, name := range slices.Sorted(maps.Keys(keys)) {
		slices.Sort(keys[name])
		list = append(list, Secret{Name: name, Keys: slices.Compact(keys[name])})
	}
	return list
}
