package spec

import (
	"fmt"
	"reflect"
	"strings"

	"github.com/invopop/jsonschema"
)

// Auth restricts who may call the service.
type Auth struct {
	JWT *JWT `json:"jwt" jsonschema:"required" jsonschema_description:"Callers bring a JSON Web Token."`
}

// JWT says which tokens are accepted.
type JWT struct {
	Issuer   string   `json:"issuer" jsonschema:"required" jsonschema_description:"The https URL of the issuer, which serves its keys by OpenID Connect discovery."`
	Audience []string `json:"audience" jsonschema:"required,minItems=1,uniqueItems=true" jsonschema_description:"Audiences; a token must have one of them."`
}

// AudienceList is what AudienceVariable holds.
func (j *JWT) AudienceList() string { return strings.Join(j.Audience, ",") }

// TokenCheck is who checks tokens on Kubernetes.
type TokenCheck string

// The token checks.
const (
	CheckedByApp   TokenCheck = "app"
	CheckedByEnvoy TokenCheck = "envoy" // Envoy Gateway, before a request reaches the app
)

// The variables that tell an app which tokens are good.
const (
	IssuerVariable   = "JWT_ISSUER"
	AudienceVariable = "JWT_AUDIENCE" // separated by commas
)

// maxJWKS bounds a URL of keys, as Envoy Gateway does.
const maxJWKS = 253

// tokenCheck checks who checks tokens on Kubernetes.
func (v *validator) tokenCheck(service string, s *Service) {
	auth, jwks := service+".kubernetes.auth", service+".kubernetes.jwks"
	check := s.Kubernetes.Auth
	if !v.sound(auth) {
		return
	}
	switch {
	case check != "" && (s.HTTP.Auth == nil || s.HTTP.Auth.JWT == nil):
		if v.sound(service + ".http.auth") {
			v.fail(auth, "is only for a service with http.auth: without it, no tokens are checked", "say which tokens are accepted in http.auth.jwt, or remove it")
		}
	case check == CheckedByEnvoy && s.Kubernetes.Gateway == nil:
		v.fail(auth, "must come with kubernetes.gateway: Envoy Gateway checks the tokens of an HTTPRoute's requests", "name a Gateway of Envoy Gateway under kubernetes.gateway, or write app")
	case check == CheckedByEnvoy && !v.app.Given(jwks):
		v.fail(auth, "must come with kubernetes.jwks: Envoy Gateway does not discover an issuer's keys", "write the jwks_uri that "+strings.TrimSuffix(s.HTTP.Auth.JWT.Issuer, "/")+"/.well-known/openid-configuration has")
	case check == CheckedByApp:
		for i, a := range s.HTTP.Auth.JWT.Audience {
			if strings.ContainsRune(a, ',') {
				v.fail(item(service+".http.auth.jwt.audience", i), "must hold no comma, which separates audiences in "+AudienceVariable+", got "+quote(a))
			}
		}
		for _, name := range []string{IssuerVariable, AudienceVariable} {
			for _, section := range []string{".env", ".secrets"} {
				if at := child(service+section, name); v.app.Given(at) {
					v.failKey(at, fmt.Sprintf("ambi, for kubernetes.auth: %s, sets this variable itself", check), "remove it")
				}
			}
		}
	}
	if v.app.Given(jwks) {
		switch {
		case !isURL(s.Kubernetes.JWKS, issuer) || len(s.Kubernetes.JWKS) > maxJWKS:
			v.fail(jwks, fmt.Sprintf("must be an https URL of at most %d characters, without a query or fragment, got %s", maxJWKS, quote(s.Kubernetes.JWKS)), "it is the issuer's jwks_uri")
		case check != CheckedByEnvoy:
			v.fail(jwks, "is only for kubernetes.auth: envoy", "remove it, or write auth: envoy beside it")
		}
	}
}

func (v *validator) jwt(path string, j *JWT) {
	if at := path + ".issuer"; !isURL(j.Issuer, issuer) {
		v.fail(at, "must be an https URL without a query or fragment, got "+quote(j.Issuer),
			"it is compared with the token's iss, and its keys are found under it")
	}
	for i, a := range j.Audience {
		switch at := item(path+".audience", i); {
		case a == "":
			v.fail(at, "must be one line of plain text, got "+quote(a), "write the aud that the accepted tokens have, such as the app's ID at its issuer")
		case !isLine(a):
			v.fail(at, "must be one line of plain text, got "+quote(a))
		}
	}
}

func (s schema) refineAuth() {
	jwt := s.of(reflect.TypeFor[JWT]())
	jwt.Title = "JSON Web Tokens"
	property(jwt, "issuer").Pattern = issuerPattern
	audience := property(jwt, "audience").Items
	audience.Pattern, audience.MinLength = linePattern, number(1)

	kubernetes := s.of(reflect.TypeFor[KubernetesOptions]())
	jwks := property(kubernetes, "jwks")
	jwks.Pattern, jwks.MaxLength = issuerPattern, number(maxJWKS)
	envoy := jsonschema.NewProperties()
	envoy.Set("auth", &jsonschema.Schema{Const: string(CheckedByEnvoy)})
	kubernetes.If = &jsonschema.Schema{Required: []string{"auth"}, Properties: envoy}
	kubernetes.Then = &jsonschema.Schema{Required: []string{"gateway", "jwks"}}
	kubernetes.Else = &jsonschema.Schema{Not: &jsonschema.Schema{Required: []string{"jwks"}}}
}
