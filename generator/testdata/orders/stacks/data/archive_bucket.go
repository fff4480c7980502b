package main

import "github.com/pulumi/pulumi/sdk/v3/go/pulumi"

// deployArchiveBucket passes on where the bucket archive is, which exists already.
func deployArchiveBucket(ctx *pulumi.Context, s *stack) error {
	exportBucket(ctx, "archive", s.archiveBucketARN)
	return nil
}
