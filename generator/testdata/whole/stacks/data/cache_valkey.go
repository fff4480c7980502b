package main

import "github.com/pulumi/pulumi/sdk/v3/go/pulumi"

// cacheValkey is what app.yaml says of the cache cache.
var cacheValkey = valkeyFacts{
	name:          "cache",
	maxStorageGiB: 2,
}

// deployCacheValkey declares the cache. Change it here for this cache alone, or in valkey.go for
// every one.
func deployCacheValkey(ctx *pulumi.Context, s *stack) error {
	_, err := newCache(ctx, s, cacheValkey, s.cacheValkeyGroup)
	return err
}
