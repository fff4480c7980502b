package updateimpact

// Data lists the changes of the data, and of what services have to do with it. Before and
// After are what a service has beside an image and an identity; one without either has none.
func Data() []Change {
	bucket := func(inner string) string { return "{NAME: {bucket: {" + inner + "}}}" }
	queue := func(inner string) string { return "{NAME: {queue: {" + inner + "}}}" }
	table := func(inner string) string { return "{NAME: {table: {" + inner + "}}}" }
	instance := func(inner string) string { return "{NAME: {postgres: {" + inner + "}}}" }
	const (
		database = `{NAME: {postgres: {version: "16", class: db.t4g.medium}}}`
		cors     = "cors: {origins: ['https://a.example.com'], methods: [PUT], headers: [Content-Type], maxAge: 1h}"
		one      = "{NAME: {queue: {}}}"
		two      = "{NAME: {queue: {}}, NAMEb: {queue: {}}}"
		buckets  = "{NAME: {bucket: {}}, NAMEb: {bucket: {}}}"
		visible  = "for how long the queue hides a message: deploy it first"
	)
	return []Change{
		{
			Fields:     []string{"data.*.bucket.versioning"},
			DataBefore: bucket(""), DataAfter: bucket("versioning: true"),
			Data: noted("create BucketVersioningV2", "taken away again, S3 keeps the versions that there are, and makes no new ones"),
		},
		{
			Fields:     []string{"data.*.bucket.expire"},
			DataBefore: bucket("expire: 30d"), DataAfter: bucket("expire: 20d"),
			Data: noted("update BucketLifecycleConfigurationV2", "a shorter time deletes what is older within a day or two"),
		},
		{
			Fields:     []string{"data.*.bucket.cors.origins[]", "data.*.bucket.cors.methods[]", "data.*.bucket.cors.headers[]", "data.*.bucket.cors.maxAge"},
			DataBefore: bucket(cors), DataAfter: bucket("cors: {origins: ['https://b.example.com'], methods: [GET], headers: [x-a], maxAge: 2h}"),
			Data: steps("update BucketCorsConfigurationV2"),
		},
		{
			Fields:     []string{"data.*.bucket.usage.stored", "data.*.bucket.usage.writes", "data.*.bucket.usage.reads", "data.*.table.usage.stored", "data.*.table.usage.writes", "data.*.table.usage.reads", "data.*.table.usage.itemSize", "data.*.postgres.usage.backups", "data.*.postgres.usage.capacity", "data.*.postgres.usage.stored", "data.*.postgres.usage.writes", "data.*.postgres.usage.reads", "data.*.valkey.usage.stored", "data.*.valkey.usage.writes", "data.*.valkey.usage.reads", "data.*.valkey.usage.itemSize"},
			DataBefore: bucket("usage: {stored: 1Gi, writes: 1/s, reads: 1/s}"), DataAfter: bucket("usage: {stored: 2Gi, writes: 2/s, reads: 2/s}"),
			Data: nothing("what compare assumes"),
		},
		{
			Fields:     []string{"data.*.queue.attempts"},
			DataBefore: queue(""), DataAfter: queue("attempts: 8"),
			Data: noted("update Queue", "a message keeps the attempts that it has used up"),
		},
		{
			Fields:     []string{"data.*.queue.retention"},
			DataBefore: queue(""), DataAfter: queue("retention: 2d"),
			Data: noted("update Queue", "a shorter time deletes what is older"),
		},
		{
			Fields:     []string{"data.*.queue.fifo"},
			DataBefore: one, Before: "{queue: {from: NAME}, concurrency: 4}", DataAfter: queue("fifo: true"),
			Data:       protected("replace Queue RedriveAllowPolicy, update MetricAlarm", "messages of the old queue are lost: rather make a second one, and let the first run dry"),
			Lambda:     noted("replace EventSourceMapping, update RolePolicy", "for the new queue"),
			Kubernetes: noted("update ConfigMap Deployment RolePolicy ScaledObject", "for the new queue, and one message a receive"),
		},
		{
			Fields:     []string{"data.*.bucket.existing"},
			DataBefore: bucket(""), DataAfter: bucket("existing: true"),
			Data: protected("delete BucketPolicy BucketPublicAccessBlock BucketServerSideEncryptionConfigurationV2 BucketV2", "to keep it and only hand it over, `pulumi state delete` each of them first"),
		},
		{
			Fields:     []string{"data.*.queue.existing"},
			DataBefore: queue(""), DataAfter: queue("existing: true"),
			Data: protected("delete Queue RedriveAllowPolicy MetricAlarm", "to keep it and only hand it over, `pulumi state delete` each of them first"),
		},
		{
			Fields:     []string{"data.*.table.key", "data.*.table.sort"},
			DataBefore: table("key: id"), DataAfter: table("key: other"),
			Data: protected("replace Table", "the new table has no items: rather add one of another name, copy the items, then move the services over."),
		},
		{
			Fields:     []string{"data.*.table.types.*"},
			DataBefore: table("key: id"), DataAfter: table("types: {id: number}"),
			Data: noted("update Table", "the preview says so, and AWS changes no type of a key that is deployed: as for the key, add a table, or an index, of another name"),
		},
		{
			Fields:     []string{"data.*.table.ttl"},
			DataBefore: table("key: id"), DataAfter: table("ttl: expires"),
			Data: noted("update Table", "taken away again, or changed, it stays as it was: \"aws dynamodb update-time-to-live\" turns it off, and an hour later another attribute may follow"),
		},
		{
			Fields:     []string{"data.*.table.recovery"},
			DataBefore: table("key: id"), DataAfter: table("recovery: false"),
			Data: noted("update Table", "turned off, the past is gone at once, and does not come back with it"),
		},
		{
			Fields:     []string{"data.*.table.indexes.*.key", "data.*.table.indexes.*.sort"},
			DataBefore: table("key: id, indexes: {by-a: {key: a, sort: b}}"), DataAfter: table("indexes: {by-a: {key: c, sort: b}}"),
			Data: noted("update Table", "the index is deleted and built anew, which may take hours, and services that ask it fail meanwhile: better add one of another name, move the services over, then remove the old one"),
		},
		{
			Fields:     []string{"data.*.valkey.maxStorage"},
			DataBefore: "{NAME: {valkey: {}}}", DataAfter: "{NAME: {valkey: {maxStorage: 2Gi}}}",
			Data: noted("update ServerlessCache", "a lower limit drops what no longer fits"),
		},
		{
			Fields:     []string{"data.*.postgres.version"},
			DataBefore: database, DataAfter: instance(`version: "17"`),
			Data: noted("replace ParameterGroup, update Instance", "the instance is upgraded during the update, and does not answer for minutes; AWS upgrades from one major version to most later ones, and never back. Take a snapshot first"),
		},
		{
			Fields:     []string{"data.*.postgres.class"},
			DataBefore: database, DataAfter: instance("class: db.t4g.large"),
			Data: noted("update Instance", "it restarts during the update, and does not answer for minutes"),
		},
		{
			Fields:     []string{"data.*.postgres.storage"},
			DataBefore: database, DataAfter: instance("storage: 100Gi"),
			Data: noted("update Instance", "while it answers; storage cannot shrink, and grows again only after 6 hours"),
		},
		{
			Fields:     []string{"data.*.postgres.backups"},
			DataBefore: database, DataAfter: instance("backups: 14d"),
			Data: noted("update Instance", "a shorter time deletes older backups"),
		},
		{
			Fields:     []string{"data.*.postgres.serverless.min", "data.*.postgres.serverless.max"},
			DataBefore: `{NAME: {postgres: {version: "17", serverless: {min: 0.5, max: 4}}}}`, DataAfter: instance("serverless: {min: 1, max: 8}"),
			Data: noted("update Cluster", "max_connections follows from the maximum once the instance has restarted"),
		},
		{
			Fields:     []string{"data.*.postgres.existing"},
			DataBefore: database, DataAfter: instance("existing: true, version: null, class: null"),
			Data: protected("delete Instance ParameterGroup SubnetGroup", "to keep it and only hand it over, `pulumi state delete` each of them first"),
		},
		{
			Fields:     []string{"services.*.queue.from"},
			DataBefore: two, Before: "{queue: {from: NAME}}", After: "{queue: {from: NAMEb}}",
			Data:       steps("update Queue MetricAlarm"),
			Lambda:     noted("replace EventSourceMapping, update RolePolicy", "messages in the old queue stay there, unless another service receives them"),
			Kubernetes: noted("update Deployment RolePolicy ScaledObject", "pods that run finish what they have taken from the old queue"),
		},
		{
			Fields:     []string{"services.*.queue.path", "services.*.uploads.path"},
			DataBefore: one, Before: "{queue: {from: NAME}}", After: "{queue: {path: /jobs}}",
			Lambda: steps(publish), Kubernetes: steps("update ConfigMap Deployment"),
		},
		{
			Fields:     []string{"services.*.queue.batch", "services.*.uploads.batch"},
			DataBefore: one, Before: "{queue: {from: NAME}}", After: "{queue: {batch: 5}}",
			Lambda: steps("update EventSourceMapping"), Kubernetes: nothing("one message per request"),
		},
		{
			Fields:     []string{"services.*.usage.batchSize"},
			DataBefore: one, Before: "{queue: {from: NAME, batch: 5}, usage: {batchSize: 2}}", After: "{usage: {batchSize: 3}}",
			Lambda: nothing("what compare assumes"), Kubernetes: nothing("what compare assumes"),
		},
		{
			Fields:     []string{"services.*.queue.window", "services.*.uploads.window"},
			DataBefore: one, Before: "{queue: {from: NAME}}", After: "{queue: {window: 5s}}",
			Data: noted("update Queue MetricAlarm", visible), Lambda: steps("update EventSourceMapping"), Kubernetes: nothing(""),
		},
		{
			Fields: []string{"services.*.timeout"}, Title: "of a service that events start",
			DataBefore: one, Before: "{queue: {from: NAME}}", After: "{timeout: 20s}",
			Data: noted("update Queue MetricAlarm", visible), Lambda: steps("update Function Alias MetricAlarm"), Kubernetes: steps("update ConfigMap Deployment"),
		},
		{
			Fields:     []string{"services.*.queue.pull", "services.*.uploads.pull"},
			DataBefore: one, Before: "{queue: {from: NAME}}", After: "{queue: {pull: app}}",
			Lambda:     noted(publish, "for the variable with the queue's address"),
			Kubernetes: noted("update Deployment RolePolicy, delete ConfigMap", "the delivery container goes, and the app takes messages itself"),
		},
		{
			Fields:     []string{"services.*.uploads.from"},
			DataBefore: buckets, Before: "{uploads: {from: NAME}}", After: "{uploads: {from: NAMEb}}",
			Data: noted("create BucketNotification, update QueuePolicy, delete BucketNotification", "the queue stays, with what is in it"),
		},
		{
			Fields:     []string{"services.*.uploads.prefix", "services.*.uploads.suffix"},
			DataBefore: bucket(""), Before: "{uploads: {from: NAME}}", After: "{uploads: {prefix: in/, suffix: .jpg}}",
			Data: noted("update BucketNotification", "objects that were there before start nothing"),
		},
		{
			Fields:     []string{"services.*.uses.*"},
			DataBefore: bucket(""), Before: "{http: {routes: [GET /NAME]}, uses: {NAME: [read]}}", After: "{uses: {NAME: [write]}}",
			Lambda:     noted("update RolePolicy", "for other data, Function and Alias too: it has another variable"),
			Kubernetes: noted("update RolePolicy", "for other data, the Deployment too: it has another variable"),
		},
		{
			Fields:     []string{"services.*.scale.backlog"},
			DataBefore: one, Before: "{queue: {from: NAME}}", After: "{scale: {backlog: 3}}",
			Lambda: nothing(""), Kubernetes: steps("update ScaledObject"),
		},
	}
}
