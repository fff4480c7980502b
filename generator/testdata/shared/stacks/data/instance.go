package main

import (
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/rds"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// newInstance declares a database on an instance of its own in RDS, and what the other stacks
// need to know of it. A change of its version or class restarts it in the update, and not in
// the next maintenance window: what a preview shows has happened when the update ends.
func newInstance(ctx *pulumi.Context, s *stack, f postgresFacts, group string) (*rds.Instance, error) {
	subnets, err := newSubnetGroup(ctx, s, f)
	if err != nil {
		return nil, err
	}
	parameters, err := rds.NewParameterGroup(ctx, f.title(), &rds.ParameterGroupArgs{
		Description: pulumi.String("of " + f.title()),
		Family:      pulumi.String("postgres" + f.major),
		Parameters: rds.ParameterGroupParameterArray{
			rds.ParameterGroupParameterArgs{Name: pulumi.String("rds.force_ssl"), Value: pulumi.String("1")},
		},
		Tags: tags(f.name),
	}) // not kept: another major version takes another group
	if err != nil {
		return nil, err
	}
	instance, err := rds.NewInstance(ctx, f.title(), &rds.InstanceArgs{
		Engine:                   pulumi.String("postgres"),
		EngineVersion:            pulumi.String(f.version),
		AllowMajorVersionUpgrade: pulumi.Bool(true), // for app.yaml says the version
		InstanceClass:            pulumi.String(f.class),
		AllocatedStorage:         pulumi.Int(f.storageGiB),
		StorageType:              pulumi.String("gp3"),
		StorageEncrypted:         pulumi.Bool(true),
		DbName:                   pulumi.String(f.database),
		Username:                 pulumi.String(masterUser),
		ManageMasterUserPassword: pulumi.Bool(true),
		ParameterGroupName:       parameters.Name,
		DbSubnetGroupName:        subnets.Name,
		VpcSecurityGroupIds:      pulumi.StringArray{pulumi.String(group)},
		PubliclyAccessible:       pulumi.Bool(false),
		BackupRetentionPeriod:    pulumi.Int(f.backupDays),
		CopyTagsToSnapshot:       pulumi.Bool(true),
		DeletionProtection:       pulumi.Bool(s.keep), // from everyone, and not only from Pulumi
		SkipFinalSnapshot:        pulumi.Bool(false),
		FinalSnapshotIdentifier:  finalSnapshot(subnets),
		ApplyImmediately:         pulumi.Bool(true),
		Tags:                     tags(f.name),
	}, s.kept())
	if err != nil {
		return nil, err
	}
	exportDatabase(ctx, f.name, instance.Address, f.database, instance.MasterUserSecrets.Index(pulumi.Int(0)).SecretArn().Elem(), group)
	return instance, nil
}
