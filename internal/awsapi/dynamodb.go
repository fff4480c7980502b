package awsapi

// table says which operations of DynamoDB create a table.
func table() resourceType {
	return resourceType{operations: []operation{
		{
			api: "dynamodb", name: "CreateTable", takes: "name:TableName billingMode attributes:AttributeDefinitions hashKey:KeySchema rangeKey:KeySchema " +
				"globalSecondaryIndexes deletionProtectionEnabled tags", prepare: nestKeys,
		},
		{api: "dynamodb", name: "UpdateTimeToLive", takes: "name:TableName ttl:TimeToLiveSpecification", only: "ttl"},
		{api: "dynamodb", name: "UpdateContinuousBackups", takes: "name:TableName pointInTimeRecovery:PointInTimeRecoverySpecification", only: "pointInTimeRecovery"},
	}}
}

// nestKeys puts the keys of a table and of its indexes into the lists that DynamoDB has
// for them.
func nestKeys(inputs map[string]any) map[string]any {
	given := map[string]any{}
	for name, value := range inputs {
		given[name] = value
	}
	given["hashKey"] = keySchema(inputs)
	delete(given, "rangeKey")
	list, ok := inputs["globalSecondaryIndexes"].([]any)
	if !ok {
		return given
	}
	var indexes []any
	for _, value := range list {
		index, ok := value.(map[string]any)
		if !ok {
			return given
		}
		indexes = append(indexes, map[string]any{
			"name": index["name"], "keySchema": keySchema(index), "projection": map[string]any{"projectionType": index["projectionType"]},
		})
	}
	delete(given, "globalSecondaryIndexes") // no list, where it is empty
	if indexes != nil {
		given["globalSecondaryIndexes"] = indexes
	}
	return given
}

func keySchema(of map[string]any) []any {
	var keys []any
	for _, key := range []struct{ input, role string }{{"hashKey", "HASH"}, {"rangeKey", "RANGE"}} {
		element := map[string]any{"keyType": key.role}
		if of[key.input] != nil {
			element["attributeName"] = of[key.input]
		} else if key.role == "RANGE" {
			continue
		}
		keys = append(keys, element)
	}
	return keys
}
