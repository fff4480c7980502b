package spectest

import (
	"strings"

	"ambi/spec"
)

func (g *generator) http(s *service) {
	g.line(2, "http:")
	g.routes(s)
	if g.IntN(4) == 0 {
		g.line(3, "maxBody: %s", g.one("1Ki", "20Mi", "1G", `"1048576"`))
	}
	if s.internal {
		g.line(3, "internal: true")
		return
	}
	switch {
	case g.anything && g.IntN(3) == 0:
		g.line(3, "cors: %s", g.corsPolicy(true))
	case s.cors:
		g.line(3, "cors: %s", g.cors)
	}
	if g.IntN(4) == 0 {
		g.tokens(s)
	}
	if g.IntN(3) == 0 && (g.anything || g.door != "") {
		s.domain = true
		domain := g.one("thumbs.example.com", "a.b", "xn--thmbs-kva.example.com", "1.2.example")
		g.line(3, "domain: %s", domain)
		g.domains[domain] = append(g.domains[domain], s.name)
	}
}

// tokens writes http.auth, and picks who checks tokens on Kubernetes.
func (g *generator) tokens(s *service) {
	checks := []string{"app"}
	if g.anything {
		checks = append(checks, "")
	}
	if g.anything || strings.HasPrefix(g.door, "gateway") {
		checks = append(checks, "envoy")
	}
	s.tokens, g.guarded = g.one(checks...), true
	audience := g.some("thumbs", "https://thumbs.example.com", "a b", "x"+g.oneLine())
	for i, a := range audience {
		if s.tokens == "app" { // whose variable separates audiences by commas
			audience[i] = strings.ReplaceAll(a, ",", ";")
		}
	}
	g.line(3, "auth: {jwt: {issuer: %s, audience: [%s]}}",
		g.one("https://issuer.example.com", "https://issuer.example.com/", "'https://cognito-idp.us-east-1.amazonaws.com/us-east-1_abc'", `"https://a.b:8443/x/%20y;z=1,2"`),
		strings.Join(g.allQuoted(audience), ", "))
}

func (g *generator) routes(s *service) {
	g.line(3, "routes:")
	written := 0
	for written == 0 || g.IntN(4) > 0 {
		path := ""
		for n := g.IntN(4); n > 0; n-- {
			path += "/" + g.one(s.name, "a", "B", "1", "x.y", "~u", "_", "-", "...", "{id}", "{a1}", "{type}", "{Fn_0}")
		}
		if g.IntN(4) == 0 {
			path += "/" + g.one("{path+}", "{rest+}")
		}
		if path == "" {
			path = "/"
		}
		method := spec.Methods()[g.IntN(len(spec.Methods()))]
		if s.cors && method == "OPTIONS" { // which CORS answers
			continue
		}
		text := method + " " + path
		route, err := spec.ParseRoute(text)
		shape := route.Method + " " + route.Shape()
		if err != nil || g.shapes[shape] { // a parameter twice, or a conflict
			continue
		}
		g.shapes[shape] = true
		written++
		g.line(4, "- %s", g.quoted(text))
	}
}

// corsPolicy writes the value of cors. Without methods it depends on a
// service's routes.
func (g *generator) corsPolicy(byRoutes bool) string {
	entries := []string{`origins: ["*"]`}
	if g.sometimes() {
		entries = []string{"origins: [" + strings.Join(g.allQuoted(g.some("https://app.example.com", "http://localhost:3000", "https://a")), ", ") + "]"}
		if g.sometimes() {
			entries = append(entries, "credentials: "+g.one("true", "false"))
		}
	}
	if !byRoutes || g.sometimes() {
		methods := g.some("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
		entries = append(entries, "methods: ["+strings.Join(methods, ", ")+"]")
	}
	if g.sometimes() {
		entries = append(entries, "headers: ["+strings.Join(g.allQuoted(g.some("Authorization", "content-type", "X-Request-Id")), ", ")+"]")
	}
	if g.sometimes() {
		entries = append(entries, "maxAge: "+g.one("1s", "1h", "24h"))
	}
	return "{" + strings.Join(entries, ", ") + "}"
}
