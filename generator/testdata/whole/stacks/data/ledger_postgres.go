package main

import "github.com/pulumi/pulumi/sdk/v3/go/pulumi"

// ledgerPostgres is what app.yaml says of the database ledger.
var ledgerPostgres = postgresFacts{
	name:       "ledger",
	database:   "bazaar_ledger",
	version:    "17",
	major:      "17",
	backupDays: 7,
	class:      "db.t4g.medium",
	storageGiB: 20,
}

// deployLedgerPostgres declares the database. Change it here for this database alone, or in
// instance.go for every one.
func deployLedgerPostgres(ctx *pulumi.Context, s *stack) error {
	_, err := newInstance(ctx, s, ledgerPostgres, s.ledgerPostgresGroup)
	return err
}
