package main

import "example.com/golden/stacks/stacktest"

const tableType = "aws:dynamodb/table:Table"

func checkTable(t stacktest.T, g *stacktest.Graph, s expectations, f tableFacts) {
	table := g.One(t, tableType, f.title())
	checkKept(t, table, s, f.name)
	table.Want(t, "deletionProtectionEnabled", s.keep, "others than Pulumi may not delete it either")
	table.Want(t, "billingMode", "PAY_PER_REQUEST", "capacity that is bought ahead is too much or too little")
	table.Want(t, "hashKey", f.key, "another key makes another table")
	table.Want(t, "rangeKey", orNone(f.sort), "another sort makes another table")
	table.Want(t, "pointInTimeRecovery.enabled", f.recovery, "app.yaml says whether the table can be restored")
	if f.ttl == "" {
		table.Want(t, "ttl", nil, "items stay")
	} else {
		table.Want(t, "ttl", map[string]any{"attributeName": f.ttl, "enabled": true}, "items go by this attribute")
	}
	for name, kind := range f.types {
		table.Want(t, "attributes[name="+name+"].type", kind, "it is a key of the table or of an index")
	}
	for _, i := range f.indexes {
		at := "globalSecondaryIndexes[name=" + i.name + "]."
		table.Want(t, at+"hashKey", i.key, "the services ask by it")
		table.Want(t, at+"rangeKey", orNone(i.sort), "the services ask by it")
		table.Want(t, at+"projectionType", "ALL", "the services find whole items there")
	}
	wantExport(t, g, f.name+".name", table.Output("name"))
	wantExport(t, g, f.name+".arn", table.Output("arn"))
}

// orNone is what becomes of a text: no input when it is empty.
func orNone(text string) any {
	if text == "" {
		return nil
	}
	return text
}
