package main

import "github.com/pulumi/pulumi/sdk/v3/go/pulumi"

// readingPostgres is what app.yaml says of the database reading.
var readingPostgres = postgresFacts{
	name:       "reading",
	database:   "books_reading",
	version:    "16.6",
	major:      "16",
	backupDays: 7,
	capacity:   capacity{min: 0.5, max: 4},
}

// deployReadingPostgres declares the database. Change it here for this database alone, or in
// serverless.go for every one.
func deployReadingPostgres(ctx *pulumi.Context, s *stack) error {
	_, err := newCluster(ctx, s, readingPostgres, s.readingPostgresGroup)
	return err
}
