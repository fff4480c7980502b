package stacktest

import (
	"fmt"
	"hash/fnv"
	"reflect"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// deepest bounds how far fakes nest, for types that contain themselves. What
// lies deeper is empty, and an error where it is used.
const deepest = 6

// complete fills what a value lacks of its Go type with fakes that carry their
// own name: strings are it, numbers a hash of it, lists and maps hold one
// element. Booleans are true, with nothing to tell them apart by.
func complete(v resource.PropertyValue, t reflect.Type, name string, depth int) resource.PropertyValue {
	switch {
	case t == nil || depth > deepest:
		return v
	case t.Kind() == reflect.Pointer:
		return complete(v, t.Elem(), name, depth)
	case t.Kind() == reflect.Struct && (v.IsNull() || v.IsObject()):
		all := resource.PropertyMap{}
		if v.IsObject() {
			all = v.ObjectValue().Copy()
		}
		for i := range t.NumField() {
			key, _, _ := strings.Cut(t.Field(i).Tag.Get("pulumi"), ",")
			fieldType := t.Field(i).Type
			if output, ok := reflect.Zero(fieldType).Interface().(pulumi.Output); ok {
				fieldType = output.ElementType()
			}
			if p := resource.PropertyKey(key); key != "" {
				all[p] = complete(all[p], fieldType, name+"."+key, depth+1)
			}
		}
		return resource.NewProperty(all)
	case !v.IsNull():
		return v
	}
	switch t.Kind() {
	case reflect.Slice:
		return resource.NewProperty([]resource.PropertyValue{complete(v, t.Elem(), name+"[0]", depth+1)})
	case reflect.Map:
		return resource.NewProperty(resource.PropertyMap{"fake": complete(v, t.Elem(), name+".fake", depth+1)})
	case reflect.Bool:
		return resource.NewProperty(true)
	case reflect.Int, reflect.Float64:
		hash := fnv.New32a()
		fmt.Fprint(hash, name)
		return resource.NewProperty(float64(hash.Sum32()))
	case reflect.String:
		return resource.NewProperty(name)
	case reflect.Interface:
		if t.NumMethod() == 0 { // any; there are no fakes of files and resources
			return resource.NewProperty(name)
		}
	}
	return v
}

// plain turns properties into what encoding/json would decode them to; files
// become their paths.
func plain(properties resource.PropertyMap) map[string]any {
	var replace func(v resource.PropertyValue) (any, bool)
	replace = func(v resource.PropertyValue) (any, bool) {
		switch {
		case v.IsSecret():
			return v.SecretValue().Element.MapRepl(nil, replace), true
		case v.IsArchive():
			return v.ArchiveValue().Path, true
		case v.IsAsset():
			return v.AssetValue().Path, true
		}
		return nil, false
	}
	return properties.MapRepl(nil, replace)
}
