package main

import "github.com/pulumi/pulumi/sdk/v3/go/pulumi"

// deployArchivePostgres passes on where the database archive is, which exists already and has an
// owner of its own: this program registers nothing for it.
func deployArchivePostgres(ctx *pulumi.Context, s *stack) error {
	at := s.archivePostgres
	exportDatabase(ctx, "archive", pulumi.String(at.host), at.name, pulumi.String(at.secret), s.archivePostgresGroup)
	return nil
}
