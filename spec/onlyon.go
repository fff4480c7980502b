package spec

import (
	"reflect"
	"slices"
	"sync"
)

// Foreign is a field that only one target has, with what happens on the others.
type Foreign struct {
	Path    string
	Instead string // what happens on the other targets
}

// OnlyOn lists a service's fields that only target t has: those that the spec sets, and those
// with a default.
func (a *App) OnlyOn(t Target, service string) []Foreign {
	var list []Foreign
	options := reflect.ValueOf(a.Services[service]).Elem()
	at := "services." + service + "."
	for _, f := range foreignFields()[t] {
		path := at + f.path
		if a.Given(path) || f.always || f.direct && !options.FieldByIndex(f.index).IsZero() {
			list = append(list, Foreign{Path: path, Instead: f.instead})
		}
	}
	return list
}

// foreignField is a field below Service with the tag otherTarget.
type foreignField struct {
	path    string // below the service
	instead string
	index   []int // for FieldByIndex
	direct  bool  // it is there in every service, and so is what holds it
	always  bool  // direct, with a default
}

// foreignFields are those of each target, whose section has the target's name.
//
//nolint:gochecknoglobals // a constant in all but name
var foreignFields = sync.OnceValue(func() map[Target][]foreignField {
	all := map[Target][]foreignField{}
	for _, t := range Targets() {
		for _, section := range fieldsOf(reflect.TypeFor[Service]()) {
			if section.name == string(t) {
				options := reflect.TypeFor[Service]().Field(section.index).Type
				all[t] = foreignIn(options, section.name, []int{section.index}, true)
			}
		}
	}
	return all
})

func foreignIn(t reflect.Type, path string, index []int, direct bool) []foreignField {
	var list []foreignField
	for _, f := range fieldsOf(t) {
		field := t.Field(f.index)
		at := foreignField{path: path + "." + f.name, index: append(slices.Clip(index), f.index), direct: direct}
		var instead bool
		at.instead, instead = field.Tag.Lookup("otherTarget")
		if instead {
			_, hasDefault := defaultOf(field)
			at.always = direct && hasDefault
			list = append(list, at)
		}
		if field.Type.Kind() == reflect.Pointer {
			list = append(list, foreignIn(field.Type.Elem(), at.path, at.index, false)...)
		}
	}
	return list
}
