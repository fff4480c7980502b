package generator

import "ambi/target/data"

// DataPlan lists the resources that the program of the data would register, in the order of
// their declaration; none where the app has no data.
func DataPlan(in Input) []Resource {
	var plan []Resource
	if in.Data == nil {
		return nil
	}
	add := func(of, token, name string) { plan = append(plan, Resource{Type: token, Name: name, Data: of}) }
	for _, t := range in.Data.Tables {
		add(t.Name, "aws:dynamodb/table:Table", in.App+"-"+t.Name)
	}
	for _, c := range in.Data.Caches {
		add(c.Name, "aws:elasticache/serverlessCache:ServerlessCache", in.App+"-"+c.Name)
	}
	for _, p := range in.Data.Postgres {
		for _, token := range databaseTypes(p) {
			add(p.Name, token, in.App+"-"+p.Name)
		}
	}
	for _, q := range in.Data.Queues {
		if q.Existing {
			continue
		}
		name := in.App + "-" + q.Name
		add(q.Name, "aws:sqs/queue:Queue", name+"-dead-letters")
		add(q.Name, "aws:sqs/queue:Queue", name)
		add(q.Name, "aws:sqs/redriveAllowPolicy:RedriveAllowPolicy", name+"-dead-letters")
		add(q.Name, "aws:cloudwatch/metricAlarm:MetricAlarm", name+"-late")
		add(q.Name, "aws:cloudwatch/metricAlarm:MetricAlarm", name+"-dead-letters")
	}
	for _, b := range in.Data.Buckets {
		if b.Existing {
			continue
		}
		for _, token := range bucketTypes(b) {
			add(b.Name, token, in.App+"-"+b.Name)
		}
		for _, u := range b.Uploads {
			add(b.Name, "aws:sqs/queuePolicy:QueuePolicy", in.App+"-"+u.Queue)
		}
	}
	return plan
}

// databaseTypes lists the resources of a database, which all have its name.
func databaseTypes(p data.Postgres) []string {
	switch {
	case p.Existing:
		return nil
	case p.Serverless != nil:
		return []string{"aws:rds/subnetGroup:SubnetGroup", "aws:rds/clusterParameterGroup:ClusterParameterGroup", "aws:rds/cluster:Cluster", "aws:rds/clusterInstance:ClusterInstance"}
	}
	return []string{"aws:rds/subnetGroup:SubnetGroup", "aws:rds/parameterGroup:ParameterGroup", "aws:rds/instance:Instance"}
}

// bucketTypes lists the resources of a bucket that have its name.
func bucketTypes(b data.Bucket) []string {
	types := []string{
		"aws:s3/bucketV2:BucketV2",
		"aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock",
		"aws:s3/bucketPolicy:BucketPolicy",
		"aws:s3/bucketServerSideEncryptionConfigurationV2:BucketServerSideEncryptionConfigurationV2",
	}
	if b.Versioning {
		types = append(types, "aws:s3/bucketVersioningV2:BucketVersioningV2")
	}
	if b.ExpireDays > 0 {
		types = append(types, "aws:s3/bucketLifecycleConfigurationV2:BucketLifecycleConfigurationV2")
	}
	if b.CORS != nil {
		types = append(types, "aws:s3/bucketCorsConfigurationV2:BucketCorsConfigurationV2")
	}
	if len(b.Uploads) > 0 {
		types = append(types, "aws:s3/bucketNotification:BucketNotification")
	}
	return types
}
