package main

import (
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/rds"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// postgresFacts are what app.yaml says of one database. The functions of this program make of
// them what every database has.
type postgresFacts struct {
	name       string   // in app.yaml, which begins its exports: db in db.host
	database   string   // its name within PostgreSQL
	version    string   // of PostgreSQL; AWS installs what minor version it does not say
	major      string   // the first part of version
	backupDays int      // that the database can be restored from
	class      string   // of its instance
	storageGiB int      // of its disk
	capacity   capacity // between which it scales
}

// title is what the database is called in Pulumi. Its own name in RDS begins with it.
func (f postgresFacts) title() string { return app + "-" + f.name }

// masterUser is the database's first user, who may do everything in it. RDS makes the password,
// keeps it in Secrets Manager and changes it every 7 days: neither this program nor its state
// ever has it.
const masterUser = "postgres"

// newSubnetGroup says in which subnets a database may be.
func newSubnetGroup(ctx *pulumi.Context, s *stack, f postgresFacts) (*rds.SubnetGroup, error) {
	return rds.NewSubnetGroup(ctx, f.title(), &rds.SubnetGroupArgs{
		Description: pulumi.String("of " + f.title()),
		SubnetIds:   pulumi.ToStringArray(s.subnetIDs),
		Tags:        tags(f.name),
	}, s.kept())
}

// finalSnapshot is the name of what is kept of a database that is deleted. The name of the
// subnet group has a part that Pulumi makes up, so that a stack that was destroyed and deployed
// again does not find the name taken.
func finalSnapshot(subnets *rds.SubnetGroup) pulumi.StringOutput {
	return pulumi.Sprintf("%s-final", subnets.Name)
}
