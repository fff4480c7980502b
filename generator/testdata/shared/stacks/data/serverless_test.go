package main

import "example.com/golden/stacks/stacktest"

const (
	clusterType               = "aws:rds/cluster:Cluster"
	clusterInstanceType       = "aws:rds/clusterInstance:ClusterInstance"
	clusterParameterGroupType = "aws:rds/clusterParameterGroup:ClusterParameterGroup"
)

func checkCluster(t stacktest.T, g *stacktest.Graph, s expectations, f postgresFacts, group string) {
	cluster := g.One(t, clusterType, f.title())
	checkKept(t, cluster, s, f.name)
	checkSubnetGroup(t, g, s, f, cluster)
	parameters := g.One(t, clusterParameterGroupType, f.title())
	checkTLS(t, parameters, f, "aurora-postgresql")
	cluster.Want(t, "dbClusterParameterGroupName", parameters.Output("name"), "connections are encrypted", parameters)
	cluster.Want(t, "engine", "aurora-postgresql", "the services speak to it")
	cluster.Want(t, "databaseName", f.database, "the services ask for it")
	cluster.Want(t, "masterUsername", masterUser, "another user would make another database")
	cluster.Want(t, "vpcSecurityGroupIds", []string{group}, "the stack's settings name it")
	cluster.Want(t, "serverlessv2ScalingConfiguration", map[string]any{"minCapacity": f.capacity.min, "maxCapacity": f.capacity.max}, "app.yaml says how far it scales")
	instance := g.One(t, clusterInstanceType, f.title())
	checkKept(t, instance, s, f.name)
	instance.Want(t, "clusterIdentifier", cluster.Output("id"), "without an instance the cluster answers nothing", cluster)
	instance.Want(t, "engine", "aurora-postgresql", "it is the cluster's")
	instance.Want(t, "instanceClass", "db.serverless", "others do not scale")
	instance.Want(t, "publiclyAccessible", false, "nothing outside the VPC reaches it")
	wantDatabase(t, g, f.name, cluster.Output("endpoint"), f.database, cluster.Output("masterUserSecrets[0].secretArn"), group)
}
