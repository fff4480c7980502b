package updateimpact

// Data lists the changes of the data, and of what services have to do with it. No test
// deploys them through the engine yet: they follow from the rules below and from what each
// field becomes.
func Data() []Change {
	data := func(steps, note string) Change {
		if note != "" {
			note = "; " + note
		}
		both := nothing("in stacks/data: " + steps + note)
		return Change{Lambda: both, Kubernetes: both}
	}
	of := func(c Change, fields ...string) Change {
		c.Fields = fields
		return c
	}
	return []Change{
		of(data("create BucketVersioningV2", "taken away again, S3 keeps the versions that there are, and makes no new ones"), "data.*.bucket.versioning"),
		of(data("update BucketLifecycleConfigurationV2", "a shorter time deletes what is older within a day or two"), "data.*.bucket.expire"),
		of(data("update BucketCorsConfigurationV2", ""),
			"data.*.bucket.cors.origins[]", "data.*.bucket.cors.methods[]", "data.*.bucket.cors.headers[]", "data.*.bucket.cors.maxAge"),
		of(data("update Queue", "a message keeps the attempts that it has used up"), "data.*.queue.attempts"),
		of(data("update Queue", "a shorter time deletes what is older"), "data.*.queue.retention"),
		{
			Fields: []string{"services.*.queue.from"},
			Lambda: noted("replace EventSourceMapping, update RolePolicy", "deploy stacks/data first; messages of the old queue stay there, and another service or nobody takes them"),
			Kubernetes: noted("update Deployment RolePolicy ScaledObject",
				"deploy stacks/data first; pods that run finish what they have taken from the old queue"),
		},
		{
			Fields: []string{"services.*.queue.path", "services.*.uploads.path"},
			Lambda: steps(publish), Kubernetes: steps("update ConfigMap Deployment"),
		},
		{
			Fields: []string{"services.*.queue.batch", "services.*.uploads.batch"},
			Lambda: steps("update EventSourceMapping"), Kubernetes: nothing("one message a request"),
		},
		{
			Fields:     []string{"services.*.queue.window", "services.*.uploads.window"},
			Lambda:     noted("update EventSourceMapping", "in stacks/data: update Queue, whose visibility timeout covers the window: deploy it first"),
			Kubernetes: nothing("in stacks/data: update Queue"),
		},
		{
			Fields:     []string{"services.*.queue.pull", "services.*.uploads.pull"},
			Lambda:     noted(publish, "for the variable with the queue's address"),
			Kubernetes: noted("update Deployment RolePolicy, delete ConfigMap", "the delivery container goes, and the app takes messages itself"),
		},
		{
			Fields:     []string{"services.*.uploads.from"},
			Lambda:     nothing("in stacks/data: update BucketNotification of both buckets, replace QueuePolicy; the queue stays, with what is in it"),
			Kubernetes: nothing("the same"),
		},
		{
			Fields:     []string{"services.*.uploads.prefix", "services.*.uploads.suffix"},
			Lambda:     nothing("in stacks/data: update BucketNotification; objects that were there before start nothing"),
			Kubernetes: nothing("the same"),
		},
		{
			Fields:     []string{"services.*.uses.*"},
			Lambda:     noted("update RolePolicy", "for other data, Function and Alias too: it has another variable"),
			Kubernetes: noted("update RolePolicy", "for other data, the Deployment too: it has another variable"),
		},
		{
			Fields: []string{"services.*.scale.backlog"},
			Lambda: nothing(""), Kubernetes: steps("update ScaledObject"),
		},
	}
}
