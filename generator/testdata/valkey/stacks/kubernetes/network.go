package kubernetes

import (
	"strconv"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/vpc"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi/config"

	"example.com/golden/stacks/settings"
)

// readPodGroup reads the group that the pods' connections come from, which is in the data's region.
func readPodGroup(ctx *pulumi.Context, read *settings.Settings) string {
	read.Require(config.Get(ctx, "aws:region") != "",
		"aws:region is not set, and the databases' groups are in it\nhint: pulumi config set --stack %s aws:region NAME", ctx.Stack())
	return read.SecurityGroup("podSecurityGroupId", "it is the group that the pods' connections come from")
}

// letIn lets the pods reach databases and caches: the security group of each takes connections from
// the pods' group, on its port and no other. AWS takes each rule once, so the
// functions of the other target must come from another group.
func letIn(ctx *pulumi.Context, s *stack) error {
	for _, to := range []struct {
		name        string
		group, port pulumi.StringOutput
	}{
		{"cache", s.data.CacheValkey.Group, s.data.CacheValkey.Port},
		{"sessions", s.data.SessionsValkey.Group, s.data.SessionsValkey.Port},
	} {
		port := to.port.ApplyT(strconv.Atoi).(pulumi.IntOutput)
		_, err := vpc.NewSecurityGroupIngressRule(ctx, app+"-"+to.name, &vpc.SecurityGroupIngressRuleArgs{
			Description:               pulumi.String("pods of " + app),
			SecurityGroupId:           to.group,
			ReferencedSecurityGroupId: pulumi.String(s.podGroupID),
			IpProtocol:                pulumi.String("tcp"),
			FromPort:                  port,
			ToPort:                    port,
			Tags:                      pulumi.StringMap{"app": pulumi.String(app)},
		})
		if err != nil {
			return err
		}
	}
	return nil
}
