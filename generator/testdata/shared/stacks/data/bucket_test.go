package main

import (
	"fmt"

	"example.com/golden/stacks/stacktest"
)

const (
	bucketType     = "aws:s3/bucketV2:BucketV2"
	policyType     = "aws:s3/bucketPolicy:BucketPolicy"
	closedType     = "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock"
	encryptionType = "aws:s3/bucketServerSideEncryptionConfigurationV2:BucketServerSideEncryptionConfigurationV2"
)

func checkBucket(t stacktest.T, g *stacktest.Graph, s expectations, f bucketFacts) {
	bucket := g.One(t, bucketType, f.title())
	checkKept(t, bucket, s, f.name)
	bucket.Want(t, "forceDestroy", !s.keep, "a bucket that is kept must not go with its objects")
	wantExport(t, g, f.name+".name", bucket.Output("bucket"))
	wantExport(t, g, f.name+".arn", bucket.Output("arn"))

	closed := g.One(t, closedType, f.title())
	checkProtected(t, closed, s)
	closed.Want(t, "bucket", bucket.Output("id"), "it is about this bucket", bucket)
	for _, input := range []string{"blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets"} {
		closed.Want(t, input, true, "no policy and no access control list may open the bucket")
	}

	policy := g.One(t, policyType, f.title())
	checkProtected(t, policy, s)
	policy.Want(t, "bucket", bucket.Output("id"), "it is about this bucket", bucket)
	policy.Want(t, "policy", policy.Input("policy"), "it names the bucket", bucket)
	wantBefore(t, policy, closed, "S3 changes one of the two at a time")
	secure := document(t, policy, "policy")
	secure.Want(t, "Version", "2012-10-17", "older ones read variables as text")
	secure.Want(t, "Statement", []any{map[string]any{
		"Effect": "Deny", "Principal": "*", "Action": "s3:*",
		"Resource":  []any{bucket.Output("arn"), fmt.Sprint(bucket.Output("arn")) + "/*"},
		"Condition": map[string]any{"Bool": map[string]any{"aws:SecureTransport": "false"}},
	}}, "requests without TLS are refused")

	encryption := g.One(t, encryptionType, f.title())
	checkProtected(t, encryption, s)
	encryption.Want(t, "bucket", bucket.Output("id"), "it is about this bucket", bucket)
	encryption.Want(t, "rules[0].applyServerSideEncryptionByDefault.sseAlgorithm", "AES256", "keys of one's own need rights that the services do not have")
}
