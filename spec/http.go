package spec

import (
	"cmp"
	"fmt"
	"net/url"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/invopop/jsonschema"

	"ambi/internal/lazyregexp"
)

// HTTP describes the requests that a service answers.
type HTTP struct {
	Routes []Route `json:"routes" jsonschema:"required,minItems=1,uniqueItems=true" jsonschema_description:"What the service answers: a method and a path each."`
	CORS   *CORS   `json:"cors,omitempty" jsonschema_description:"Which other origins' pages may call the service from a browser."`
	Auth   *Auth   `json:"auth,omitempty" jsonschema_description:"Who may call the service at all."`
	// Internal is for services that only other services of the app may call.
	Internal bool   `json:"internal,omitempty" jsonschema_description:"Whether only services of the app that need this one may call it."`
	Domain   string `json:"domain,omitempty" jsonschema_description:"The host name that the service is served under."`
	// MaxBody is what an Ingress controller takes that would refuse large bodies by itself.
	MaxBody Quantity `json:"maxBody,omitempty" jsonschema:"default=10Mi" range:"1Ki to 1Ti in whole bytes" unit:"bytes" jsonschema_description:"The largest body of a request, as a Kubernetes quantity of bytes."`
}

// CORS is the answer to preflight requests.
type CORS struct {
	Origins     []string `json:"origins" jsonschema:"required,minItems=1,uniqueItems=true" jsonschema_description:"Origins such as https://app.example.com, or a lone *."`
	Methods     []string `json:"methods,omitempty" jsonschema:"uniqueItems=true,enum=GET,enum=HEAD,enum=POST,enum=PUT,enum=PATCH,enum=DELETE,enum=OPTIONS" jsonschema_description:"Methods that pages may use; those of the routes when there are none."`
	Headers     []string `json:"headers,omitempty" jsonschema:"uniqueItems=true" jsonschema_description:"Request headers that pages may set."`
	Credentials bool     `json:"credentials,omitempty" jsonschema_description:"Whether browsers send cookies along; not with the origin *."`
	MaxAge      Duration `json:"maxAge,omitempty" range:"1s to 24h in whole seconds" jsonschema_description:"How long browsers may remember the answer."`
}

const (
	hostPattern = `[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*`
	portPattern = `(:[1-9][0-9]{0,4})?`
	urlPattern  = `://` + hostPattern + portPattern + `(/[A-Za-z0-9._~!$&'()*+,;=:@%/-]*)?$`
	// originPattern is what browsers send as Origin, of the schemes that both
	// targets know.
	originPattern = `^https?://` + hostPattern + portPattern + `$`
	issuerPattern = `^https` + urlPattern
	// domainPattern is a host name with at least one dot that is no IPv4 address.
	domainPattern = `^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]([a-z0-9-]{0,61}[a-z0-9])?$`
	// headerPattern is a header's name.
	// Source: https://www.rfc-editor.org/rfc/rfc9110#name-tokens
	headerPattern = "^[A-Za-z0-9!#$%&'*+.^_`|~-]+$"
)

var (
	origin = lazyregexp.New(originPattern)
	issuer = lazyregexp.New(issuerPattern)
	domain = lazyregexp.New(domainPattern)
	header = lazyregexp.New(headerPattern)
)

// AllowedMethods lists the methods that CORS allows: those that the spec names,
// or else those of the routes, of which ANY stands for all.
func (h HTTP) AllowedMethods() []string {
	if h.CORS != nil && len(h.CORS.Methods) > 0 {
		return slices.Clone(h.CORS.Methods)
	}
	return slices.DeleteFunc(Methods(), func(m string) bool {
		return m == Any || !slices.ContainsFunc(h.Routes, func(r Route) bool { return r.Method == m || r.Method == Any })
	})
}

func (v *validator) http(path string, h HTTP) {
	if h.CORS != nil {
		v.cors(path+".cors", h.CORS)
	}
	if h.Auth != nil && h.Auth.JWT != nil {
		v.jwt(path+".auth.jwt", h.Auth.JWT)
	}
	if v.app.Given(path + ".domain") {
		v.domain(path+".domain", h.Domain)
	}
}

func (v *validator) cors(path string, c *CORS) {
	everyone := slices.Index(c.Origins, "*")
	for i, o := range c.Origins {
		if o != "*" {
			v.origin(item(path+".origins", i), o)
		}
	}
	if everyone >= 0 && len(c.Origins) > 1 {
		v.fail(item(path+".origins", everyone), "must stand alone, since it includes every other origin")
	}
	if everyone >= 0 && c.Credentials {
		v.fail(path+".credentials", "must not be true with the origin *: browsers refuse the answer", "name the origins")
	}
	v.headers(path+".headers", c.Headers)
}

// origin checks that browsers send an origin just so: it is compared as text.
func (v *validator) origin(path, text string) {
	u, err := url.Parse(text)
	if err != nil || !origin.MatchString(text) || !isPort(u) {
		var hints []string
		trimmed := strings.ToLower(strings.TrimRight(text, "/"))
		switch {
		case trimmed != text && origin.MatchString(trimmed):
			hints = []string{"write " + trimmed}
		case strings.Contains(text, "*"):
			hints = []string{"name each origin, or a lone * for all"}
		default:
			hints = []string{"such as https://app.example.com or http://localhost:3000, without a path"}
		}
		v.fail(path, "must be an origin, got "+quote(text), hints...)
		return
	}
	if usual := map[string]string{"http": "80", "https": "443"}[u.Scheme]; u.Port() == usual {
		v.fail(path, fmt.Sprintf("must not name port %s, which browsers leave out of an %s origin", usual, u.Scheme), "write "+u.Scheme+"://"+u.Hostname())
	}
}

// isPort reports whether a URL's port is one, or none is given.
func isPort(u *url.URL) bool {
	if u.Port() == "" {
		return true
	}
	n, err := strconv.Atoi(u.Port())
	return err == nil && n >= 1 && n <= 65535
}

func (v *validator) headers(path string, all []string) {
	first := map[string]string{} // as written, by its lower case
	for i, name := range all {
		at := item(path, i)
		switch earlier, twice := first[strings.ToLower(name)]; {
		case name == "*":
			v.fail(at, "must name a header", "* would not include Authorization, nor mean anything with credentials")
		case !header.MatchString(name):
			v.fail(at, "must be a header's name, got "+quote(name))
		case twice && earlier != name:
			v.fail(at, fmt.Sprintf("%s and %s are the same header", name, earlier))
		default:
			first[strings.ToLower(name)] = name
		}
	}
}

// isURL reports whether text has the form of pattern and is a URL.
func isURL(text string, pattern *lazyregexp.Regexp) bool {
	u, err := url.Parse(text)
	return err == nil && pattern.MatchString(text) && isPort(u)
}

func (v *validator) domain(path, name string) {
	if domain.MatchString(name) && len(name) <= maxObjectName {
		return
	}
	var hints []string
	lower := strings.ToLower(name)
	switch {
	case lower != name && domain.MatchString(lower):
		hints = []string{"write " + lower}
	case strings.HasPrefix(name, "*."):
		hints = []string{"a certificate may be for a wildcard; a domain is one host"}
	case strings.Contains(name, "://"):
		hints = []string{"leave out the scheme"}
	}
	v.fail(path, "must be a host name such as thumbs.example.com, got "+quote(name), hints...)
}

// placed is a route with its place in the spec.
type placed struct {
	Route
	path    string
	service string
	at      Position
}

// routes finds those that no gateway can tell apart, across all services of a target: they
// share one host.
func (v *validator) routes(services []string) {
	var all []placed
	for _, name := range services {
		list := child("services", name) + ".http.routes"
		for i, r := range v.app.Services[name].HTTP.Routes {
			if path := item(list, i); v.sound(path) {
				all = append(all, placed{r, path, name, v.at(path)})
			}
		}
	}
	slices.SortStableFunc(all, func(a, b placed) int {
		return cmp.Or(cmp.Compare(a.at.Line, b.at.Line), cmp.Compare(a.at.Column, b.at.Column))
	})
	firsts := map[Route][]placed{} // one for each target at most
	for _, r := range all {
		shape := Route{r.Method, r.Shape()}
		i := slices.IndexFunc(firsts[shape], func(p placed) bool { return v.app.together(v.app.Services[p.service], v.app.Services[r.service]) })
		if i < 0 {
			firsts[shape] = append(firsts[shape], r)
			continue
		}
		earlier := firsts[shape][i]
		owner := ""
		if earlier.service != r.service {
			owner = " of " + earlier.service
		}
		if earlier.Route == r.Route {
			v.fail(r.path, fmt.Sprintf("%s is also the route%s in line %d", quote(r.String()), owner, earlier.at.Line))
			continue
		}
		v.fail(r.path, fmt.Sprintf("%s differs only in its parameters' names from %s%s in line %d", quote(r.String()), quote(earlier.String()), owner, earlier.at.Line),
			"both match the same requests")
	}
}

func (s schema) refineHTTP() {
	s.of(reflect.TypeFor[HTTP]()).Title = "HTTP"
	domain := property(s.of(reflect.TypeFor[HTTP]()), "domain")
	domain.Pattern, domain.MaxLength = domainPattern, number(maxObjectName)

	cors := s.of(reflect.TypeFor[CORS]())
	cors.Title = "CORS"
	property(cors, "origins").Items.Pattern = `^\*$|` + originPattern
	headers := property(cors, "headers").Items
	headers.Pattern, headers.Not = headerPattern, &jsonschema.Schema{Const: "*"}
}
