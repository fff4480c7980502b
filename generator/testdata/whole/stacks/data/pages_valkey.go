package main

import "github.com/pulumi/pulumi/sdk/v3/go/pulumi"

// pagesValkey is what app.yaml says of the cache pages.
var pagesValkey = valkeyFacts{
	name:          "pages",
	maxStorageGiB: 1,
}

// deployPagesValkey declares the cache. Change it here for this cache alone, or in valkey.go for
// every one.
func deployPagesValkey(ctx *pulumi.Context, s *stack) error {
	_, err := newCache(ctx, s, pagesValkey, s.pagesValkeyGroup)
	return err
}
