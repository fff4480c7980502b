package main

import (
	"errors"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// originalsBucket is what app.yaml says of the bucket originals.
var originalsBucket = bucketFacts{
	name:       "originals",
	expireDays: 30,
	uploads: []upload{
		{queue: resizeUploadsQueue.name, prefix: "incoming/"}, // starts resize
	},
}

// deployOriginalsBucket declares the bucket and what belongs to it. Change a part here for this
// bucket alone, or in bucket.go for every one.
func deployOriginalsBucket(ctx *pulumi.Context, s *stack) error {
	f := originalsBucket
	bucket, err := newBucket(ctx, s, f)
	if err != nil {
		return err
	}
	expiry, err := expire(ctx, f, bucket)
	if err != nil {
		return err
	}
	notifications, err := newNotifications(ctx, f, bucket, s.resizeUploadsQueue)
	if err != nil {
		return err
	}
	return errors.Join(
		encrypt(ctx, s, f, bucket),
		closeToPublic(ctx, s, f, bucket, expiry, notifications),
	)
}
