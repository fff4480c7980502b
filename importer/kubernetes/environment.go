package kubernetes

import (
	"cmp"
	"strings"

	"ambi/importer/draft"
	"ambi/importer/source"
	"ambi/internal/lazyregexp"
	"ambi/spec"
)

// environment carries variables: those of envFrom first, as Kubernetes does.
func (im *importer) environment(w *workload) {
	for _, n := range w.at.Get("envFrom").List() {
		im.envFrom(w, n)
	}
	known := map[string]string{} // plain values so far, which later ones may refer to
	for _, n := range w.at.Get("env").List() {
		name := n.Get("name").String()
		if from := n.Get("valueFrom"); from != nil {
			im.valueFrom(w, n, name, from)
			continue
		}
		value, unresolved := expand(n.Get("value").String(), known)
		known[name] = value
		if unresolved != "" {
			w.service.Missing(im.app, w.Object, n, name, "refers to $("+unresolved+"), which no plain variable before it has")
			continue
		}
		w.service.Variable(im.app, w.Object, n, name, value)
	}
}

var reference = lazyregexp.New(`\$\$|\$\(([A-Za-z_.-][A-Za-z0-9_.-]*)\)`)

// expand puts the values of earlier variables in place of $(NAME), and one dollar sign in
// place of two. It returns the first name that it does not know.
// Source: https://kubernetes.io/docs/tasks/inject-data-application/define-interdependent-environment-variables/
func expand(text string, known map[string]string) (expanded, unresolved string) {
	const longest = 64 << 10 // of a value: each of many variables may double the one before
	expanded = reference.ReplaceAllStringFunc(text, func(match string) string {
		if match == "$$" {
			return "$"
		}
		value, ok := known[match[2:len(match)-1]]
		if !ok {
			unresolved = cmp.Or(unresolved, match[2:len(match)-1])
			return match
		}
		return value
	})
	if len(expanded) > longest {
		expanded = expanded[:longest]
	}
	return expanded, unresolved
}

// envFrom carries all keys of a ConfigMap or a Secret.
func (im *importer) envFrom(w *workload, n *source.Node) {
	prefix := n.Get("prefix").String()
	if ref := n.Get("configMapRef"); ref != nil {
		name := ref.Get("name").String()
		m := im.find("ConfigMap", w.namespace, name)
		if m == nil {
			w.Leave(n, "the ConfigMap "+name+" is not among the files: import it too, or write its variables into the spec", true)
			return
		}
		m.used = true
		data := m.node.Get("data")
		for _, key := range keysOf(data) {
			if !spec.ValidVariable(prefix + key) {
				m.Leave(data.Child(key), draft.NoVariable+"; if it is a file, put it into the image", true)
				continue
			}
			w.service.Variable(im.app, m.Object, data.Child(key), prefix+key, data.Get(key).String())
		}
		w.Carry(n, w.service.Path("env"))
		return
	}
	name := n.Get("secretRef", "name").String()
	secret := im.find("Secret", w.namespace, name)
	if secret == nil {
		w.Leave(n, "the keys of the Secret "+name+" are not among the files: name each under secrets", true)
		return
	}
	secret.used = true
	for _, field := range []string{"data", "stringData"} {
		data := secret.node.Get(field)
		for _, key := range keysOf(data) {
			im.secret(w, secret.Object, data.Child(key), prefix+key, name, key)
		}
	}
	w.Carry(n, w.service.Path("secrets"))
}

func keysOf(n *source.Node) []string {
	if n == nil {
		return nil
	}
	return n.Keys
}

// secret refers to a key of a Secret.
func (im *importer) secret(w *workload, o draft.Object, n *source.Node, variable, object, key string) {
	switch {
	case !spec.ValidVariable(variable):
		o.Leave(n, draft.NoVariable, true)
		return
	case spec.SetByPlatform(variable) != "":
		o.Leave(n, "Lambda sets "+variable+" itself: a service has its permissions without it", true)
		return
	}
	w.service.Reference(variable, object, key)
	o.Carry(n, w.service.Path("secrets."+variable))
}

// valueFrom carries a variable that something else holds.
func (im *importer) valueFrom(w *workload, n *source.Node, name string, from *source.Node) {
	switch {
	case from.Get("secretKeyRef") != nil:
		ref := from.Get("secretKeyRef")
		object, key := ref.Get("name").String(), ref.Get("key").String()
		if ref.Get("optional").String() == "true" {
			w.Leave(ref.Get("optional"), "a secret that a spec names must exist", true)
		}
		if secret := im.find("Secret", w.namespace, object); secret != nil {
			secret.used = true
			if spec.ValidVariable(name) {
				secret.Carry(cmpNode(secret.node.Get("data", key), secret.node.Get("stringData", key)), w.service.Path("secrets."+name))
			}
		}
		im.secret(w, w.Object, n, name, object, key)
	case from.Get("configMapKeyRef") != nil:
		ref := from.Get("configMapKeyRef")
		object, key := ref.Get("name").String(), ref.Get("key").String()
		m := im.find("ConfigMap", w.namespace, object)
		value := (*source.Node)(nil)
		if m != nil {
			m.used = true
			value = m.node.Get("data", key)
		}
		switch {
		case value != nil:
			w.service.Variable(im.app, w.Object, n, name, value.String())
			if spec.ValidVariable(name) {
				m.Carry(value, w.service.Path("env."+name))
			}
		case ref.Get("optional").String() == "true":
			w.Leave(n, "the ConfigMap "+object+" has no "+key+" among the files, and it is optional", true)
		default:
			w.service.Missing(im.app, w.Object, n, name, "the ConfigMap "+object+" has no "+key+" among the files")
		}
	default:
		w.Leave(n, "a spec's variables cannot refer to the pod or its resources, which a function does not have", true)
	}
}

func cmpNode(a, b *source.Node) *source.Node {
	if a != nil {
		return a
	}
	return b
}

// needs finds variables that hold the address of another service of the app.
func (im *importer) needs() {
	for _, w := range im.workloads {
		im.app.Needs(w.service, func(_, value string) (*draft.Service, bool) {
			if other := im.addressed(w, value); other != nil {
				return other.service, true
			}
			return nil, false
		}, func(name, why string) { w.note(w.service.Path("env."+name), why, true) })
	}
}

var address = lazyregexp.New(`^(?:https?://)?([a-z0-9-]+)(\.[a-z0-9-]+)?(?:\.svc(?:\.cluster\.local)?)?(?::[0-9]+)?/?$`)

// addressed is the workload whose address a value is.
func (im *importer) addressed(w *workload, value string) *workload {
	m := address.FindStringSubmatch(value)
	if m == nil || !strings.Contains(value, "://") && !strings.Contains(value, ":") {
		return nil
	}
	namespace := cmp.Or(strings.TrimPrefix(m[2], "."), w.namespace)
	for _, other := range im.workloads {
		for _, f := range other.fronts {
			if f.name == m[1] && (f.namespace == namespace || f.namespace == "" || namespace == "" || m[2] == "") {
				return other
			}
		}
	}
	return nil
}
