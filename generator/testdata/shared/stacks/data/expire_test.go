package main

import "example.com/golden/stacks/stacktest"

const lifecycleType = "aws:s3/bucketLifecycleConfigurationV2:BucketLifecycleConfigurationV2"

func checkExpiry(t stacktest.T, g *stacktest.Graph, f bucketFacts) {
	if f.expireDays == 0 {
		return
	}
	bucket, lifecycle := g.One(t, bucketType, f.title()), g.One(t, lifecycleType, f.title())
	lifecycle.Want(t, "bucket", bucket.Output("id"), "it is about this bucket", bucket)
	wantBefore(t, g.One(t, policyType, f.title()), lifecycle, "Pulumi deletes the policy first, and refuses before the bucket has lost anything")
	rule := "rules[id=expire]."
	lifecycle.Want(t, rule+"status", "Enabled", "the rule does nothing otherwise")
	lifecycle.Want(t, rule+"filter", map[string]string{"prefix": ""}, "it is about all objects")
	lifecycle.Want(t, rule+"expiration.days", f.expireDays, "app.yaml keeps objects for as long")
	lifecycle.Want(t, rule+"noncurrentVersionExpiration.noncurrentDays", f.expireDays, "an earlier version is paid for too")
	lifecycle.Want(t, rule+"abortIncompleteMultipartUpload.daysAfterInitiation", f.expireDays, "what never became an object is paid for too")
}
