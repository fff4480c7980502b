package data

import "ambi/spec"

// Table is one table in DynamoDB.
type Table struct {
	Name      string
	Key, Sort string
	Keys      []Key  // of the table and its indexes, by name
	TTL       string // the attribute with the time at which an item expires; empty for none
	Recovery  bool   // to any second of the last 35 days
	Indexes   []Index
}

// Key is an attribute that items are found by.
type Key struct {
	Name string
	Type string // S, N or B, as DynamoDB has it
}

// Index is a global secondary index of a table, by name.
type Index struct{ Name, Key, Sort string }

func (r *resolver) table(at, name string, t *spec.Table) Table {
	out := Table{Name: name, Key: t.Key, Sort: t.Sort, TTL: t.TTL, Recovery: t.Recovery}
	for _, k := range t.Keys() {
		short := map[spec.KeyType]string{spec.StringKey: "S", spec.NumberKey: "N", spec.BinaryKey: "B"}[k.Type]
		out.Keys = append(out.Keys, Key{k.Name, short})
	}
	for _, index := range t.IndexNames() {
		out.Indexes = append(out.Indexes, Index{index, t.Indexes[index].Key, t.Indexes[index].Sort})
	}
	r.notes.Exact(at, "a table of the data stack, which both targets share: billed per request, encrypted by DynamoDB, and protected from deletion by Pulumi and DynamoDB unless a stack's configuration turns that off")
	r.notes.Exact(at+".key", "the table's partition key")
	if t.Sort != "" {
		r.notes.Exact(at+".sort", "the table's sort key")
	}
	if len(t.Types) > 0 {
		r.notes.Exact(at+".types", "the types of the key attributes of the table and its indexes")
	}
	if t.TTL != "" {
		r.notes.Exact(at+".ttl", "the table's time to live; DynamoDB deletes an item within a few days of that time, and reads return it until then")
	}
	if t.Recovery {
		r.notes.Exact(at+".recovery", "point-in-time recovery: a restore creates a new table, as of any second of the last 35 days")
	} else {
		r.notes.Exact(at+".recovery", "no point-in-time recovery: deleted or overwritten items are lost")
	}
	for _, index := range out.Indexes {
		r.notes.Exact(at+".indexes."+index.Name, "a global secondary index with all attributes of the items; it is eventually consistent with the table")
	}
	return out
}
