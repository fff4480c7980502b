package main

import "example.com/golden/stacks/stacktest"

const (
	instanceType       = "aws:rds/instance:Instance"
	parameterGroupType = "aws:rds/parameterGroup:ParameterGroup"
)

func checkInstance(t stacktest.T, g *stacktest.Graph, s expectations, f postgresFacts, group string) {
	instance := g.One(t, instanceType, f.title())
	checkKept(t, instance, s, f.name)
	checkSubnetGroup(t, g, s, f, instance)
	parameters := g.One(t, parameterGroupType, f.title())
	checkTLS(t, parameters, f, "postgres")
	instance.Want(t, "parameterGroupName", parameters.Output("name"), "connections are encrypted", parameters)
	instance.Want(t, "engine", "postgres", "the services speak to it")
	instance.Want(t, "instanceClass", f.class, "app.yaml says how large it is")
	instance.Want(t, "allocatedStorage", f.storageGiB, "app.yaml says how large it is")
	instance.Want(t, "storageType", "gp3", "gp2 costs the same and is slower")
	instance.Want(t, "dbName", f.database, "the services ask for it")
	instance.Want(t, "username", masterUser, "another user would make another database")
	instance.Want(t, "vpcSecurityGroupIds", []string{group}, "the stack's settings name it")
	instance.Want(t, "publiclyAccessible", false, "nothing outside the VPC reaches it")
	wantDatabase(t, g, f.name, instance.Output("address"), f.database, instance.Output("masterUserSecrets[0].secretArn"), group)
}
