package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
)

// errNoObject says that a bucket has no object of that key.
var errNoObject = errors.New("no such object")

// store reads images from buckets in S3, and writes thumbnails to one. Region and
// credentials come from the environment, as for every program that uses AWS's SDK;
// AWS_ENDPOINT_URL names another server that speaks S3.
type store struct {
	client *s3.Client
	bucket string // of the thumbnails
}

// openStore returns nil where no bucket is configured.
func openStore(ctx context.Context, lookup environment) (*store, error) {
	bucket, set := lookup("THUMBNAILS_BUCKET")
	if !set {
		return nil, nil
	}
	if bucket == "" {
		return nil, errors.New("THUMBNAILS_BUCKET: is set, but empty\nhint: unset it if there is no bucket for thumbnails")
	}
	settings, err := config.LoadDefaultConfig(ctx)
	if err != nil {
		return nil, err
	}
	if settings.Region == "" {
		return nil, errors.New("AWS_REGION: must be set, since THUMBNAILS_BUCKET is\nhint: Lambda sets it, and EKS for pods that have a role")
	}
	client := s3.NewFromConfig(settings, func(options *s3.Options) {
		// Only AWS has a host name for each bucket.
		options.UsePathStyle = options.BaseEndpoint != nil
		// Many objects have no checksum, and a line in the log for each would say no more.
		options.DisableLogOutputChecksumValidationSkipped = true
	})
	return &store{client, bucket}, nil
}

// read returns an object of at most maxOriginal bytes, and what identifies its
// content.
func (s *store) read(ctx context.Context, bucket, key string) (data []byte, version string, err error) {
	if bucket == s.bucket {
		return nil, "", errors.New("the bucket of the thumbnails must not be the one with the originals: each thumbnail would replace its original, and ask for the next")
	}
	object, err := s.client.GetObject(ctx, &s3.GetObjectInput{Bucket: &bucket, Key: &key})
	if _, ok := errors.AsType[*types.NoSuchKey](err); ok {
		return nil, "", errNoObject
	}
	if err != nil {
		return nil, "", err
	}
	defer object.Body.Close()
	size := aws.ToInt64(object.ContentLength)
	if size > maxOriginal {
		return nil, "", fmt.Errorf("the object has %d bytes, more than %d", size, maxOriginal)
	}
	content := bytes.NewBuffer(make([]byte, 0, max(0, size)+bytes.MinRead))
	if _, err := content.ReadFrom(io.LimitReader(object.Body, maxOriginal+1)); err != nil {
		return nil, "", fmt.Errorf("reading the object: %w", err)
	}
	if content.Len() > maxOriginal {
		return nil, "", fmt.Errorf("the object has more than %d bytes", maxOriginal)
	}
	return content.Bytes(), aws.ToString(object.ETag), nil
}

// version returns what identifies an object's content now.
func (s *store) version(ctx context.Context, bucket, key string) (string, error) {
	object, err := s.client.HeadObject(ctx, &s3.HeadObjectInput{Bucket: &bucket, Key: &key})
	if _, ok := errors.AsType[*types.NotFound](err); ok {
		return "", errNoObject
	}
	if err != nil {
		return "", err
	}
	return aws.ToString(object.ETag), nil
}

// made counts the thumbnails that were stored from one time to another, the second not included,
// and their bytes. S3 lists a thousand objects at a time, so that a million takes minutes.
func (s *store) made(ctx context.Context, from, to time.Time) (count, size int64, err error) {
	pages := s3.NewListObjectsV2Paginator(s.client, &s3.ListObjectsV2Input{Bucket: &s.bucket})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return 0, 0, err
		}
		for _, o := range page.Contents {
			if at := aws.ToTime(o.LastModified); !at.Before(from) && at.Before(to) {
				count, size = count+1, size+aws.ToInt64(o.Size)
			}
		}
	}
	return count, size, nil
}

// write stores a thumbnail.
func (s *store) write(ctx context.Context, key string, image encoded) error {
	_, err := s.client.PutObject(ctx, &s3.PutObjectInput{
		Bucket: &s.bucket, Key: &key,
		ContentType: &image.contentType, Body: bytes.NewReader(image.data),
	})
	return err
}
