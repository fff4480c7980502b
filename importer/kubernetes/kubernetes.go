// Package kubernetes reads Kubernetes objects, as files or as a rendered chart, into a draft
// of a spec. A Deployment, a StatefulSet or a CronJob becomes a service; its Service, Ingress,
// HTTPRoute, autoscaler and ConfigMaps say the rest. What an object has beyond that is
// reported: no key is lost without a word.
package kubernetes

import (
	"cmp"
	"encoding/json"
	"errors"
	"reflect"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/api/resource"

	"ambi/importer/draft"
	"ambi/importer/source"
	"ambi/internal/lazyregexp"
)

// Recognize reports whether a document is a Kubernetes object, or a list of them.
func Recognize(d source.Document) bool {
	return d.Root.Get("apiVersion").String() != "" && d.Root.Get("kind").String() != "" && !strings.HasPrefix(d.Root.Get("apiVersion").String(), "score.dev/")
}

// object is one Kubernetes object.
type object struct {
	draft.Object
	kind, name, namespace string
	labels                map[string]string
	node                  *source.Node
	used                  bool
}

// importer gathers what one import knows.
type importer struct {
	app       *draft.App
	report    *draft.Report
	objects   []*object
	workloads []*workload
}

// Import makes a draft of the objects. An empty name is made of them.
func Import(documents []source.Document, name string, report *draft.Report) *draft.App {
	im := &importer{app: &draft.App{}, report: report}
	for _, d := range documents {
		im.collect(d.Root, 0)
	}
	im.replaced()
	im.findWorkloads()
	im.name(name)
	for _, w := range im.workloads {
		im.service(w)
	}
	im.expose()
	im.scale()
	im.needs()
	for _, w := range im.workloads {
		im.finish(w)
	}
	im.others()
	im.app.Settle()
	return im.app
}

// collect lists objects, and those in lists.
func (im *importer) collect(n *source.Node, depth int) {
	kind := n.Get("kind").String()
	if items := n.Get("items"); strings.HasSuffix(kind, "List") && items != nil && depth < 3 {
		for _, item := range items.List() {
			im.collect(item, depth+1)
		}
		draft.Object{}.Skip(n.Child("apiVersion"), n.Child("kind"), n.Child("metadata"))
		return
	}
	name := cmp.Or(n.Get("metadata", "name").String(), n.Get("metadata", "generateName").String())
	o := &object{
		Object: im.report.Object(cmp.Or(kind, "object")+" "+cmp.Or(name, "without a name"), n),
		kind:   kind, name: name, namespace: n.Get("metadata", "namespace").String(), node: n, labels: texts(n.Get("metadata", "labels")),
	}
	o.Skip(n.Child("apiVersion"), n.Child("kind"), n.Get("metadata", "name"), n.Get("metadata", "generateName"), n.Child("status"),
		n.Get("metadata", "creationTimestamp"), n.Get("metadata", "labels"))
	if metadata := n.Child("metadata"); metadata != nil {
		o.Skip(metadata.Child("creationTimestamp"))
	}
	im.objects = append(im.objects, o)
}

func texts(n *source.Node) map[string]string {
	all := map[string]string{}
	if n != nil {
		for _, key := range n.Keys {
			all[key] = n.Get(key).String()
		}
	}
	return all
}

// replaced leaves out objects that a later one of the same name replaces.
func (im *importer) replaced() {
	last := map[string]*object{}
	key := func(o *object) string { return o.kind + "\n" + o.namespace + "\n" + o.name }
	for _, o := range im.objects {
		last[key(o)] = o
	}
	im.objects = slices.DeleteFunc(im.objects, func(o *object) bool {
		later := last[key(o)]
		if later == o || o.name == "" {
			return false
		}
		o.Leave(o.node, "is there again at "+later.node.Place()+", which counts", false)
		return true
	})
}

// of lists the objects of a kind.
func (im *importer) of(kinds ...string) []*object {
	var all []*object
	for _, o := range im.objects {
		if slices.Contains(kinds, o.kind) {
			all = append(all, o)
		}
	}
	return all
}

// find is the object of a kind with a name, of the same namespace where one is given.
func (im *importer) find(kind, namespace, name string) *object {
	for _, o := range im.of(kind) {
		if o.name == name && (o.namespace == namespace || o.namespace == "" || namespace == "") {
			return o
		}
	}
	return nil
}

// decode reads a part of an object into the official type; an object that the API server
// would refuse is left out.
func (o *object) decode(n *source.Node, into any) bool {
	if n == nil {
		return true
	}
	if err := n.Decode(into); err != nil {
		o.Note(wrongIn(n, err), draft.Item{
			Fate: draft.LeftOut, Why: "is no " + o.kind + " that Kubernetes would take: " + undecoded(n, err), Changes: true, Leaves: o.node.Leaves(),
		})
		o.Skip(o.node)
		o.used = true
		return false
	}
	return true
}

// undecoded says what is wrong with a value that is not of its official type.
func undecoded(n *source.Node, err error) string {
	var wrong *json.UnmarshalTypeError
	switch {
	case errors.As(err, &wrong):
		path := n.Path
		if wrong.Field != "" {
			path += "." + wrong.Field
		}
		return path + " must be " + kindOf(wrong.Type) + ", got " + strings.Replace(wrong.Value, "array", "list", 1)
	case errors.Is(err, resource.ErrFormatWrong):
		return "an amount is not written as one, such as 250m or 128Mi"
	}
	return strings.TrimPrefix(err.Error(), "json: ")
}

// wrongIn is the value that is wrong, or all of it where the error does not say which.
func wrongIn(n *source.Node, err error) *source.Node {
	var wrong *json.UnmarshalTypeError
	typed := errors.As(err, &wrong) && wrong.Field != ""
	var find func(at *source.Node, path string) *source.Node
	find = func(at *source.Node, path string) *source.Node {
		if typed && path == wrong.Field {
			return at
		}
		if at.Kind == source.Scalar && !typed && errors.Is(err, resource.ErrFormatWrong) && amounts.MatchString(path) {
			if _, err := resource.ParseQuantity(at.Text); err != nil {
				return at
			}
		}
		for _, item := range at.List() {
			if found := find(item, path); found != nil {
				return found
			}
		}
		for _, key := range at.Keys {
			if found := find(at.Child(key), strings.TrimPrefix(path+"."+key, ".")); found != nil {
				return found
			}
		}
		return nil
	}
	return cmp.Or(find(n, ""), n)
}

// amounts matches the paths of amounts.
var amounts = lazyregexp.New(`(limits|requests|capacity)\.[^.]+$|(sizeLimit|averageValue|divisor|target\.value)$`)

// kindOf is what a file has for a value of one of Go's types.
func kindOf(t reflect.Type) string {
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	switch t.Kind() {
	case reflect.Slice, reflect.Array:
		return "a list"
	case reflect.Struct, reflect.Map:
		return "a mapping"
	case reflect.Bool:
		return "true or false"
	case reflect.String:
		return "text"
	default:
		return "a number"
	}
}

// name names the app and its services.
func (im *importer) name(given string) {
	named := slices.DeleteFunc(slices.Clone(im.workloads), func(w *workload) bool { return w.kind == "CronJob" })
	if len(named) == 0 { // jobs beside an app need not have its name
		named = im.workloads
	}
	app := cmp.Or(given, commonLabel(named, "app.kubernetes.io/part-of"), commonLabel(named, "app.kubernetes.io/instance"))
	if app == "" && len(named) > 0 {
		app = named[0].name
		for _, w := range named[1:] {
			app = commonPrefix(app, w.name)
		}
		if len(app) < 3 {
			app = cmp.Or(named[0].namespace, named[0].name)
		}
	}
	im.app.Name = draft.AppName(app)
	for _, w := range im.workloads {
		short := strings.TrimPrefix(draft.Label(w.name, 253), im.app.Name+"-")
		texts := []string{short}
		if w.namespace != "" {
			texts = append(texts, w.namespace+"-"+short)
		}
		w.service = im.app.Service(im.app.ServiceName(texts...))
		w.service.Object, w.service.Node = w.Object, w.node
		if name := w.service.Name; name != w.name && im.app.Name+"-"+name != w.name {
			w.service.Head = append(w.service.Head, w.kind+" "+w.name)
		}
	}
}

func commonLabel(workloads []*workload, label string) string {
	value := ""
	for i, w := range workloads {
		if i > 0 && w.labels[label] != value {
			return ""
		}
		value = w.labels[label]
	}
	return value
}

func commonPrefix(a, b string) string {
	n := 0
	for i := 0; i < len(a) && i < len(b) && a[i] == b[i]; i++ {
		if a[i] == '-' {
			n = i
		}
		if i+1 == len(a) && (i+1 == len(b) || b[i+1] == '-') || i+1 == len(b) && a[i+1] == '-' {
			n = i + 1
		}
	}
	return a[:n]
}

// others says of all objects that are left what becomes of them.
func (im *importer) others() {
	for _, o := range im.objects {
		switch {
		case o.used:
			if o.kind != "Deployment" && o.kind != "StatefulSet" {
				o.Skip(o.node.Get("metadata", "namespace")) // the service's own
			}
			if o.kind == "Secret" {
				o.Skip(o.node.Get("type"))
			}
			o.Rest(o.node, isUsual, o.whyNot)
		case o.kind == "ConfigMap" && o.node.Get("data") == nil && o.node.Get("binaryData") == nil:
			o.Skip(o.node)
		case o.node.Get("metadata", "annotations", "eks.amazonaws.com/role-arn") != nil:
			o.Leave(o.node, "a service's role is the stack's: write what it allows under permissions, and kubernetes.identity", true)
		default:
			why, changes := o.whyNoKind()
			o.Leave(o.node, why, changes)
		}
	}
}
