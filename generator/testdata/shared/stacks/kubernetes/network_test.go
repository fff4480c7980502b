package kubernetes

import (
	"strconv"

	"example.com/golden/stacks/stacktest"
)

const ruleType = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"

// isLetIn holds the program to letting the pods reach some data, and nobody else.
func isLetIn(to string) check {
	return func(t stacktest.T, g *stacktest.Graph, _ wanted, s expectations) {
		rule := g.One(t, ruleType, app+"-"+to)
		rule.Want(t, "securityGroupId", stacktest.DataOutputs[to+".group"], "it is the group that the data is in")
		rule.Want(t, "referencedSecurityGroupId", s.config["podSecurityGroupId"], "only the pods are let in")
		rule.Want(t, "ipProtocol", "tcp", "the data is reached by it")
		port, err := strconv.Atoi(stacktest.DataOutputs[to+".port"].(string))
		if err != nil {
			t.Errorf("the port of %s is no number: %v", to, err)
		}
		rule.Want(t, "fromPort", port, "the data listens there")
		rule.Want(t, "toPort", port, "the data listens there")
		rule.Want(t, "tags", map[string]string{"app": app}, "bills and tools go by them")
	}
}
