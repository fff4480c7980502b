package kubernetes

import (
	"strconv"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/vpc"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// letIn lets the pods reach databases and caches: the security group of each takes connections from
// the pods' group, on its port and no other. AWS takes each rule once, so the
// functions of the other target must come from another group.
func letIn(ctx *pulumi.Context, s *stack) error {
	for _, to := range []struct {
		name        string
		group, port pulumi.StringOutput
	}{
		{"cache", s.data.CacheValkey.Group, s.data.CacheValkey.Port},
		{"ledger", s.data.LedgerPostgres.Group, s.data.LedgerPostgres.Port},
		{"pages", s.data.PagesValkey.Group, s.data.PagesValkey.Port},
		{"reports", s.data.ReportsPostgres.Group, s.data.ReportsPostgres.Port},
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
