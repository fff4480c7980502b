package awsapi

// dns is how Terraform's AWS provider makes what directs a host name.
func dns() map[string]resourceType {
	return map[string]resourceType{
		"aws:route53/record:Record": {operations: []operation{{
			api: "route53", name: "ChangeResourceRecordSets", takes: "zoneId:HostedZoneId changeBatch:ChangeBatch " +
				"name:ChangeBatch type:ChangeBatch ttl:ChangeBatch records:ChangeBatch setIdentifier:ChangeBatch weightedRoutingPolicies:ChangeBatch healthCheckId:ChangeBatch",
			prepare: changeRecord,
		}}},
		"aws:route53/healthCheck:HealthCheck": {operations: []operation{
			{
				api: "route53", name: "CreateHealthCheck", takes: "callerReference type:HealthCheckConfig.Type fqdn:HealthCheckConfig.FullyQualifiedDomainName " +
					"port:HealthCheckConfig.Port resourcePath:HealthCheckConfig.ResourcePath enableSni:HealthCheckConfig.EnableSNI " +
					"requestInterval:HealthCheckConfig.RequestInterval failureThreshold:HealthCheckConfig.FailureThreshold",
				made: map[string]any{"callerReference": "terraform-20350101000000000000000001"},
			},
			{
				api: "route53", name: "ChangeTagsForResource", takes: "resourceType resourceId tags:AddTags", only: "tags",
				made: map[string]any{"resourceType": "healthcheck", "resourceId": "01234567-89ab-cdef-0123-456789abcdef"},
			},
		}},
	}
}

// changeRecord puts a record's inputs into a change that upserts it.
func changeRecord(inputs map[string]any) map[string]any {
	set := map[string]any{}
	for input, member := range map[string]string{"name": "name", "type": "type", "ttl": "TTL", "setIdentifier": "setIdentifier", "healthCheckId": "healthCheckId"} {
		if value, given := inputs[input]; given {
			set[member] = value
		}
	}
	records, listed := inputs["records"].([]any)
	var values []any
	for _, value := range records {
		values = append(values, map[string]any{"value": value})
	}
	if listed {
		set["resourceRecords"] = values
	}
	if policies, _ := inputs["weightedRoutingPolicies"].([]any); len(policies) == 1 {
		set["weight"] = policies[0]
		if policy, ok := policies[0].(map[string]any); ok {
			set["weight"] = policy["weight"]
		}
	}
	change := map[string]any{"action": "UPSERT", "resourceRecordSet": set}
	return map[string]any{"zoneId": inputs["zoneId"], "changeBatch": map[string]any{"changes": []any{change}}}
}
