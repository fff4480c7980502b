package main

import (
	"fmt"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// What exists already has an owner of its own. This program registers nothing for it, and tells
// the other stacks where it is: a stack's setting has its ARN.

func exportBucket(ctx *pulumi.Context, name, arn string) {
	ctx.Export(name+".name", pulumi.String(arn[strings.LastIndexByte(arn, ':')+1:]))
	ctx.Export(name+".arn", pulumi.String(arn))
}

func exportQueue(ctx *pulumi.Context, name, arn string) {
	parts := strings.Split(arn, ":") // such as arn:aws:sqs:us-east-1:123456789012:jobs
	domain := "amazonaws.com"
	if parts[1] == "aws-cn" {
		domain = "amazonaws.com.cn"
	}
	ctx.Export(name+".url", pulumi.String(fmt.Sprintf("https://sqs.%s.%s/%s/%s", parts[3], domain, parts[4], parts[5])))
	ctx.Export(name+".arn", pulumi.String(arn))
}
