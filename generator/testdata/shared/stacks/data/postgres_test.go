package main

import "example.com/golden/stacks/stacktest"

const subnetGroupType = "aws:rds/subnetGroup:SubnetGroup"

// checkSubnetGroup holds a database to the stack's subnets, and to a final snapshot whose name is
// not taken after a second deployment.
func checkSubnetGroup(t stacktest.T, g *stacktest.Graph, s expectations, f postgresFacts, database *stacktest.Resource) {
	t.Helper()
	subnets := g.One(t, subnetGroupType, f.title())
	checkKept(t, subnets, s, f.name)
	checkDescribed(t, subnets)
	subnets.Want(t, "subnetIds", []string{"subnet-1", "subnet-2"}, "the stack's settings name them")
	database.Want(t, "dbSubnetGroupName", subnets.Output("name"), "the database is in the stack's subnets", subnets)
	database.Want(t, "skipFinalSnapshot", false, "a database that is deleted leaves a snapshot")
	database.Want(t, "finalSnapshotIdentifier", subnets.Output("name").(string)+"-final", "no second deployment has the same name", subnets)
	database.Want(t, "storageEncrypted", true, "it cannot be encrypted later")
	database.Want(t, "manageMasterUserPassword", true, "the password is in no program and no state")
	database.Want(t, "backupRetentionPeriod", f.backupDays, "app.yaml says how far back it can be restored")
	database.Want(t, "copyTagsToSnapshot", true, "bills and tools go by them")
	database.Want(t, "deletionProtection", s.keep, "others than Pulumi may not delete it either")
	database.Want(t, "allowMajorVersionUpgrade", true, "app.yaml says the version")
	database.Want(t, "applyImmediately", true, "an update ends with what its preview showed")
	database.Want(t, "engineVersion", f.version, "app.yaml says the version")
}

// checkTLS holds the parameters of a database to refusing connections in plain text.
func checkTLS(t stacktest.T, parameters *stacktest.Resource, f postgresFacts, family string) {
	t.Helper()
	checkDescribed(t, parameters)
	parameters.Want(t, "family", family+f.major, "it is of the database's version")
	parameters.Want(t, "parameters[name=rds.force_ssl].value", "1", "connections are encrypted")
	parameters.Want(t, "tags", map[string]string{"app": app, "data": f.name}, "bills and tools go by them")
}

func checkDescribed(t stacktest.T, r *stacktest.Resource) {
	t.Helper()
	if text, _ := r.Input("description").(string); text == "" {
		t.Errorf("%s: has no description: people find it by that", r)
	}
}
