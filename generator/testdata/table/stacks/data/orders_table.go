package main

import "github.com/pulumi/pulumi/sdk/v3/go/pulumi"

// ordersTable is what app.yaml says of the table orders.
var ordersTable = tableFacts{
	name:     "orders",
	key:      "customer",
	sort:     "at",
	types:    map[string]string{"at": "N", "customer": "S", "hash": "B", "state": "S"},
	ttl:      "expires",
	recovery: true,
	indexes: []index{
		{name: "by-hash", key: "hash"},
		{name: "by-state", key: "state", sort: "at"},
	},
}

// deployOrdersTable declares the table. Change it here for this table alone, or in table.go for
// every one.
func deployOrdersTable(ctx *pulumi.Context, s *stack) error {
	_, err := newTable(ctx, s, ordersTable)
	return err
}
