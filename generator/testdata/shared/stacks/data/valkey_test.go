package main

import "example.com/golden/stacks/stacktest"

const cacheType = "aws:elasticache/serverlessCache:ServerlessCache"

func checkCache(t stacktest.T, g *stacktest.Graph, s expectations, f valkeyFacts, group string) {
	cache := g.One(t, cacheType, f.title())
	checkKept(t, cache, s, f.name)
	cache.Want(t, "engine", "valkey", "the services speak to it")
	cache.Want(t, "majorEngineVersion", "8", "another one is an upgrade")
	cache.Want(t, "cacheUsageLimits.dataStorage", map[string]any{"maximum": f.maxStorageGiB, "unit": "GB"}, "app.yaml bounds it, and its bill")
	cache.Want(t, "subnetIds", []string{"subnet-1", "subnet-2"}, "the stack's settings name them")
	cache.Want(t, "securityGroupIds", []string{group}, "the stack's settings name it")
	wantExport(t, g, f.name+".host", cache.Output("endpoints[0].address"))
	wantExport(t, g, f.name+".port", "6379")
	wantExport(t, g, f.name+".group", group)
}
