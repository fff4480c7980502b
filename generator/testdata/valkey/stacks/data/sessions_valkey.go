package main

import "github.com/pulumi/pulumi/sdk/v3/go/pulumi"

// sessionsValkey is what app.yaml says of the cache sessions.
var sessionsValkey = valkeyFacts{
	name:          "sessions",
	maxStorageGiB: 1,
}

// deploySessionsValkey declares the cache. Change it here for this cache alone, or in valkey.go for
// every one.
func deploySessionsValkey(ctx *pulumi.Context, s *stack) error {
	_, err := newCache(ctx, s, sessionsValkey, s.sessionsValkeyGroup)
	return err
}
