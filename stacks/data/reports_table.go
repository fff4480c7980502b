package main

import "github.com/pulumi/pulumi/sdk/v3/go/pulumi"

// reportsTable is what app.yaml says of the table reports.
var reportsTable = tableFacts{
	name:     "reports",
	key:      "day",
	types:    map[string]string{"day": "S"},
	recovery: true,
}

// deployReportsTable declares the table. Change it here for this table alone, or in table.go for
// every one.
func deployReportsTable(ctx *pulumi.Context, s *stack) error {
	_, err := newTable(ctx, s, reportsTable)
	return err
}
