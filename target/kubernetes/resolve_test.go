package kubernetes_test

import (
	"fmt"
	"reflect"
	"strings"
	"testing"

	"ambi/spec"
	"ambi/target/finding"
	"ambi/target/kubernetes"
)

// resolve resolves an app of services, each given as the lines below its name.
func resolve(t *testing.T, services ...string) (kubernetes.Model, finding.List) {
	t.Helper()
	var b strings.Builder
	b.WriteString("apiVersion: ambi/v1\nname: shop\ntargets: [kubernetes]\nservices:\n")
	for i, lines := range services {
		fmt.Fprintf(&b, "  %c:\n", 'a'+i)
		if !strings.Contains(lines, "image:") && !strings.Contains(lines, "zip:") {
			b.WriteString("    image: registry.example.com/shop:1\n")
		}
		if !strings.Contains(lines, "http: ") {
			fmt.Fprintf(&b, "    http: {routes: [GET /%c]}\n", 'a'+i)
		}
		for line := range strings.SplitSeq(lines, "\n") {
			fmt.Fprintf(&b, "    %s\n", line)
		}
	}
	app, err := spec.Parse("app.yaml", []byte(b.String()))
	if err != nil {
		t.Fatalf("%v\n%s", err, b.String())
	}
	return kubernetes.Resolve(app)
}

// find returns what was found at a path of service a.
func find(findings finding.List, path string) (kind finding.Kind, message string) {
	for _, f := range findings {
		if f.Path == "services.a"+path {
			kind, message = f.Kind, f.Message+"\n"+f.Hint
		}
	}
	return kind, message
}

func TestFindings(t *testing.T) {
	routes := func(n int) string {
		var list []string
		for i := range n {
			list = append(list, fmt.Sprintf("GET /%d", i))
		}
		return "[" + strings.Join(list, ", ") + "]"
	}
	const (
		nginx   = "\nkubernetes: {ingress: {class: nginx}}"
		alb     = "\nkubernetes: {ingress: {class: alb}}"
		traefik = "\nkubernetes: {ingress: {class: traefik}}"
		gateway = "\nkubernetes: {gateway: {name: public}}"
		grouped = "\nkubernetes: {ingress: {class: alb, group: shop, scheme: internet-facing}}"
		domain  = "http: {routes: [GET /a], domain: a.example.com}"
		bodies  = "http: {routes: [GET /a], maxBody: 20Mi}"
		cors    = "http: {routes: [POST /a], cors: {origins: [https://x.example.com]}}"
		zero    = "scale: {min: 0, requests: 5/s}\nkubernetes: {scaleToZero: {keda: {prometheus: http://p, query: up}}}"
		may     = "permissions: [{actions: [s3:GetObject], resources: [arn:aws:s3:::x/*]}]"
		envoy   = "\nkubernetes: {auth: envoy, jwks: https://i.example.com/keys, gateway: {name: public}}"
	)
	token := func(route, more string) string {
		return "http: {routes: [" + route + "], auth: {jwt: {issuer: https://i.example.com, audience: [x" + more + "]}}}"
	}
	for name, c := range map[string]struct {
		a       string
		others  []string
		path    string
		kind    finding.Kind
		message string
	}{
		"no image":                        {"lambda: {zip: a.zip}", nil, "", finding.Refused, "add image"},
		"memory that is no whole Mi":      {"memory: 300M", nil, ".memory", finding.Approximate, "287Mi"},
		"a changed variable":              {"env: {XY: z}", nil, ".env.XY", finding.Exact, "replaces the pods"},
		"a changed secret":                {"secrets: {XY: {name: z, key: k}}", nil, ".secrets.XY", finding.Exact, "needs a restart"},
		"needs":                           {"needs: [b]", []string{""}, ".needs[0]", finding.Exact, "B_URL; its NetworkPolicy then allows the services that need it, but no other pods"},
		"needs of what is scraped":        {"needs: [b]", []string{"kubernetes: {serviceMonitor: {}}"}, ".needs[0]", finding.Exact, "and Prometheus, but no other pods"},
		"needs of what has an Ingress":    {"needs: [b]", []string{nginx[1:]}, ".needs[0]", finding.Exact, "allows connections from anywhere"},
		"needs of what has a Gateway":     {"needs: [b]", []string{gateway[1:]}, ".needs[0]", finding.Exact, "allows connections from anywhere"},
		"route inside":                    {"", nil, ".http.routes[0]", finding.Dropped, "any pod of the cluster"},
		"route for callers":               {"", []string{"needs: [a]"}, ".http.routes[0]", finding.Dropped, "from the pods of b only"},
		"domain inside":                   {"http: {routes: [GET /a], domain: a.example.com}", nil, ".http.domain", finding.Dropped, "kubernetes.ingress"},
		"CORS inside":                     {cors, nil, ".http.cors", finding.Refused, "kubernetes.gateway"},
		"CORS through nginx":              {cors + nginx, nil, ".http.cors", finding.Approximate, "ingress-nginx"},
		"CORS through alb":                {cors + alb, nil, ".http.cors", finding.Refused, "class alb"},
		"CORS through another class":      {cors + traefik, nil, ".http.cors", finding.Refused, "class traefik"},
		"CORS through a gateway":          {cors + gateway, nil, ".http.cors", finding.Approximate, "v1.5"},
		"a header that nginx refuses":     {"http: {routes: [GET /a], cors: {origins: ['*'], headers: [X-a, x!]}}" + nginx, nil, ".http.cors.headers[1]", finding.Refused, "x!"},
		"auth":                            {"http: {routes: [GET /a], auth: {jwt: {issuer: https://i.example.com, audience: [x]}}}", nil, ".http.auth.jwt", finding.Refused, "checks tokens by a standard"},
		"auth through nginx":              {"http: {routes: [GET /a], auth: {jwt: {issuer: https://i.example.com, audience: [x]}}}" + nginx, nil, ".http.auth.jwt", finding.Refused, "kubernetes.auth"},
		"auth of the app":                 {token("GET /a", "") + "\nkubernetes: {auth: app}", nil, ".kubernetes.auth", finding.Approximate, "only the app checks tokens"},
		"issuer of the app's":             {token("GET /a", "") + "\nkubernetes: {auth: app}", nil, ".http.auth.jwt.issuer", finding.Approximate, "the variable JWT_ISSUER"},
		"audience of the app's":           {token("GET /a", "") + "\nkubernetes: {auth: app}", nil, ".http.auth.jwt.audience", finding.Approximate, "the variable JWT_AUDIENCE"},
		"auth of Envoy":                   {token("GET /a", "") + envoy, nil, ".kubernetes.auth", finding.Approximate, "pods that connect to the Service need no token"},
		"auth of another Gateway":         {token("GET /a", "") + envoy, nil, ".kubernetes.auth", finding.Approximate, "any other lets requests in unchecked"},
		"keys for Envoy":                  {token("GET /a", "") + envoy, nil, ".kubernetes.jwks", finding.Exact, "Envoy Gateway gets the issuer's keys"},
		"issuer of Envoy's":               {token("GET /a", "") + envoy, nil, ".http.auth.jwt.issuer", finding.Approximate, "in the header Authorization after Bearer"},
		"audience of Envoy's":             {token("GET /a", "") + envoy, nil, ".http.auth.jwt.audience", finding.Approximate, "client_id"},
		"more audiences than Envoy takes": {token("GET /a", ", b, c, d, e, f, g, h, i") + envoy, nil, ".http.auth.jwt.audience", finding.Refused, "8 audiences at most"},
		"a longer issuer than Envoy takes": {
			strings.Replace(token("GET /a", ""), "example.com", "example.com/"+strings.Repeat("x", 250), 1) + envoy, nil, ".http.auth.jwt.issuer", finding.Refused, "253 characters at most",
		},
		"preflight requests of Envoy's":    {token("ANY /a", "") + envoy, nil, ".kubernetes.auth", finding.Approximate, "OPTIONS requests need a token too"},
		"literal route of all methods":     {"http: {routes: [ANY /a]}" + nginx, nil, ".http.routes[0]", finding.Exact, ""},
		"literal route of one method":      {"http: {routes: [GET /a]}" + nginx, nil, ".http.routes[0]", finding.Approximate, "cannot match methods"},
		"route with a parameter":           {"http: {routes: [\"GET /a/{id}/b\"]}" + nginx, nil, ".http.routes[0]", finding.Approximate, "prefix /a "},
		"route of parameters only":         {"http: {routes: [\"ANY /{path+}\"]}" + nginx, nil, ".http.routes[0]", finding.Approximate, "prefix / "},
		"literal route of a gateway":       {"http: {routes: [GET /a]}" + gateway, nil, ".http.routes[0]", finding.Exact, "extended feature"},
		"parameters of a gateway":          {"http: {routes: [\"GET /a/{id}\"]}" + gateway, nil, ".http.routes[0]", finding.Approximate, "prefix /a "},
		"no domain":                        {nginx[1:], nil, ".http", finding.Approximate, "every host"},
		"as many routes as a gateway has":  {"http: {routes: " + routes(128) + "}" + gateway, nil, ".http.routes", "", ""},
		"more routes than a gateway has":   {"http: {routes: " + routes(129) + "}" + gateway, nil, ".http.routes", finding.Refused, "got 129"},
		"timeout inside":                   {"timeout: 90s", nil, ".timeout", finding.Approximate, "not cut off"},
		"timeout of nginx":                 {"timeout: 90s" + nginx, nil, ".timeout", finding.Approximate, "nginx"},
		"a dot through nginx":              {"http: {routes: [GET /favicon.ico]}" + nginx, nil, ".http.routes[0]", finding.Approximate, "refuses . in a path"},
		"a tilde through nginx":            {"http: {routes: [\"GET /~a.b/{id}\"]}" + nginx, nil, ".http.routes[0]", finding.Approximate, "refuses . and ~ in a path"},
		"a dot that nginx does not see":    {"http: {routes: [\"GET /a/{id}/b.c\"]}" + nginx, nil, ".http.routes[0]", finding.Approximate, "prefix /a "},
		"a dot through a gateway":          {"http: {routes: [GET /favicon.ico]}" + gateway, nil, ".http.routes[0]", finding.Exact, "HTTPRoute"},
		"image":                            {"", nil, ".image", finding.Approximate, "runs as user and group 65532, whatever user it specifies; its file system is read-only but for /tmp"},
		"image of another user":            {"kubernetes: {user: 1000, writableRoot: true}", nil, ".image", finding.Approximate, "group 1000, whatever user it specifies; its file system is writable, as far as that user may write"},
		"a user":                           {"kubernetes: {user: 1000}", nil, ".kubernetes.user", finding.Exact, "group"},
		"a writable root":                  {"kubernetes: {writableRoot: true}", nil, ".kubernetes.writableRoot", finding.Exact, "as far as its user may write"},
		"a root that is not writable":      {"kubernetes: {writableRoot: false}", nil, ".kubernetes.writableRoot", finding.Exact, "can only write to /tmp"},
		"an architecture":                  {"kubernetes: {architecture: arm64}", nil, ".kubernetes.architecture", finding.Exact, "kubernetes.io/arch is arm64"},
		"an image for arm64":               {"lambda: {architecture: arm64}", nil, ".image", finding.Approximate, "set kubernetes.architecture"},
		"a port of root's":                 {"port: 80", nil, ".port", finding.Exact, "ip_unprivileged_port_start"},
		"the first port that is not":       {"port: 1024", nil, ".port", finding.Exact, "listens on port 80"},
		"a long start":                     {"health: {startup: 5m}", nil, ".health.startup", finding.Approximate, "give or take the 2 s"},
		"connections":                      {"connections: 10\nscale: {max: 3}\nconcurrency: 4", nil, ".connections", finding.Dropped, "3 pods, each with 4 requests at once, can hold up to 12 connections, more than the 10 allowed; while an update rolls out"},
		"an internal service":              {"http: {internal: true, routes: [GET /a]}", []string{"needs: [a]"}, ".http.internal", finding.Approximate, "from the pods of b only, where the cluster's network enforces"},
		"an internal service with metrics": {"http: {internal: true, routes: [GET /a]}\nkubernetes: {serviceMonitor: {}}", []string{"needs: [a]"}, ".http.internal", finding.Approximate, "from the pods of b and Prometheus only"},
		"a need":                           {"needs: [b]", []string{""}, ".needs[0]", finding.Exact, "no other pods in the cluster, where the cluster's network enforces"},
		"a health path":                    {"health: {path: /x}", nil, ".health.path", finding.Exact, "which all ask it"},
		"the most pods":                    {"scale: {max: 5}", nil, ".scale.max", finding.Approximate, "maxReplicas; while an update rolls out"},
		"the most pods of KEDA":            {zero, nil, ".scale.max", finding.Approximate, "maxReplicaCount"},
		"a class of ingress-nginx":         {nginx[1:], nil, ".kubernetes.ingress.class", finding.Approximate, "assumes to be ingress-nginx because of its name"},
		"a class by the name of one":       {strings.Replace(nginx, "nginx}", "nginx-internal}", 1)[1:], nil, ".kubernetes.ingress.class", finding.Approximate, "assumes to be ingress-nginx because of its name"},
		"a class of load balancers":        {alb[1:], nil, ".kubernetes.ingress.class", finding.Approximate, "assumes to be the AWS Load Balancer Controller because of its name"},
		"another class":                    {traefik[1:], nil, ".kubernetes.ingress.class", finding.Exact, "the Ingress's class"},
		"a domain without a certificate":   {domain + nginx, nil, ".http.domain", finding.Approximate, "certificate that the class has by default"},
		"a domain with a certificate":      {domain + strings.Replace(nginx, "nginx}", "nginx, tlsSecret: x}", 1), nil, ".http.domain", finding.Exact, "the Ingress's host"},
		"a domain of a load balancer":      {domain + alb, nil, ".http.domain", finding.Exact, "only over HTTPS"},
		"a domain of a gateway":            {domain + gateway, nil, ".http.domain", finding.Approximate, "over TLS or not"},
		"all methods of a gateway":         {"http: {routes: [\"ANY /a/{id}\"]}" + gateway, nil, ".http.routes[0]", finding.Approximate, "all requests at and below it"},
		"timeout of alb":                   {"timeout: 90s" + alb, nil, ".timeout", finding.Approximate, "after 90 s"},
		"timeout of alb's group":           {"timeout: 5s" + grouped, []string{"timeout: 7s" + grouped, "timeout: 9s" + alb}, ".timeout", finding.Approximate, "after 7 s"},
		"scheme of alb":                    {alb[1:], nil, ".kubernetes.ingress", finding.Approximate, "is internal"},
		"internal alb":                     {strings.Replace(grouped, "internet-facing", "internal", 1)[1:], nil, ".kubernetes.ingress.scheme", finding.Approximate, "unreachable from outside"},
		"public alb":                       {domain + grouped, nil, ".kubernetes.ingress.scheme", finding.Exact, "open to the internet"},
		"public alb without a domain":      {grouped[1:], nil, ".kubernetes.ingress.scheme", finding.Approximate, "over plain HTTP"},
		"a group":                          {grouped[1:], nil, ".kubernetes.ingress.group", finding.Exact, "share one"},
		"two schemes of a group":           {grouped[1:], []string{"kubernetes: {ingress: {class: alb, group: shop}}"}, ".kubernetes.ingress.group", finding.Refused, "scheme for b"},
		"two load balancers of a domain":   {domain + alb, []string{strings.Replace(domain, "/a", "/b", 1) + alb}, ".http.domain", finding.Approximate, "a separate load balancer for b serves it for b"},
		"two classes of a domain":          {domain + traefik, []string{strings.Replace(domain, "/a", "/b", 1) + gateway}, ".http.domain", finding.Approximate, "Gateway public in namespace default serves it for b"},
		"a group of a domain":              {domain + grouped, []string{strings.Replace(domain, "/a", "/b", 1) + grouped}, ".http.domain", finding.Exact, "host"},
		"bodies through nginx":             {bodies + nginx, nil, ".http.maxBody", finding.Exact, "413"},
		"bodies through alb":               {bodies + alb, nil, ".http.maxBody", finding.Dropped, "any size"},
		"bodies through another class":     {bodies + traefik, nil, ".http.maxBody", finding.Dropped, "does not know"},
		"bodies through a gateway":         {bodies + gateway, nil, ".http.maxBody", finding.Dropped, "HTTPRoute"},
		"bodies inside":                    {bodies, nil, ".http.maxBody", finding.Dropped, "the app must limit"},
		"timeout of another class":         {"timeout: 90s" + traefik, nil, ".timeout", finding.Approximate, "does not know"},
		"certificate of alb":               {"http: {routes: [GET /a], domain: a.example.com}\nkubernetes: {ingress: {class: alb, tlsSecret: x}}", nil, ".kubernetes.ingress.tlsSecret", finding.Refused, "ACM"},
		"certificate of another class":     {"http: {routes: [GET /a], domain: a.example.com}\nkubernetes: {ingress: {class: traefik, tlsSecret: x}}", nil, ".kubernetes.ingress.tlsSecret", finding.Exact, "must exist"},
		"permissions without an identity":  {may, nil, ".permissions", finding.Refused, "kubernetes.identity"},
		"permissions with one":             {may + "\nkubernetes: {identity: irsa}", nil, ".permissions[0]", finding.Exact, "policy"},
		"an identity without permissions":  {"kubernetes: {identity: irsa}", nil, ".kubernetes.identity", finding.Dropped, "no role"},
		"none at all":                      {"scale: {min: 0}", nil, ".scale.min", finding.Refused, "scaleToZero"},
		"none at all, and a floor":         {"scale: {min: 0}\nkubernetes: {scaleToZero: {floor: true}}", nil, ".scale.min", finding.Approximate, "keeps one pod"},
		"none at all, and KEDA":            {zero, nil, ".scale.min", finding.Approximate, "requests fail until"},
		"KEDA without a rate":              {strings.Replace(zero, ", requests: 5/s", "", 1), nil, ".kubernetes.scaleToZero.keda", finding.Refused, "scale.requests"},
		"KEDA and a metric":                {strings.Replace(zero, "{scaleToZero", "{metric: m, scaleToZero", 1), nil, ".kubernetes.metric", finding.Dropped, "query"},
		"a rate without a metric":          {"scale: {requests: 5/s}", nil, ".scale.requests", finding.Refused, "kubernetes.metric"},
		"a rate":                           {"scale: {requests: 5/s}\nkubernetes: {metric: m}", nil, ".scale.requests", finding.Exact, "average"},
		"a rate that is no whole number":   {"scale: {requests: 100/minute}\nkubernetes: {metric: m}", nil, ".scale.requests", finding.Approximate, "1667m"},
		"metrics":                          {"kubernetes: {serviceMonitor: {}}", nil, ".kubernetes.serviceMonitor.path", finding.Exact, "ServiceMonitor"},
		"pull secrets":                     {"kubernetes: {pullSecrets: [x]}", nil, ".kubernetes.pullSecrets", finding.Exact, "must exist"},
	} {
		t.Run(name, func(t *testing.T) {
			_, findings := resolve(t, append([]string{c.a}, c.others...)...)
			kind, message := find(findings, c.path)
			if kind != c.kind || !strings.Contains(message, c.message) {
				t.Errorf("%s is %q: %q, want %q: %q", c.path, kind, message, c.kind, c.message)
			}
		})
	}
}

// An Ingress and a Gateway send a request to one service: what neither can tell
// apart is refused.
func TestSharedPaths(t *testing.T) {
	service := func(route, domain, kubernetes string) string {
		return fmt.Sprintf("http: {routes: [%q], domain: %s}\nkubernetes: {%s}", route, domain, kubernetes)
	}
	const nginx, other, gateway = "ingress: {class: nginx}", "ingress: {class: traefik}", "gateway: {name: public}"
	for name, c := range map[string]struct {
		a, b    string
		refused bool
	}{
		"two methods of an Ingress":  {service("GET /x", "x.example.com", nginx), service("POST /x", "x.example.com", nginx), true},
		"two parameters' tails":      {service("GET /x/{a}/y", "x.example.com", nginx), service("GET /x/{a}/z", "x.example.com", nginx), true},
		"two hosts":                  {service("GET /x", "x.example.com", nginx), service("POST /x", "y.example.com", nginx), false},
		"two classes":                {service("GET /x", "x.example.com", nginx), service("POST /x", "x.example.com", other), false},
		"a path and a prefix":        {service("GET /x", "x.example.com", nginx), service("GET /x/{a}", "x.example.com", nginx), false},
		"two methods of a Gateway":   {service("GET /x", "x.example.com", gateway), service("POST /x", "x.example.com", gateway), false},
		"one prefix of a Gateway":    {service("GET /x/{a}/y", "x.example.com", gateway), service("GET /x/{a}/z", "x.example.com", gateway), true},
		"two Gateways, one name":     {service("GET /x/{a}/y", "x.example.com", gateway), service("GET /x/{a}/z", "x.example.com", "namespace: other, "+gateway), false},
		"one method and all methods": {service("GET /x/{a}", "x.example.com", gateway), service("ANY /x/{a}/z", "x.example.com", gateway), false},
	} {
		t.Run(name, func(t *testing.T) {
			_, findings := resolve(t, c.a, c.b)
			if refused := len(findings.Refused()) > 0; refused != c.refused {
				t.Errorf("refused: %t, want %t: %v", refused, c.refused, findings.Refused())
			}
		})
	}
}

// Messages hold connections as requests do.
func TestConnectionsOfMessages(t *testing.T) {
	for pull, want := range map[string]string{
		"delivery": "3 pods, each with 4 messages at once, can hold up to 12 connections, more than the 10 allowed",
		"app":      "3 pods, each with 4 messages at once, can hold up to 12 connections, more than the 10 allowed",
	} {
		trigger := "queue: {from: jobs}"
		if pull == "app" {
			trigger = "queue: {from: jobs, pull: app}"
		}
		app, err := spec.Parse("app.yaml", []byte(`apiVersion: ambi/v1
name: shop
data: {jobs: {queue: {}}}
services:
  a: {image: "registry.example.com/x:1", `+trigger+`, connections: 10, concurrency: 4, scale: {max: 3}, kubernetes: {identity: irsa}}
`))
		if err != nil {
			t.Fatal(err)
		}
		m, findings := kubernetes.Resolve(app)
		if kind, message := find(findings, ".connections"); kind != finding.Dropped || !strings.Contains(message, want) || m.Services[0].MostConnections != 12 {
			t.Errorf("pull: %s: %d, %s: %s", pull, m.Services[0].MostConnections, kind, message)
		}
	}
}

func TestModel(t *testing.T) {
	m, _ := resolve(t,
		`needs: [c, b]
http: {routes: ["GET /a/{id}", "POST /a/{id}", GET /a], domain: a.example.com, cors: {origins: [https://x.example.com], maxAge: 1m}}
kubernetes: {gateway: {name: public}}`,
		"scale: {min: 0, requests: 90/minute}\nkubernetes: {scaleToZero: {keda: {prometheus: http://p, query: up}}}",
		"scale: {requests: 90/minute}\nkubernetes: {metric: m}",
		"timeout: 7s\nhttp: {routes: [GET /d, POST /d], cors: {origins: [https://x.example.com]}}\nkubernetes: {ingress: {class: nginx-internal}}",
	)
	a, b, c, d := m.Services[0], m.Services[1], m.Services[2], m.Services[3]
	equal := func(what string, got, want any) {
		if !reflect.DeepEqual(got, want) {
			t.Errorf("%s: %v, want %v", what, got, want)
		}
	}
	equal("needs", a.Needs, []kubernetes.Need{{Service: "b", Variable: "B_URL"}, {Service: "c", Variable: "C_URL"}})
	equal("callers", b.Callers, []string{"a"})
	equal("reaches", []kubernetes.Reach{a.Reach, b.Reach, d.Reach}, []kubernetes.Reach{kubernetes.FromAnywhere, kubernetes.FromCallers, kubernetes.FromAnywhere})
	equal("matches", a.Gateway.Matches, []kubernetes.Match{
		{Method: "GET", Type: "PathPrefix", Path: "/a", Routes: []string{"GET /a/{id}"}},
		{Method: "POST", Type: "PathPrefix", Path: "/a", Routes: []string{"POST /a/{id}"}},
		{Method: "GET", Type: "Exact", Path: "/a", Routes: []string{"GET /a"}},
		{Method: "OPTIONS", Type: "PathPrefix", Path: "/a"},
		{Method: "OPTIONS", Type: "Exact", Path: "/a"},
	})
	equal("CORS", *a.Gateway.CORS, kubernetes.CORS{Origins: []string{"https://x.example.com"}, Methods: []string{"GET", "POST"}, MaxAgeSeconds: 60})
	equal("KEDA's rate", b.TargetRate, "1.5")
	equal("KEDA's least", b.MinReplicas, 0)
	equal("rate", c.TargetRate, "1500m")
	equal("paths", d.Ingress.Paths, []kubernetes.Path{{Type: "Exact", Path: "/d", Routes: []string{"GET /d", "POST /d"}}})
	annotations := map[string]string{}
	for _, a := range d.Ingress.Annotations {
		annotations[strings.TrimPrefix(a.Name, "nginx.ingress.kubernetes.io/")] = a.Value
	}
	equal("annotations", annotations, map[string]string{
		"proxy-read-timeout": "7", "proxy-send-timeout": "7", "proxy-body-size": "10m",
		"enable-cors": "true", "cors-allow-origin": "https://x.example.com", "cors-allow-methods": "GET, POST",
		"cors-allow-headers": "Accept", "cors-allow-credentials": "false", "cors-max-age": "5",
	})
}
