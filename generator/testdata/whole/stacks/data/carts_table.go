package main

import "github.com/pulumi/pulumi/sdk/v3/go/pulumi"

// cartsTable is what app.yaml says of the table carts.
var cartsTable = tableFacts{
	name:     "carts",
	key:      "customer",
	types:    map[string]string{"customer": "S"},
	ttl:      "expires",
	recovery: true,
}

// deployCartsTable declares the table. Change it here for this table alone, or in table.go for
// every one.
func deployCartsTable(ctx *pulumi.Context, s *stack) error {
	_, err := newTable(ctx, s, cartsTable)
	return err
}
