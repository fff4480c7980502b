package main

import "example.com/golden/stacks/stacktest"

const versioningType = "aws:s3/bucketVersioningV2:BucketVersioningV2"

func checkVersions(t stacktest.T, g *stacktest.Graph, f bucketFacts) {
	if !f.versioning {
		return
	}
	bucket, versioning := g.One(t, bucketType, f.title()), g.One(t, versioningType, f.title())
	versioning.Want(t, "bucket", bucket.Output("id"), "it is about this bucket", bucket)
	wantBefore(t, g.One(t, policyType, f.title()), versioning, "Pulumi deletes the policy first, and refuses before the bucket has lost anything")
	versioning.Want(t, "versioningConfiguration.status", "Enabled", "app.yaml keeps earlier versions")
}
