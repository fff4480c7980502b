package lambda

import (
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// lambdaMayAssume lets the Lambda service, and nobody else, act as a role.
const lambdaMayAssume = `{"Version": "2012-10-17", "Statement": [{"Effect": "Allow",
	"Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}]}`

// actions are what a statement allows, such as s3:GetObject.
type actions []string

// allow is a statement of a policy: actions on resources, by their ARNs.
func allow(do actions, resources ...pulumi.StringInput) pulumi.Map {
	return pulumi.Map{
		"Effect":   pulumi.String("Allow"),
		"Action":   pulumi.ToStringArray(do),
		"Resource": pulumi.StringArray(resources),
	}
}

// policyOf writes statements as the JSON that IAM reads.
func policyOf(statements ...pulumi.Input) pulumi.StringOutput {
	return pulumi.JSONMarshal(pulumi.Map{
		"Version":   pulumi.String("2012-10-17"),
		"Statement": pulumi.Array(statements),
	})
}
