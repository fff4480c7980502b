package main

import "github.com/pulumi/pulumi/sdk/v3/go/pulumi"

// sessionsTable is what app.yaml says of the table sessions.
var sessionsTable = tableFacts{
	name:     "sessions",
	key:      "id",
	types:    map[string]string{"id": "S"},
	recovery: false,
}

// deploySessionsTable declares the table. Change it here for this table alone, or in table.go for
// every one.
func deploySessionsTable(ctx *pulumi.Context, s *stack) error {
	_, err := newTable(ctx, s, sessionsTable)
	return err
}
