package spec

import (
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
)

// Alone returns an app that has one of a's services and nothing else: one that
// needs no other. The services of a itself stay as they are.
func (a *App) Alone(service string) *App {
	alone, s := *a, *a.Services[service]
	s.Needs = nil
	alone.Services = map[string]*Service{service: &s}
	return &alone
}

// With returns the app with one whole number changed, such as
// services.api.scale.min. The number is not checked; a itself stays as it is.
func (a *App) With(path string, n int) (*App, error) {
	changed := *a
	changed.Services = maps.Clone(a.Services)
	if keys := strings.Split(path, "."); len(keys) > 2 && keys[0] == "services" && changed.Services[keys[1]] != nil {
		s := *changed.Services[keys[1]]
		changed.Services[keys[1]] = &s
	}
	at, err := changed.number(path)
	if err != nil {
		return nil, err
	}
	*at = n
	return &changed, nil
}

// Number returns a whole number of the app by its path.
func (a *App) Number(path string) (int, error) {
	at, err := a.number(path)
	if err != nil {
		return 0, err
	}
	return *at, nil
}

func (a *App) number(path string) (*int, error) {
	v := reflect.ValueOf(a).Elem()
	for key := range strings.SplitSeq(path, ".") {
		switch v.Kind() {
		case reflect.Map:
			v = v.MapIndex(reflect.ValueOf(key))
			if v.IsValid() {
				v = v.Elem()
			}
		case reflect.Struct:
			v = fieldNamed(v, key)
		default:
			v = reflect.Value{}
		}
		if !v.IsValid() {
			return nil, fmt.Errorf("%s: the app has no such number", path)
		}
	}
	if n, ok := v.Addr().Interface().(*int); ok {
		return n, nil
	}
	return nil, fmt.Errorf("%s: is no whole number", path)
}

func fieldNamed(v reflect.Value, key string) reflect.Value {
	for _, f := range fieldsOf(v.Type()) {
		if f.name == key {
			return v.Field(f.index)
		}
	}
	return reflect.Value{}
}

// Only returns the app with some of its services. Each of them has the traffic that it has
// beside the others, and needs those that stay; a itself stays as it is.
func (a *App) Only(stays func(service string) bool) *App {
	some := *a
	some.Services = map[string]*Service{}
	for name, s := range a.Services {
		if !stays(name) {
			continue
		}
		one, usage := *s, a.UsageOf(name)
		one.Usage, one.Needs = nil, slices.DeleteFunc(slices.Clone(s.Needs), func(other string) bool { return !stays(other) })
		if usage != (Usage{}) {
			one.Usage = &usage
		}
		some.Services[name] = &one
	}
	some.Usage = nil
	return &some
}
