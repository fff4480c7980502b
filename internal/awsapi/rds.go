package awsapi

import "maps"

// databases says which operations of RDS create a database and what belongs to it.
func databases() map[string]resourceType {
	parameters := func(kind, name string) resourceType {
		return resourceType{operations: []operation{
			{api: "rds", name: "Create" + kind, takes: "name:" + name + " description family:DBParameterGroupFamily tags"},
			{api: "rds", name: "Modify" + kind, takes: "name:" + name + " parameters", only: "parameters", prepare: applied},
		}}
	}
	return map[string]resourceType{
		"aws:rds/subnetGroup:SubnetGroup": {operations: []operation{{
			api: "rds", name: "CreateDBSubnetGroup", takes: "name:DBSubnetGroupName description:DBSubnetGroupDescription subnetIds tags",
		}}},
		"aws:rds/parameterGroup:ParameterGroup":               parameters("DBParameterGroup", "DBParameterGroupName"),
		"aws:rds/clusterParameterGroup:ClusterParameterGroup": parameters("DBClusterParameterGroup", "DBClusterParameterGroupName"),
		"aws:rds/instance:Instance": {
			operations: []operation{{
				api: "rds", name: "CreateDBInstance", takes: "identifier:DBInstanceIdentifier engine engineVersion instanceClass:DBInstanceClass allocatedStorage storageType storageEncrypted " +
					"dbName:DBName username:MasterUsername manageMasterUserPassword parameterGroupName:DBParameterGroupName dbSubnetGroupName:DBSubnetGroupName vpcSecurityGroupIds " +
					"publiclyAccessible backupRetentionPeriod copyTagsToSnapshot deletionProtection autoMinorVersionUpgrade tags",
			}},
			unsent: "allowMajorVersionUpgrade applyImmediately skipFinalSnapshot finalSnapshotIdentifier", // ModifyDBInstance's and DeleteDBInstance's
		},
		"aws:rds/cluster:Cluster": {
			operations: []operation{{
				api: "rds", name: "CreateDBCluster", takes: "clusterIdentifier:DBClusterIdentifier engine engineVersion databaseName masterUsername manageMasterUserPassword " +
					"dbClusterParameterGroupName:DBClusterParameterGroupName dbSubnetGroupName:DBSubnetGroupName vpcSecurityGroupIds storageEncrypted backupRetentionPeriod copyTagsToSnapshot " +
					"deletionProtection serverlessv2ScalingConfiguration:ServerlessV2ScalingConfiguration tags",
			}},
			unsent: "allowMajorVersionUpgrade applyImmediately skipFinalSnapshot finalSnapshotIdentifier", // ModifyDBCluster's and DeleteDBCluster's
		},
		"aws:rds/clusterInstance:ClusterInstance": {operations: []operation{{
			api: "rds", name: "CreateDBInstance", takes: "identifier:DBInstanceIdentifier clusterIdentifier:DBClusterIdentifier engine instanceClass:DBInstanceClass publiclyAccessible tags",
		}}},
		"aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule": {operations: []operation{{
			api: "ec2", name: "AuthorizeSecurityGroupIngress", takes: "securityGroupId:GroupId fromPort:IpPermissions toPort:IpPermissions ipProtocol:IpPermissions " +
				"referencedSecurityGroupId:IpPermissions description:IpPermissions tags:TagSpecifications", prepare: permission,
		}}},
	}
}

// applied says of each parameter when it is applied, as the provider does.
func applied(inputs map[string]any) map[string]any {
	given := maps.Clone(inputs)
	list, _ := inputs["parameters"].([]any)
	var parameters []any
	for _, value := range list {
		parameter, ok := value.(map[string]any)
		if !ok {
			return given
		}
		parameters = append(parameters, map[string]any{
			"parameterName": parameter["name"], "parameterValue": parameter["value"], "applyMethod": "immediate",
		})
	}
	given["parameters"] = parameters
	return given
}

// permission puts a rule of a security group where EC2 has it.
func permission(inputs map[string]any) map[string]any {
	tags := inputs["tags"]
	if all, ok := tags.(map[string]any); ok {
		var list []any
		for key, value := range sorted(all) {
			list = append(list, map[string]any{"key": key, "value": value})
		}
		tags = []any{map[string]any{"resourceType": "security-group-rule", "tags": list}}
	}
	return map[string]any{
		"securityGroupId": inputs["securityGroupId"],
		"fromPort": []any{map[string]any{
			"fromPort": inputs["fromPort"], "toPort": inputs["toPort"], "ipProtocol": inputs["ipProtocol"],
			"userIdGroupPairs": []any{map[string]any{"groupId": inputs["referencedSecurityGroupId"], "description": inputs["description"]}},
		}},
		"tags": tags,
	}
}
