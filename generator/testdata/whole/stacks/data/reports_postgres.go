package main

import "github.com/pulumi/pulumi/sdk/v3/go/pulumi"

// reportsPostgres is what app.yaml says of the database reports.
var reportsPostgres = postgresFacts{
	name:       "reports",
	database:   "bazaar_reports",
	version:    "16.6",
	major:      "16",
	backupDays: 7,
	capacity:   capacity{min: 0.5, max: 2},
}

// deployReportsPostgres declares the database. Change it here for this database alone, or in
// serverless.go for every one.
func deployReportsPostgres(ctx *pulumi.Context, s *stack) error {
	_, err := newCluster(ctx, s, reportsPostgres, s.reportsPostgresGroup)
	return err
}
