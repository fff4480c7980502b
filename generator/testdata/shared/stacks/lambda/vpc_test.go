package lambda

import (
	"strings"

	"example.com/golden/stacks/stacktest"
)

func runsInSubnets(t stacktest.T, g *stacktest.Graph, w wanted, s expectations) {
	function := g.One(t, functionType, w.name())
	function.Want(t, "vpcConfig.subnetIds", strings.Split(s.config["subnetIds"], ","), "what the function calls is reached from there")
	function.Want(t, "vpcConfig.securityGroupIds", strings.Split(s.config["securityGroupIds"], ","), "they let it through to what it calls")
}

// joinsSubnets holds for what Lambda does with a function's role, and not for what the
// function's code does with it.
func joinsSubnets(stacktest.T, *stacktest.Graph, *stacktest.Resource) statement {
	return statement{
		Effect: "Allow",
		Action: names{
			"ec2:AssignPrivateIpAddresses", "ec2:CreateNetworkInterface", "ec2:DeleteNetworkInterface",
			"ec2:DescribeNetworkInterfaces", "ec2:DescribeSubnets", "ec2:UnassignPrivateIpAddresses",
		},
		Resource:  names{"*"},
		Condition: map[string]any{"Null": map[string]any{"lambda:SourceFunctionArn": "true"}},
	}
}
