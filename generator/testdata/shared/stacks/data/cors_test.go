package main

import "example.com/golden/stacks/stacktest"

const corsType = "aws:s3/bucketCorsConfigurationV2:BucketCorsConfigurationV2"

func checkPages(t stacktest.T, g *stacktest.Graph, f bucketFacts) {
	if f.cors == nil {
		return
	}
	bucket, allowed := g.One(t, bucketType, f.title()), g.One(t, corsType, f.title())
	allowed.Want(t, "bucket", bucket.Output("id"), "it is about this bucket", bucket)
	wantBefore(t, g.One(t, policyType, f.title()), allowed, "Pulumi deletes the policy first, and refuses before the bucket has lost anything")
	allowed.Want(t, "corsRules[0].allowedOrigins", f.cors.origins, "pages of these origins may use the bucket, and no others")
	allowed.Want(t, "corsRules[0].allowedMethods", f.cors.methods, "pages use these methods")
	var headers, age any
	if len(f.cors.headers) > 0 {
		headers = f.cors.headers
	}
	if f.cors.maxAgeSeconds > 0 {
		age = f.cors.maxAgeSeconds
	}
	allowed.Want(t, "corsRules[0].allowedHeaders", headers, "pages set these headers")
	allowed.Want(t, "corsRules[0].maxAgeSeconds", age, "browsers remember the answer for as long")
}
