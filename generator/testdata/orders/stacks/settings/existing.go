package settings

import (
	"regexp"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi/config"
)

// BucketARN reads the ARN of a bucket that exists already, and refuses a stack that sets none.
func (s *Settings) BucketARN(key string) string {
	s.Demand(key, "it says which bucket it is")
	arn := s.text(key, "")
	if arn != "" && !bucketPattern.MatchString(arn) {
		s.refuse(key, "must be the ARN of a bucket, such as arn:aws:s3:::NAME", arn)
	}
	return arn
}

// QueueARN reads the ARN of a queue that exists already, in the region that the stack deploys
// to, and refuses a stack that sets none. A FIFO queue's name ends in .fifo.
func (s *Settings) QueueARN(key string, fifo bool) string {
	s.Demand(key, "it says which queue it is")
	arn := s.text(key, "")
	region := config.Get(s.ctx, "aws:region")
	switch {
	case arn == "":
	case !queuePattern.MatchString(arn):
		s.refuse(key, "must be the ARN of a queue, such as arn:aws:sqs:REGION:ACCOUNT:NAME", arn)
	case fifo && !strings.HasSuffix(arn, ".fifo"):
		s.refuse(key, "must be the ARN of a FIFO queue, whose name ends in .fifo, as app.yaml says", arn)
	case !fifo && strings.HasSuffix(arn, ".fifo"):
		s.refuse(key, "must be the ARN of a standard queue: say fifo: true in app.yaml for a FIFO queue", arn)
	case region != "" && strings.Split(arn, ":")[3] != region:
		s.refuse(key, "must be in aws:region "+region, arn)
	}
	return arn
}

var (
	bucketPattern = regexp.MustCompile(partition + `s3:::[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$`)
	queuePattern  = regexp.MustCompile(partition + `sqs:[a-z0-9-]+:[0-9]{12}:(?:[A-Za-z0-9_-]{1,80}|[A-Za-z0-9_-]{1,75}\.fifo)$`)
)
