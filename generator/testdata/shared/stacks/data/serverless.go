package main

import (
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/rds"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// capacity is between which capacities a database scales, in ACUs of about 2 GiB of memory.
type capacity struct{ min, max float64 }

// newCluster declares a serverless database in Aurora, and what the other stacks need to know
// of it. A change of its version restarts it in the update, and not in the next maintenance
// window: what a preview shows has happened when the update ends.
func newCluster(ctx *pulumi.Context, s *stack, f postgresFacts, group string) (*rds.Cluster, error) {
	subnets, err := newSubnetGroup(ctx, s, f)
	if err != nil {
		return nil, err
	}
	parameters, err := rds.NewClusterParameterGroup(ctx, f.title(), &rds.ClusterParameterGroupArgs{
		Description: pulumi.String("of " + f.title()),
		Family:      pulumi.String("aurora-postgresql" + f.major),
		Parameters: rds.ClusterParameterGroupParameterArray{
			rds.ClusterParameterGroupParameterArgs{Name: pulumi.String("rds.force_ssl"), Value: pulumi.String("1")},
		},
		Tags: tags(f.name),
	}) // not kept: another major version takes another group
	if err != nil {
		return nil, err
	}
	cluster, err := rds.NewCluster(ctx, f.title(), &rds.ClusterArgs{
		Engine:                      pulumi.String("aurora-postgresql"),
		EngineVersion:               pulumi.String(f.version),
		AllowMajorVersionUpgrade:    pulumi.Bool(true), // for app.yaml says the version
		DatabaseName:                pulumi.String(f.database),
		MasterUsername:              pulumi.String(masterUser),
		ManageMasterUserPassword:    pulumi.Bool(true),
		DbClusterParameterGroupName: parameters.Name,
		DbSubnetGroupName:           subnets.Name,
		VpcSecurityGroupIds:         pulumi.StringArray{pulumi.String(group)},
		StorageEncrypted:            pulumi.Bool(true),
		BackupRetentionPeriod:       pulumi.Int(f.backupDays),
		CopyTagsToSnapshot:          pulumi.Bool(true),
		DeletionProtection:          pulumi.Bool(s.keep), // from everyone, and not only from Pulumi
		SkipFinalSnapshot:           pulumi.Bool(false),
		FinalSnapshotIdentifier:     finalSnapshot(subnets),
		Serverlessv2ScalingConfiguration: &rds.ClusterServerlessv2ScalingConfigurationArgs{
			MinCapacity: pulumi.Float64(f.capacity.min),
			MaxCapacity: pulumi.Float64(f.capacity.max),
		},
		ApplyImmediately: pulumi.Bool(true),
		Tags:             tags(f.name),
	}, s.kept())
	if err != nil {
		return nil, err
	}
	_, err = rds.NewClusterInstance(ctx, f.title(), &rds.ClusterInstanceArgs{
		ClusterIdentifier:  cluster.ID(),
		Engine:             pulumi.String("aurora-postgresql"),
		InstanceClass:      pulumi.String("db.serverless"),
		PubliclyAccessible: pulumi.Bool(false),
		Tags:               tags(f.name),
	}, s.kept())
	if err != nil {
		return nil, err
	}
	exportDatabase(ctx, f.name, cluster.Endpoint, f.database, cluster.MasterUserSecrets.Index(pulumi.Int(0)).SecretArn().Elem(), group)
	return cluster, nil
}
