package lambda

import (
	"fmt"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/cloudwatch"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/iam"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// lambdaMayAssume lets the Lambda service, and nothing else, act as a role.
const lambdaMayAssume = `{"Version": "2012-10-17", "Statement": [{"Effect": "Allow",
	"Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}]}`

// executionRole is what a function runs as, and where it logs.
type executionRole struct {
	role   *iam.Role
	policy *iam.RolePolicy
	logs   *cloudwatch.LogGroup
}

// newRole declares the role that a function runs as. It may write to the function's own log
// group, do what the statements say, and nothing else. The log group comes first, so that
// the role needs no right to create one.
func newRole(ctx *pulumi.Context, s *stack, f facts, statements ...pulumi.Input) (*executionRole, error) {
	logs, err := cloudwatch.NewLogGroup(ctx, f.name(), &cloudwatch.LogGroupArgs{
		Name:            pulumi.String(fmt.Sprintf("/aws/lambda/%s-%s", f.name(), ctx.Stack())),
		RetentionInDays: pulumi.Int(f.logRetentionDays),
		Tags:            f.tags(),
	})
	if err != nil {
		return nil, err
	}
	role, err := iam.NewRole(ctx, f.name(), &iam.RoleArgs{
		AssumeRolePolicy:    pulumi.String(lambdaMayAssume),
		PermissionsBoundary: s.permissionsBoundary,
		Tags:                f.tags(),
	})
	if err != nil {
		return nil, err
	}
	write := allow(actions{"logs:CreateLogStream", "logs:PutLogEvents"}, pulumi.Sprintf("%s:log-stream:*", logs.Arn))
	policy, err := iam.NewRolePolicy(ctx, f.name(), &iam.RolePolicyArgs{
		Role:   role.Name,
		Policy: policyOf(append([]pulumi.Input{write}, statements...)...),
	})
	return &executionRole{role, policy, logs}, err
}

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

// policyOf writes statements as the JSON that IAM reads.
func policyOf(statements ...pulumi.Input) pulumi.StringOutput {
	return pulumi.JSONMarshal(pulumi.Map{
		"Version":   pulumi.String("2012-10-17"),
		"Statement": pulumi.Array(statements),
	})
}
