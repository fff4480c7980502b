// Package score reads Score files (score.dev) into a draft of a spec. Each workload becomes a
// service; what it asks for under resources becomes data or routes where a spec has them,
// and stays outside of the app where it has none.
//
// A Score file says little, by design: most of what it leaves to its platform is open in the
// spec too.
package score

import (
	"cmp"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/api/resource"

	"ambi/importer/draft"
	"ambi/importer/source"
	"ambi/internal/lazyregexp"
	"ambi/spec"
)

// Recognize reports whether a document is a Score file.
func Recognize(d source.Document) bool {
	return strings.HasPrefix(d.Root.Get("apiVersion").String(), "score.dev/")
}

// workload is one Score file.
type workload struct {
	draft.Object
	app       *draft.App
	service   *draft.Service
	node      *source.Node
	container *source.Node
}

// Import makes a draft of Score files. An empty name is made of them.
func Import(documents []source.Document, name string, folder source.Folder, report *draft.Report) *draft.App {
	documents = slices.DeleteFunc(slices.Clone(documents), func(d source.Document) bool { return !Recognize(d) })
	called := cmp.Or(folder.Name, workloadName(documents[0].Root))
	if len(documents) == 1 {
		called = workloadName(documents[0].Root)
	}
	app := &draft.App{Name: draft.AppName(cmp.Or(name, called))}
	for _, d := range documents {
		w := &workload{Object: report.Object("workload "+workloadName(d.Root), d.Root), app: app, node: d.Root}
		w.Skip(d.Root.Child("apiVersion"), d.Root.Get("metadata", "name"))
		containers := d.Root.Get("containers")
		if containers == nil || len(containers.Keys) == 0 {
			w.Leave(d.Root, "has no mapping containers with a container in it", true)
			continue
		}
		w.service = app.Service(app.ServiceName(workloadName(d.Root)))
		w.service.Object, w.service.Node = w.Object, w.node
		for i, key := range containers.Keys {
			if c := containers.Child(key); i == 0 {
				w.container = c
			} else {
				w.Leave(c, "a service has one container", true)
			}
		}
		w.fill()
		w.Rest(d.Root, func(n *source.Node) bool { return n.Leaves() == 0 || n.Kind == source.Null }, whyNot)
	}
	app.Settle()
	return app
}

func workloadName(n *source.Node) string {
	return cmp.Or(n.Get("metadata", "name").String(), "workload")
}

// fill says in the spec what the workload says.
func (w *workload) fill() {
	d := w.service
	if image := w.container.Get("image"); image.String() == "." || image.String() == "" {
		d.Set("image", draft.Unresolved{})
		d.Comment("image", "was left to the platform: push it, and write its name here")
		w.Approximate(cmp.Or(image, w.container), d.Path("image"), "build and push the image first, and write its name into the spec", true)
	} else {
		d.Set("image", image.String())
		w.Carry(image, d.Path("image"))
	}
	w.resources()
	w.variables()
	d.Command(w.Object, w.words("command"), w.words("args"))
	w.port()
	w.size("cpu", func(q resource.Quantity) string { return draft.CPU(q.MilliValue()) })
	w.size("memory", func(q resource.Quantity) string { return draft.Memory(q.Value()) })
	w.health()
	d.Set("kubernetes.writableRoot", true)
	w.note("kubernetes.user", "the image says which user runs it; ambi's pods run as user 65532 unless kubernetes.user says otherwise", true)
}

// words are those of the container's command or args, which a platform takes as they are.
func (w *workload) words(key string) draft.Words {
	words := draft.Words{At: w.container.Get(key)}
	for _, item := range words.At.List() {
		words.Words = append(words.Words, item.String())
	}
	return words
}

// port is where the app listens: the first port of the service.
func (w *workload) port() {
	ports := w.node.Get("service", "ports")
	if ports == nil || len(ports.Keys) == 0 {
		if w.service.Get("http.routes") == nil && !w.asked() {
			w.service.Work()
			w.note("worker", "its service has no ports: it is a worker, which Kubernetes alone can run", false)
			return
		}
		w.service.Comment("port", "nothing in the source says where it listens")
		w.note("port", "has no port: a service answers HTTP requests, on a port of its own", true)
		w.service.Set("port", 8080)
		return
	}
	for i, key := range ports.Keys {
		n := ports.Child(key)
		target, ok := cmp.Or(n.Get("targetPort"), n.Get("port")).Int()
		switch {
		case i > 0 || !ok:
			w.Leave(n, "a service answers on one port", true)
		default:
			w.service.Set("port", target)
			w.Carry(n, w.service.Path("port"))
		}
	}
}

// note is about what the workload lacks.
func (w *workload) note(path, why string, changes bool) {
	w.Note(w.node, draft.Item{Fate: draft.Approximated, To: w.service.Path(path), Why: why, Changes: changes})
}

// size carries a request or a limit: of cpu the request, of memory the limit.
func (w *workload) size(key string, write func(resource.Quantity) string) {
	limit, request := w.container.Get("resources", "limits", key), w.container.Get("resources", "requests", key)
	chosen, other := limit, request
	if key == "cpu" {
		chosen, other = request, limit
	}
	if chosen == nil {
		chosen, other = other, nil
	}
	q, err := resource.ParseQuantity(chosen.String())
	switch {
	case chosen == nil:
		w.note(key, "no "+key+" is asked for: a service has ambi's default", true)
		return
	case err != nil:
		w.Leave(chosen, "is no amount that ambi reads", true)
		return
	}
	w.service.Set(key, write(q))
	w.Carry(chosen, w.service.Path(key))
	w.Leave(other, "a service has one "+key, false)
}

// asked reports whether a probe asks the workload over HTTP.
func (w *workload) asked() bool {
	return w.container.Get("readinessProbe", "httpGet") != nil || w.container.Get("livenessProbe", "httpGet") != nil
}

// health is the path that the probes ask.
func (w *workload) health() {
	path := ""
	for _, probe := range []string{"readinessProbe", "livenessProbe"} {
		n := w.container.Get(probe, "httpGet", "path")
		switch text := strings.TrimRight(n.String(), "/"); {
		case n == nil:
			w.Leave(w.container.Get(probe, "exec"), "health is asked over HTTP: the app must answer health.path with 200", true)
			continue
		case path == "" || path == cmp.Or(text, "/"):
			path = cmp.Or(text, "/")
			w.Carry(n, w.service.Path("health.path"))
		default:
			w.Approximate(n, w.service.Path("health.path"), "one path serves all probes: "+path, true)
		}
		if port := w.container.Get(probe, "httpGet", "port"); port.String() != "" {
			if number, _ := port.Int(); number == w.service.Get("port") {
				w.Skip(port)
			} else {
				w.Approximate(port, w.service.Path("health.path"), "health is asked on the service's own port", true)
			}
		}
	}
	if path == "" && w.service.Get("worker") != nil {
		return
	}
	if path == "" {
		path = "/healthz"
		w.service.Comment("health", "the app must answer 200 there: no probe over HTTP was in the source")
		w.note("health.path", "no probe asks over HTTP: the app must answer 200 at /healthz", true)
	}
	w.service.Set("health.path", path)
}

var placeholder = lazyregexp.New(`\$(\$|\{([^}]*)\})`)

// variables carries variables, with values in place of what the file itself says.
// Source: https://docs.score.dev/docs/score-specification/score-spec-reference/
func (w *workload) variables() {
	all := w.container.Get("variables")
	if all == nil {
		return
	}
	for _, name := range all.Keys {
		n := all.Child(name)
		why, left, given := "", "", false
		value := placeholder.ReplaceAllStringFunc(n.String(), func(match string) string {
			inside := strings.Trim(match, "${}")
			switch of, property := w.dependency(inside); {
			case match == "$$":
				return "$"
			case inside == "metadata.name":
				return workloadName(w.node)
			case of.kind == "s3" && property == "name" && match == n.String() && name == of.variable():
				given = true
			case of.kind == "s3" && property == "name":
				left = "the app has the bucket's name in " + of.variable() + ": have it read that"
			case of.data() != "" && match == n.String() && slices.Contains(of.variables(), name):
				given = true
			case of.data() != "":
				left = "the app has " + strings.Join(of.variables(), ", ") + " in its place: have it read those"
			case of.kind == "s3":
				left = "the app asks S3 itself, as the role that it runs as; the bucket's name is in " + of.variable()
			case of.kind != "":
				why = cmp.Or(why, "refers to "+inside+", of the resource "+of.name+" ("+of.kind+"), which stays outside of the app")
			default:
				why = cmp.Or(why, "refers to "+inside+", which has no value here")
			}
			return match
		})
		switch {
		case given:
			w.Carry(n, w.service.Path("uses"))
		case left != "":
			w.Leave(n, left, true)
		case why != "":
			w.service.Missing(w.app, w.Object, n, name, why)
		default:
			w.service.Variable(w.app, w.Object, n, name, value)
		}
	}
}

// dependency is a resource that a workload asks its platform for.
type dependency struct{ name, kind string }

// dependency is what a placeholder refers to, and which property of it; without a kind where
// it refers to none.
func (w *workload) dependency(inside string) (of dependency, property string) {
	name, found := strings.CutPrefix(inside, "resources.")
	if !found {
		return dependency{}, ""
	}
	name, property, _ = strings.Cut(name, ".")
	return dependency{name, w.node.Get("resources", name, "type").String()}, property
}

// data is the kind of data that a resource becomes, besides buckets; empty for none.
func (d dependency) data() string {
	switch d.kind {
	case "postgres", "postgres-instance":
		return "postgres"
	case "redis":
		return "valkey"
	}
	return ""
}

// variables have what the app has of a database or a cache.
func (d dependency) variables() []string { return spec.DataVariables(d.bucket(), d.data()) }

// bucket is what the spec calls a resource that becomes a bucket.
func (d dependency) bucket() string { return cmp.Or(draft.Label(d.name, 40), "files") }

// variable has the name of the bucket in S3.
func (d dependency) variable() string { return spec.DataVariables(d.bucket(), "bucket")[0] }

// resources turns what the workload asks for into data and routes.
func (w *workload) resources() {
	all := w.node.Get("resources")
	if all == nil {
		return
	}
	for _, key := range all.Keys {
		n := all.Child(key)
		of := dependency{key, n.Get("type").String()}
		switch of.kind {
		case "postgres", "postgres-instance":
			at := "data." + of.bucket() + ".postgres"
			w.app.Set(at+".version", draft.Unresolved{})
			w.app.Comment(at+".version", "the platform chose it: write the version that its data has")
			w.app.Set(at+".class", "db.t4g.small")
			w.app.Comment(at+".class", "nothing in the source says how large: choose its class")
			w.connect(n, of, "a database in RDS, made anew, and empty: write its version and its class, and copy what there is; the user and the password are in the secret that "+of.variables()[3]+" names")
		case "redis":
			w.app.Set("data."+of.bucket()+".valkey", map[string]any{})
			w.connect(n, of, "a cache in ElastiCache Serverless, made anew, and empty: connect with TLS, without a password and in cluster mode, and keep there only what the app can compute again")
		case "s3":
			name := dependency{name: key}.bucket()
			w.app.Set("data."+name+".bucket", map[string]any{})
			w.service.SetIn([]string{"uses"}, name, []string{"read", "write", "delete"})
			w.service.Set("kubernetes.identity", "pod-identity")
			w.Approximate(n, "data."+name, "becomes a bucket in S3, whose name the app has in "+dependency{name: key}.variable()+": it asks as the role that it runs as", true)
		case "route":
			w.route(n)
		case "dns":
			w.Leave(n, "set the name in http.domain", true)
		case "volume":
			w.Leave(n, "an instance keeps nothing on disk but /tmp, since a function cannot", true)
		default:
			w.Leave(n, "stays outside the app, since its data must outlive it: write its address under env", true)
		}
	}
}

// connect lets the workload connect to a database or a cache.
func (w *workload) connect(n *source.Node, of dependency, why string) {
	w.service.SetIn([]string{"uses"}, of.bucket(), []string{"connect"})
	if of.data() == "postgres" {
		w.service.Set("kubernetes.identity", "pod-identity")
	}
	w.Approximate(n, "data."+of.bucket(), "becomes "+why, true)
}

// route carries a path that leads to the workload.
func (w *workload) route(n *source.Node) {
	path := n.Get("params", "path")
	if strings.ContainsAny(path.String(), "{}*$") || path != nil && !strings.HasPrefix(path.String(), "/") {
		w.Leave(n, "is a path that ambi does not read: write its routes", true)
		return
	}
	w.service.Exposed = true
	w.service.Add("http.routes", draft.Below("ANY", path.String())...)
	w.Skip(n.Child("type"), n.Get("params", "port"))
	w.Carry(path, w.service.Path("http.routes"))
	w.Leave(n.Get("params", "host"), "set the name in http.domain", true)
}

// whyNot says why a value has no place in a spec.
func whyNot(n *source.Node) (why string, changes bool) {
	for _, r := range []struct {
		within, why string
		changes     bool
	}{
		{".files", "a spec has variables, and no files: put it into the image", true},
		{".volumes", "an instance keeps nothing on disk but /tmp, since a function cannot", true},
		{"metadata", "labels and annotations are the stack's: edit stacks/kubernetes/workload.go", false},
		{"Probe", "health is asked on the service's port, without headers", true},
	} {
		if strings.Contains(n.Path, r.within) {
			return r.why, r.changes
		}
	}
	return "ambi has no word for it", true
}
