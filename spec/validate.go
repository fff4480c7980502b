package spec

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/util/validation"

	"ambi/internal/goname"
	"ambi/internal/lazyregexp"
)

const (
	maxServices = 1000
	// maxName bounds app, a hyphen and service together. AWS names end at 64
	// characters and Kubernetes' at 63; what the targets append must fit too.
	maxName = 50
)

// validator checks what the types cannot say: the grammar of names, paths and
// references, and how fields agree with each other.
type validator struct {
	*reporter
	app     *App
	keys    map[string]Position
	started map[string][]string // what startedBy lists, once it was asked
}

// at is where the value at path was written, or what encloses it.
func (v *validator) at(path string) Position { return v.app.Position(path) }

// fail reports the value at path, unless something is known against it.
func (v *validator) fail(path, message string, hints ...string) {
	if v.sound(path) {
		v.report(v.at(path), path, message, hints...)
	}
}

// startedBy lists the services that events of a queue or bucket start, in the order of the
// text.
func (v *validator) startedBy(from string) []string {
	if v.started == nil {
		v.started = map[string][]string{}
		for _, name := range v.inOrder(v.app.ServiceNames()) {
			if q := v.app.Services[name].Queue; q != nil {
				v.started[q.From] = append(v.started[q.From], name)
			}
			if u := v.app.Services[name].Uploads; u != nil {
				v.started[u.From] = append(v.started[u.From], name)
			}
		}
	}
	return v.started[from]
}

// failKey reports the key at the end of path.
func (v *validator) failKey(path, message string, hints ...string) {
	if v.sound(path) {
		v.note(v.keys[path], path, message, hints...)
	}
}

func (v *validator) check() {
	v.appName()
	names := v.app.ServiceNames()
	v.serviceNames(names)
	if at := "image"; v.app.Given(at) && v.sound(at) {
		v.image(at, v.app.Image)
	}
	v.data()
	v.targets(names)
	for _, name := range names {
		path := child("services", name)
		if v.sound(path) {
			v.service(path, v.app.Services[name])
			v.triggers(path, name, v.app.Services[name])
			v.volumes(path, v.app.Services[name])
			v.uses(path, v.app.Services[name])
			v.needs(path, name, v.app.Services[name])
			v.internal(path, name, v.app.Services[name])
		}
	}
	v.cycles(v.inOrder(names))
	v.loops(v.inOrder(names))
	v.routes(names)
	v.switching()
	v.usage()
}

func (v *validator) appName() {
	if !v.sound("name") {
		return
	}
	if problem := labelProblem(v.app.Name); problem != "" {
		v.fail("name", problem, labelHints(v.app.Name)...)
	}
}

// labelHints offers a label that is near to a name that is none.
func labelHints(name string) []string {
	label := strings.Trim(notLabel.ReplaceAllString(strings.ToLower(name), "-"), "-")
	if label == name || labelProblem(label) != "" {
		return nil
	}
	return []string{"such as " + label}
}

var notLabel = lazyregexp.New(`[^a-z0-9]+`)

// CheckName says what keeps a text from being an app's name; nil if nothing does.
func CheckName(name string) error {
	if problem := labelProblem(name); problem != "" {
		return errors.New(problem)
	}
	return nil
}

// labelProblem says why a name is not a DNS label that starts with a letter,
// the names that every resource of both targets takes.
func labelProblem(name string) string {
	if len(validation.IsDNS1035Label(name)) == 0 {
		return ""
	}
	if len(name) > validation.DNS1035LabelMaxLength {
		return fmt.Sprintf("must be at most %d characters long, got %d", validation.DNS1035LabelMaxLength, len(name))
	}
	return "must be lower-case letters, digits and hyphens, start with a letter and not end in a hyphen, got " + quote(name)
}

// serviceNames checks each name, and that the identifiers which the names become
// in the emitted program stay apart.
func (v *validator) serviceNames(names []string) {
	identifiers := map[string]string{} // to the service that has it
	for _, name := range v.inOrder(names) {
		path := child("services", name)
		if problem := labelProblem(name); problem != "" {
			v.failKey(path, "the name "+problem, labelHints(name)...)
			continue
		}
		if name == "target" {
			v.failKey(path, "the name is taken: a stack's setting target picks where the app runs, and a service's settings begin with its name")
			continue
		}
		if name == "active" && (len(v.app.Data) > 0 || v.app.HasSchedules()) {
			v.failKey(path, "the name is taken: a stack's setting active turns its event sources on or off, and a service's settings begin with its name")
			continue
		}
		if full := len(v.app.Name) + 1 + len(name); full > maxName && v.sound("name") {
			v.failKey(path, fmt.Sprintf("the name makes %s-%s, which has %d characters; at most %d are allowed", v.app.Name, name, full, maxName),
				"names have at most 64 characters in AWS and 63 in Kubernetes, including suffixes of resources")
		}
		for _, id := range []string{goname.Unexported(name), goname.Exported(name)} {
			if first, taken := identifiers[id]; taken && first != name {
				v.failKey(path, fmt.Sprintf("the name becomes %s in Go, as %s in line %d does", id, first, v.keys[child("services", first)].Line),
					"rename one of the two")
				break
			}
			identifiers[id] = name
		}
	}
}

// inOrder sorts services by where they stand in the file.
func (v *validator) inOrder(names []string) []string {
	sorted := slices.Clone(names)
	slices.SortStableFunc(sorted, func(a, b string) int {
		p, q := v.keys[child("services", a)], v.keys[child("services", b)]
		return cmp.Or(cmp.Compare(p.Line, q.Line), cmp.Compare(p.Column, q.Column))
	})
	return sorted
}
