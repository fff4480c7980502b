// Package kinds has the table of kinds: what a service may be or have that needs
// decisions of its own, with the file that each part of ambi keeps for it. A new
// kind of trigger or data is a row here and a file in each of these rooms; the
// package's test fails on every piece that is missing, and writes docs/kinds.md.
package kinds

import (
	"fmt"
	"strings"
)

// Kind is one row.
type Kind struct {
	Name string   // of its Go files
	Is   string   // what it is, in a few words
	Keys []string // of the spec, with all below them
	// Golden is a spec that has them all, whose program is held as it is emitted.
	Golden string

	Spec       Room // the grammar: types, defaults, validation, schema
	Data       Room // what both targets share of it
	Lambda     Room // what target lambda makes of it
	Kubernetes Room // what target kubernetes makes of it
	Templates  Room // what is emitted
	Price      Room // what it costs
	Fit        Room // which limits usage can reach
	Simulate   Room // how it behaves under a trace
}

// Room is what one part of ambi has for a kind: files, or a reason to have none.
type Room struct {
	Files []string
	None  string
}

func in(files ...string) Room  { return Room{Files: files} }
func none(because string) Room { return Room{None: because} }

// Rooms are a kind's rooms, by name and in the order of the table.
func (k Kind) Rooms() []struct {
	Name string
	Room
} {
	return []struct {
		Name string
		Room
	}{
		{"spec", k.Spec},
		{"data", k.data()},
		{"lambda", k.Lambda},
		{"kubernetes", k.Kubernetes},
		{"templates", k.Templates},
		{"price", k.Price},
		{"fit", k.Fit},
		{"simulate", k.Simulate},
	}
}

// data is the room of what both targets share, which most kinds have nothing of.
func (k Kind) data() Room {
	if k.Data.Files == nil && k.Data.None == "" {
		return none("shares nothing that is kept")
	}
	return k.Data
}

// All lists the kinds.
func All() []Kind {
	const (
		fullLambda     = "generator/testdata/full-lambda/app.yaml"
		fullKubernetes = "generator/testdata/full-kubernetes/app.yaml"
		uploads        = "generator/testdata/uploads/app.yaml"
		table          = "generator/testdata/table/app.yaml"
		unsimulated    = "not simulated yet, and named as such"
		same           = "the same for both targets: they read the data's stack"
		free           = "adds nothing that is paid for"
		unlimited      = "has no limit that usage could reach"
		untouched      = "takes no part in a request"
	)
	return []Kind{
		{
			Name: "http", Is: "requests by method and path", Golden: fullLambda,
			Keys: []string{"services.*.http"},
			Spec: in("spec/http.go", "spec/route.go", "spec/internal.go", "spec/across.go"), Lambda: in("target/lambda/http.go", "target/lambda/internal.go", "target/lambda/across.go"), Kubernetes: in("target/kubernetes/http.go", "target/kubernetes/overlap.go", "target/kubernetes/across.go"),
			Templates: in("templates/lambda/features/http/gateway.go.tmpl", "templates/lambda/features/internal.tmpl", "templates/lambda/features/invokes.tmpl", "templates/kubernetes/all/workload.go.tmpl"),
			Price:     in("compare/price/cost/http.go"), Fit: in("compare/fit/http.go"), Simulate: in("compare/simulate/lambda/lambda.go", "compare/simulate/kubernetes/requests.go"),
		},
		{
			Name: "authorizer", Is: "callers bring a JSON Web Token", Golden: fullLambda,
			Keys: []string{"services.*.http.auth"},
			Spec: in("spec/authorizer.go"), Lambda: in("target/lambda/authorizer.go"), Kubernetes: in("target/kubernetes/authorizer.go"),
			Templates: in("templates/lambda/features/authorizer.tmpl", "templates/lambda/features/preflights.tmpl", "templates/kubernetes/features/token-check.tmpl"),
			Price:     none(free), Fit: in("compare/fit/authorizer.go"), Simulate: none("a token is verified before the request comes"),
		},
		{
			Name: "ingress", Is: "an Ingress serves the routes from outside the cluster", Golden: fullKubernetes,
			Keys: []string{"services.*.kubernetes.ingress"},
			Spec: in("spec/ingress.go"), Lambda: none("the HTTP API serves the routes"), Kubernetes: in("target/kubernetes/ingress.go"),
			Templates: in("templates/kubernetes/features/ingress.tmpl"),
			Price:     none("the load balancer is priced with http"), Fit: none("the load balancer is checked with http"), Simulate: none("the load balancer is a part of http"),
		},
		{
			Name: "gateway", Is: "an HTTPRoute of a Gateway does", Golden: fullKubernetes,
			Keys: []string{"services.*.kubernetes.gateway"},
			Spec: in("spec/gateway.go"), Lambda: none("the HTTP API serves the routes"), Kubernetes: in("target/kubernetes/gateway.go"),
			Templates: in("templates/kubernetes/features/gateway.tmpl"),
			Price:     none("the load balancer is priced with http"), Fit: none("the load balancer is checked with http"), Simulate: none("the load balancer is a part of http"),
		},
		{
			Name: "switch", Is: "both targets serve a domain, by weights in DNS", Golden: "generator/testdata/switching/app.yaml",
			Keys: []string{"switch"},
			Spec: in("spec/switch.go"), Lambda: in("target/lambda/switch.go"), Kubernetes: in("target/kubernetes/switch.go"),
			Templates: in("templates/traffic/all/main.go.tmpl", "templates/lambda/features/health-route.tmpl", "templates/kubernetes/features/own-host.tmpl", "templates/kubernetes/features/own-route.tmpl"),
			Price:     in("compare/price/cost/switch.go"),
			Fit:       none(unlimited), Simulate: none("moves requests, and changes none of them"),
		},
		{
			Name: "identity", Is: "what a service may do in AWS", Golden: fullKubernetes,
			Keys: []string{"services.*.permissions", "services.*.kubernetes.identity"},
			Spec: in("spec/identity.go"), Lambda: in("target/lambda/identity.go"), Kubernetes: in("target/kubernetes/identity.go"),
			Templates: in("templates/lambda/features/permissions.tmpl", "templates/kubernetes/features/identity.tmpl"),
			Price:     none(free), Fit: none(unlimited), Simulate: none("takes no time"),
		},
		{
			Name: "keda", Is: "no pods while there are no requests", Golden: fullKubernetes,
			Keys: []string{"services.*.kubernetes.scaleToZero"},
			Spec: in("spec/keda.go"), Lambda: none("scales to zero by itself"), Kubernetes: in("target/kubernetes/keda.go"),
			Templates: in("templates/kubernetes/features/keda.tmpl"),
			Price:     none("pods are priced, whatever sets their number"), Fit: none(unlimited), Simulate: in("compare/simulate/kubernetes/scale.go"),
		},
		{
			Name: "servicemonitor", Is: "the Prometheus Operator scrapes the pods", Golden: fullKubernetes,
			Keys: []string{"services.*.kubernetes.serviceMonitor"},
			Spec: in("spec/servicemonitor.go"), Lambda: none("CloudWatch has the function's metrics"), Kubernetes: in("target/kubernetes/servicemonitor.go"),
			Templates: in("templates/kubernetes/features/monitor.tmpl"),
			Price:     none(free), Fit: none(unlimited), Simulate: none(untouched),
		},
		{
			Name: "bucket", Is: "objects that are kept", Golden: uploads,
			Keys: []string{"data.*.bucket"},
			Spec: in("spec/bucket.go"), Data: in("target/data/bucket.go"), Lambda: none(same), Kubernetes: none(same),
			Templates: in("templates/data/bucket.go.tmpl", "templates/data/features/bucket.tmpl"),
			Price:     in("compare/price/cost/bucket.go"), Fit: none(unlimited), Simulate: none(untouched),
		},
		{
			Name: "queue", Is: "messages that wait, and that start a service", Golden: uploads,
			Keys: []string{"data.*.queue", "services.*.queue"},
			Spec: in("spec/queue.go"), Data: in("target/data/queue.go"), Lambda: in("target/lambda/queue.go"), Kubernetes: in("target/kubernetes/queue.go"),
			Templates: in("templates/data/queue.go.tmpl", "templates/lambda/features/queue.tmpl", "templates/kubernetes/features/queue.tmpl", "templates/kubernetes/features/delivery.tmpl"),
			Price:     in("compare/price/cost/queue.go"), Fit: in("compare/fit/queue.go"), Simulate: none(unsimulated),
		},
		{
			Name: "table", Is: "items that are found by a key", Golden: table,
			Keys: []string{"data.*.table"},
			Spec: in("spec/table.go"), Data: in("target/data/table.go"), Lambda: none(same), Kubernetes: none(same),
			Templates: in("templates/data/table.go.tmpl", "templates/data/features/table.tmpl"),
			Price:     in("compare/price/cost/table.go"), Fit: none("has no limit that usage could reach"), Simulate: none(untouched),
		},
		{
			Name: "postgres", Is: "a PostgreSQL database", Golden: "generator/testdata/postgres/app.yaml",
			Keys: []string{"data.*.postgres"},
			Spec: in("spec/postgres.go"), Data: in("target/data/postgres.go", "target/data/network.go"),
			Lambda: in("target/lambda/postgres.go", "target/lambda/network.go"), Kubernetes: in("target/kubernetes/postgres.go", "target/kubernetes/network.go"),
			Templates: in("templates/data/postgres.go.tmpl", "templates/data/elsewhere.go.tmpl", "templates/data/features/instance.tmpl", "templates/data/features/serverless.tmpl",
				"templates/data/features/group.tmpl", "templates/lambda/features/network.tmpl", "templates/kubernetes/features/network.tmpl"),
			Price: in("compare/price/cost/postgres.go"), Fit: none("the targets count the connections that services may hold"), Simulate: none(untouched),
		},
		{
			Name: "valkey", Is: "a cache for Valkey", Golden: "generator/testdata/valkey/app.yaml",
			Keys: []string{"data.*.valkey"},
			Spec: in("spec/valkey.go"), Data: in("target/data/valkey.go"),
			Lambda: none("reached through the network, as a postgres is"), Kubernetes: none("reached through the network, as a postgres is"),
			Templates: in("templates/data/valkey.go.tmpl", "templates/data/features/valkey.tmpl"),
			Price:     in("compare/price/cost/valkey.go"), Fit: none(unlimited), Simulate: none(untouched),
		},
		{
			Name: "uploads", Is: "new objects of a bucket start a service, through a queue", Golden: uploads,
			Keys: []string{"services.*.uploads"},
			Spec: in("spec/uploads.go"), Data: in("target/data/uploads.go"), Lambda: in("target/lambda/uploads.go"), Kubernetes: in("target/kubernetes/uploads.go"),
			Templates: in("templates/data/features/uploads.tmpl", "templates/lambda/features/uploads.tmpl"),
			Price:     none("priced as a queue's messages"), Fit: none("checked as a queue's messages"), Simulate: none(unsimulated),
		},
		{
			Name: "schedule", Is: "times at which a service runs", Golden: "generator/testdata/schedules/app.yaml",
			Keys: []string{"services.*.schedule"},
			Spec: in("spec/schedule.go"), Lambda: in("target/lambda/schedule.go"), Kubernetes: in("target/kubernetes/schedule.go"),
			Templates: in("templates/lambda/features/schedule.tmpl", "templates/kubernetes/features/schedule.tmpl"),
			Price:     in("compare/price/cost/schedule.go"), Fit: in("compare/fit/schedule.go"), Simulate: none(unsimulated),
		},
		{
			Name: "volumes", Is: "disks that instances have of their own, and keep", Golden: "generator/testdata/volumes/app.yaml",
			Keys: []string{"services.*.volumes"},
			Spec: in("spec/volumes.go"), Lambda: in("target/lambda/volumes.go"), Kubernetes: in("target/kubernetes/volumes.go"),
			Templates: in("templates/kubernetes/features/volumes.tmpl", "templates/kubernetes/features/volumes/volumes.go.txt"),
			Price:     in("compare/price/cost/volumes.go"), Fit: none(unlimited), Simulate: none(untouched),
		},
		{
			Name: "worker", Is: "a service that runs all the time by itself", Golden: "generator/testdata/workers/app.yaml",
			Keys: []string{"services.*.worker"},
			Spec: in("spec/worker.go"), Lambda: in("target/lambda/worker.go"), Kubernetes: in("target/kubernetes/worker.go"),
			Templates: in("templates/kubernetes/features/worker.tmpl", "templates/kubernetes/features/worker/worker.go.txt"),
			Price:     in("compare/price/cost/worker.go"), Fit: none(unlimited), Simulate: none("nothing comes to it"),
		},
		{
			Name: "uses", Is: "what a service may do with the data", Golden: uploads,
			Keys: []string{"services.*.uses"},
			Spec: in("spec/uses.go"), Data: in("target/data/uses.go"), Lambda: in("target/lambda/uses.go"), Kubernetes: in("target/kubernetes/uses.go"),
			Templates: in("templates/lambda/features/uses.tmpl", "templates/kubernetes/features/uses.tmpl"),
			Price:     none(free), Fit: none(unlimited), Simulate: none("takes no time"),
		},
	}
}

// Common lists the keys that every service has, whatever its kinds. Switches that one
// target alone has, such as lambda.tracing, are common too and not listed: any key
// below lambda or kubernetes that is true or false.
func Common() []string {
	return []string{
		"services.*.image", "services.*.targets", "services.*.command", "services.*.args", "services.*.port", "services.*.cpu", "services.*.memory", "services.*.timeout", "services.*.concurrency",
		"services.*.env", "services.*.connections", "services.*.needs", "services.*.secrets", "services.*.health", "services.*.scale", "services.*.usage",
		"services.*.lambda.architecture", "services.*.lambda.image", "services.*.lambda.zip", "services.*.lambda.layers", "services.*.lambda.handler", "services.*.lambda.memory",
		"services.*.lambda.provisioned", "services.*.lambda.logRetentionDays",
		"services.*.kubernetes.architecture", "services.*.kubernetes.auth", "services.*.kubernetes.jwks", "services.*.kubernetes.user", "services.*.kubernetes.cpu", "services.*.kubernetes.memory", "services.*.kubernetes.namespace", "services.*.kubernetes.pullSecrets", "services.*.kubernetes.metric",
	}
}

// Of is the kind whose keys a path of the spec is among, by the longest of them;
// false for what every service has.
func Of(path string) (Kind, bool) {
	var found Kind
	longest := ""
	for _, k := range All() {
		for _, key := range k.Keys {
			if Within(path, key) && len(key) > len(longest) {
				found, longest = k, key
			}
		}
	}
	return found, longest != ""
}

// Within reports whether a path is a key or below it.
func Within(path, key string) bool {
	rest, ok := strings.CutPrefix(path, key)
	return ok && (rest == "" || rest[0] == '.' || rest[0] == '[')
}

// Markdown is the table as a page.
func Markdown() []byte {
	var b strings.Builder
	b.WriteString(`# The kinds, and where each has its files

A test generates this page from package internal/kinds; do not edit it here. A new kind of trigger or
data needs one row in that package's table and one file in each column; the test
fails if any is missing. A dash means that the kind needs no file there; the list below the table
gives the reason.

| kind | keys |`)
	rooms := All()[0].Rooms()
	for _, r := range rooms {
		b.WriteString(" " + r.Name + " |")
	}
	b.WriteString("\n|---|---|" + strings.Repeat("---|", len(rooms)) + "\n")
	var reasons strings.Builder
	for _, k := range All() {
		fmt.Fprintf(&b, "| %s: %s | `%s` |", k.Name, k.Is, strings.Join(k.Keys, "`, `"))
		for _, r := range k.Rooms() {
			if r.Files == nil {
				b.WriteString(" – |")
				fmt.Fprintf(&reasons, "- %s, %s: %s\n", k.Name, r.Name, r.None)
				continue
			}
			var links []string
			for _, file := range r.Files {
				links = append(links, fmt.Sprintf("[%s](../%s)", file[strings.LastIndexByte(file, '/')+1:], file))
			}
			b.WriteString(" " + strings.Join(links, ", ") + " |")
		}
		b.WriteString("\n")
	}
	return []byte(b.String() + "\n" + reasons.String())
}
