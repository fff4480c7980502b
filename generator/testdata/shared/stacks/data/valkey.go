package main

import (
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/elasticache"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// valkeyFacts are what app.yaml says of one cache. The rest of this file makes of them what
// every cache has.
type valkeyFacts struct {
	name          string // in app.yaml, which begins its exports: cache in cache.host
	maxStorageGiB int    // that it stores at most, and is paid for
}

// title is what the cache is called in Pulumi. Its own name begins with it.
func (f valkeyFacts) title() string { return app + "-" + f.name }

// newCache declares a cache, and what the other stacks need to know of it. ElastiCache encrypts
// it, and takes connections with TLS only. It has no users: who reaches it may do everything.
func newCache(ctx *pulumi.Context, s *stack, f valkeyFacts, group string) (*elasticache.ServerlessCache, error) {
	cache, err := elasticache.NewServerlessCache(ctx, f.title(), &elasticache.ServerlessCacheArgs{
		Engine:             pulumi.String("valkey"),
		MajorEngineVersion: pulumi.String("8"),
		CacheUsageLimits: &elasticache.ServerlessCacheCacheUsageLimitsArgs{
			DataStorage: &elasticache.ServerlessCacheCacheUsageLimitsDataStorageArgs{
				Maximum: pulumi.Int(f.maxStorageGiB),
				Unit:    pulumi.String("GB"),
			},
		},
		SubnetIds:        pulumi.ToStringArray(s.subnetIDs),
		SecurityGroupIds: pulumi.StringArray{pulumi.String(group)},
		Tags:             tags(f.name),
	}, s.kept())
	if err != nil {
		return nil, err
	}
	ctx.Export(f.name+".host", cache.Endpoints.Index(pulumi.Int(0)).Address())
	ctx.Export(f.name+".port", pulumi.String("6379"))
	ctx.Export(f.name+".group", pulumi.String(group))
	return cache, nil
}
