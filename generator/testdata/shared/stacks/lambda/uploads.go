package lambda

import (
	awslambda "github.com/pulumi/pulumi-aws/sdk/v6/go/aws/lambda"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// bucketEvents are what a bucket tells of its objects. S3 also sends a test event, which has
// no records, each time that the bucket's notifications change: Lambda deletes what does not
// match, and the app never sees it.
var bucketEvents = &awslambda.EventSourceMappingFilterCriteriaArgs{
	Filters: awslambda.EventSourceMappingFilterCriteriaFilterArray{
		awslambda.EventSourceMappingFilterCriteriaFilterArgs{
			Pattern: pulumi.String(`{"body":{"Records":{"eventSource":["aws:s3"]}}}`),
		},
	},
}
