package spec

import (
	"fmt"
	"maps"
	"reflect"
	"slices"

	"github.com/invopop/jsonschema"

	"ambi/internal/lazyregexp"
)

// Table is a table of the app's data.
type Table struct {
	Key      string             `json:"key" jsonschema:"required" jsonschema_description:"The attribute that items are found by."`
	Sort     string             `json:"sort,omitempty" jsonschema_description:"The attribute that orders items with the same key, and distinguishes them."`
	Types    map[string]KeyType `json:"types,omitempty" jsonschema_description:"The types of the keys and sorts, of the table and its indexes, that are not strings."`
	TTL      string             `json:"ttl,omitempty" jsonschema_description:"The attribute with the time after which DynamoDB deletes an item, in seconds since 1970."`
	Recovery bool               `json:"recovery" jsonschema:"default=true" jsonschema_description:"Allow the table to be restored as it was at any second of the last 35 days."`
	Usage    *TableUsage        `json:"usage,omitempty" jsonschema_description:"What compare assumes of the table; it never changes a stack."`
	Indexes  map[string]*Index  `json:"indexes,omitempty" jsonschema_description:"Other keys that items are found by, under the name of the index: global secondary indexes, with all attributes."`
}

// TableUsage is what compare assumes of a table. Like that of a bucket it has no defaults: what
// is not given is unknown.
type TableUsage struct {
	Stored   *Quantity `json:"stored,omitempty" range:"0 to 10000Ti in whole bytes" unit:"bytes" jsonschema_description:"Bytes that the table and its indexes hold, on average over a month."`
	Writes   Rate      `json:"writes,omitempty" jsonschema_description:"The mean rate of items that are put, updated or deleted."`
	Reads    Rate      `json:"reads,omitempty" jsonschema_description:"The mean rate of requests that read: one of an item, or a query."`
	ItemSize *Quantity `json:"itemSize,omitempty" range:"0 to 1Mi in whole bytes" unit:"bytes" jsonschema_description:"Bytes of a mean item, or of all items that a mean query reads: DynamoDB meters writes and reads by them."`
}

// Index is a global secondary index of a table.
type Index struct {
	Key  string `json:"key" jsonschema:"required" jsonschema_description:"The attribute that the index finds items by."`
	Sort string `json:"sort,omitempty" jsonschema_description:"The attribute that orders items with the same key."`
}

// KeyType is the type of an attribute that a table or an index finds items by.
type KeyType string

// The types of keys.
const (
	StringKey KeyType = "string"
	NumberKey KeyType = "number"
	BinaryKey KeyType = "binary"
)

// KeyTypes lists the types of keys.
func KeyTypes() []KeyType { return []KeyType{StringKey, NumberKey, BinaryKey} }

// SetDefaults turns point-in-time recovery on.
func (t *Table) SetDefaults() { t.Recovery = true }

// Keys lists the key attributes of the table and its indexes by name, with their types.
func (t *Table) Keys() []Key {
	types := map[string]KeyType{}
	names := []string{t.Key, t.Sort}
	for _, index := range t.Indexes {
		names = append(names, index.Key, index.Sort)
	}
	for _, name := range names {
		types[name] = StringKey
	}
	delete(types, "") // without a sort
	var keys []Key
	for _, name := range slices.Sorted(maps.Keys(types)) {
		key := Key{name, types[name]}
		if other, given := t.Types[name]; given {
			key.Type = other
		}
		keys = append(keys, key)
	}
	return keys
}

// Key is an attribute that items are found by.
type Key struct {
	Name string
	Type KeyType
}

// IndexNames lists the table's indexes in order.
func (t *Table) IndexNames() []string { return slices.Sorted(maps.Keys(t.Indexes)) }

// Limits of DynamoDB.
// Source: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ServiceQuotas.html
const (
	attributePattern = `^[A-Za-z_][A-Za-z0-9_.-]{0,254}$`
	indexPattern     = `^[A-Za-z0-9_.-]{3,255}$`
	maxIndexes       = 20 // of a table
)

var (
	attributeName = lazyregexp.New(attributePattern)
	indexName     = lazyregexp.New(indexPattern)
)

func (v *validator) table(path string, t *Table) {
	v.foundBy(path, t.Key, t.Sort)
	if len(t.Indexes) > maxIndexes {
		v.fail(path+".indexes", fmt.Sprintf("must have at most %d, got %d", maxIndexes, len(t.Indexes)))
	}
	for _, name := range t.IndexNames() {
		at := child(path+".indexes", name)
		if !v.sound(at) {
			continue
		}
		if !indexName.MatchString(name) {
			v.failKey(at, "the name must have 3 to 255 characters: letters, digits and _ . -")
		}
		v.foundBy(at, t.Indexes[name].Key, t.Indexes[name].Sort)
	}
	if t.TTL != "" || v.app.Given(path+".ttl") {
		v.attribute(path+".ttl", t.TTL)
	}
	if !v.sound(path+".types") || !v.sound(path+".indexes") {
		return
	}
	var names []string
	for _, k := range t.Keys() {
		names = append(names, k.Name)
		if k.Name == t.TTL && k.Type != NumberKey {
			v.fail(path+".ttl", fmt.Sprintf("must be a number, but the key %s is a %s", k.Name, k.Type), fmt.Sprintf("types: {%s: number}", k.Name))
		}
	}
	for _, name := range slices.Sorted(maps.Keys(t.Types)) {
		at := child(path+".types", name)
		switch {
		case !v.sound(at):
		case !slices.Contains(names, name):
			hints := []string{"other attributes need no type: they have the type that the app writes"}
			if hint := nearest(name, names, "key"); hint != "" {
				hints = []string{hint}
			}
			v.failKey(at, "is not a key or sort of the table or of an index", hints...)
		case !slices.Contains(KeyTypes(), t.Types[name]):
			v.fail(at, "must be one of string, number, binary, got "+quote(string(t.Types[name])))
		}
	}
}

// foundBy checks the key and sort of a table or an index.
func (v *validator) foundBy(path, key, sort string) {
	if v.app.Given(path + ".key") {
		v.attribute(path+".key", key)
	}
	if !v.app.Given(path + ".sort") {
		return
	}
	v.attribute(path+".sort", sort)
	if key == sort && v.sound(path+".key") && v.sound(path+".sort") {
		v.fail(path+".sort", "is already the key", "remove it: all items with the same key have the same value")
	}
}

func (v *validator) attribute(path, name string) {
	if v.sound(path) && !attributeName.MatchString(name) {
		v.fail(path, "must be the name of an attribute: a letter or _, then letters, digits and _ . -, at most 255 characters, got "+quote(name))
	}
}

func (s schema) refineTable() {
	table, index := s.of(reflect.TypeFor[Table]()), s.of(reflect.TypeFor[Index]())
	for _, p := range []*jsonschema.Schema{property(table, "key"), property(table, "sort"), property(table, "ttl"), property(index, "key"), property(index, "sort")} {
		p.Pattern = attributePattern
	}
	indexes := property(table, "indexes")
	indexes.MaxProperties = number(maxIndexes)
	indexes.PropertyNames = &jsonschema.Schema{Pattern: indexPattern}
	types := property(table, "types")
	types.PropertyNames = &jsonschema.Schema{Pattern: attributePattern}
	var all []any
	for _, t := range KeyTypes() {
		all = append(all, string(t))
	}
	types.AdditionalProperties = &jsonschema.Schema{Type: "string", Enum: all}
}
