// Package manifest writes Kubernetes objects that a Pulumi program registered as
// plain YAML, for people to review and for tools that apply YAML.
package manifest

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"ambi/internal/offline"
)

// rank is the place of a kind in the order in which objects are best applied:
// what others refer to comes first, and a kind that is not listed last.
func rank(kind string) int {
	order := []string{
		"Namespace", "ServiceAccount", "ConfigMap", "NetworkPolicy", "PodDisruptionBudget", "Service", "Deployment", "StatefulSet", "CronJob",
		"HorizontalPodAutoscaler", "ScaledObject", "Ingress", "SecurityPolicy", "HTTPRoute", "ServiceMonitor",
	}
	if i := slices.Index(order, kind); i >= 0 {
		return i
	}
	return len(order)
}

// Write returns the Kubernetes objects among the resources as one YAML stream,
// the same bytes for the same resources.
//
// It refuses what must not or cannot stand in a file, all at once: an object of
// kind Secret, an object without a name, a value that the program marked as secret,
// and a value that is known only once another resource is deployed, as an
// [UnknownError].
func Write(resources []offline.Resource) ([]byte, error) {
	var objects []object
	var errs []error
	for _, r := range resources {
		if !strings.HasPrefix(r.Type, "kubernetes:") {
			continue
		}
		o := object{name: r.Name, fields: r.Inputs}
		o.kind, _ = r.Inputs["kind"].(string)
		o.rank = rank(o.kind)
		if o.kind == "Secret" {
			errs = append(errs, fmt.Errorf("%s %s: a Secret is never written to a file", o.kind, r.Name))
			continue
		}
		if metadata, _ := r.Inputs["metadata"].(map[string]any); metadata["name"] == nil && metadata["generateName"] == nil {
			errs = append(errs, fmt.Errorf("%s %s: it has no metadata.name, and Pulumi makes one up only when it deploys", o.kind, o.name))
		}
		errs = append(errs, withheld(o, "", r.Inputs)...)
		objects = append(objects, o)
	}
	if errs != nil {
		return nil, errors.Join(errs...)
	}
	slices.SortFunc(objects, func(a, b object) int {
		return cmp.Or(cmp.Compare(a.rank, b.rank), cmp.Compare(a.kind, b.kind), cmp.Compare(a.name, b.name))
	})
	var out bytes.Buffer
	encoder := yaml.NewEncoder(&out)
	encoder.SetIndent(2)
	for _, o := range objects {
		if err := encoder.Encode(plain(o.fields)); err != nil {
			return nil, err
		}
	}
	if err := encoder.Close(); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}

type object struct {
	rank       int
	kind, name string
	fields     map[string]any
}

// UnknownError is a value that is known only once another resource is deployed.
type UnknownError struct {
	Kind, Name string // the object's; its name is the logical one
	Path       string // where in the object the value is, such as .spec.replicas
}

func (e *UnknownError) Error() string {
	return fmt.Sprintf("%s %s%s: the value is known only once another resource is deployed", e.Kind, e.Name, e.Path)
}

// withheld names every value below a path that cannot be written down.
func withheld(o object, path string, value any) []error {
	var errs []error
	switch value := value.(type) {
	case map[string]any:
		keys := make([]string, 0, len(value))
		for key := range value {
			keys = append(keys, key)
		}
		slices.Sort(keys)
		for _, key := range keys {
			errs = append(errs, withheld(o, path+"."+key, value[key])...)
		}
	case []any:
		for i, element := range value {
			errs = append(errs, withheld(o, fmt.Sprintf("%s[%d]", path, i), element)...)
		}
	case offline.Secret:
		errs = append(errs, fmt.Errorf("%s %s%s: the value is a secret and is never written to a file", o.kind, o.name, path))
	case offline.Unknown:
		errs = append(errs, &UnknownError{o.kind, o.name, path})
	}
	return errs
}

// plain returns a value with whole numbers as integers: everything came through
// JSON, whose numbers are floats, and YAML would write 12345678.0 as 1.2345678e+07.
func plain(value any) any {
	switch value := value.(type) {
	case map[string]any:
		fields := make(map[string]any, len(value))
		for key, field := range value {
			fields[key] = plain(field)
		}
		return fields
	case []any:
		elements := make([]any, len(value))
		for i, element := range value {
			elements[i] = plain(element)
		}
		return elements
	case float64:
		if whole := int64(value); float64(whole) == value {
			return whole
		}
	}
	return value
}
