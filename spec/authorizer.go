package spec

import "reflect"

// Auth says who may call.
type Auth struct {
	JWT *JWT `json:"jwt" jsonschema:"required" jsonschema_description:"Callers bring a JSON Web Token."`
}

// JWT says which tokens are good.
type JWT struct {
	Issuer   string   `json:"issuer" jsonschema:"required" jsonschema_description:"The https URL of the issuer, which serves its keys by OpenID Connect discovery."`
	Audience []string `json:"audience" jsonschema:"required,minItems=1,uniqueItems=true" jsonschema_description:"Audiences; a token must have one of them."`
}

func (v *validator) jwt(path string, j *JWT) {
	if at := path + ".issuer"; !isURL(j.Issuer, issuer) {
		v.fail(at, "must be an https URL without a query or fragment, got "+quote(j.Issuer),
			"it is compared with the token's iss, and its keys are found under it")
	}
	for i, a := range j.Audience {
		if a == "" || !isLine(a) {
			v.fail(item(path+".audience", i), "must be one line of plain text, got "+quote(a))
		}
	}
}

func (s schema) refineAuth() {
	jwt := s.of(reflect.TypeFor[JWT]())
	jwt.Title = "JSON Web Tokens"
	property(jwt, "issuer").Pattern = issuerPattern
	audience := property(jwt, "audience").Items
	audience.Pattern, audience.MinLength = linePattern, number(1)
}
