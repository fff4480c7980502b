package main

import "github.com/pulumi/pulumi/sdk/v3/go/pulumi"

// deployLedgerQueue passes on where the queue ledger is, which exists already.
func deployLedgerQueue(ctx *pulumi.Context, s *stack) error {
	exportQueue(ctx, "ledger", s.ledgerQueueARN)
	return nil
}
