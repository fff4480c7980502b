package lambda

import (
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// lambdaMayAssume lets the Lambda service, and nobody else, act as a role.
const lambdaMayAssume = `{"Version": "2012-10-17", "Statement": [{"Effect": "Allow",
	"Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}]}`

// actions are what a statement allows, such as s3:GetObject.
type actions []string

// sendTraces is what a function needs that AWS X-Ray traces.
var sendTraces = actions{"xray:PutTraceSegments", "xray:PutTelemetryRecords"}

// joinSubnets is what Lambda does in the function's name to run it in subnets.
var joinSubnets = actions{
	"ec2:CreateNetworkInterface", "ec2:DescribeNetworkInterfaces", "ec2:DescribeSubnets", "ec2:DeleteNetworkInterface",
	"ec2:AssignPrivateIpAddresses", "ec2:UnassignPrivateIpAddresses",
}

// butNotTheCode narrows a statement to what Lambda itself does with the role. AWS
// adds the key lambda:SourceFunctionArn to each call that a function's code makes,
// and to no other, so the statement does not hold for the code: it could delete the
// network interfaces of everything else in the account. A Deny under the same
// condition would also take away what app.yaml permits the code to do in EC2.
// See docs.aws.amazon.com/lambda/latest/dg/permissions-source-function-arn.html.
func butNotTheCode(statement pulumi.Map) pulumi.Map {
	statement["Condition"] = pulumi.Map{"Null": pulumi.Map{"lambda:SourceFunctionArn": pulumi.String("true")}}
	return statement
}

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
