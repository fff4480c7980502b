package compare

import (
	"slices"

	"ambi/compare/price/cost"
	"ambi/spec"
	"ambi/target/data"
	"ambi/target/kubernetes"
	"ambi/target/lambda"
	"ambi/target/traffic"
)

// messages reports whether some service that messages start has a property.
func (c *comparison) messages(is func(cost.Workload) bool) bool {
	return slices.ContainsFunc(c.app.Workloads, func(w cost.Workload) bool { return w.Events != nil && is(w) })
}

// assumeMessages adds the assumptions on services that messages start.
func (c *comparison) assumeMessages(say sayer) {
	if !c.messages(func(cost.Workload) bool { return true }) {
		return
	}
	say("messages", "", "each succeeds at the first attempt: a message that comes back after a failure is processed, and paid for, again")
	say("messages", "aws.amazon.com/sqs/pricing", "SQS meters each 64 KB of messages as a request, for senders too: for uploads that is S3")
	if c.messages(func(w cost.Workload) bool { return w.Events.Batch > 1 }) {
		say("messages", "", "an invocation processes its messages one after the other")
	}
	say("messages", lambda.EventScalingPage, "Lambda keeps at least %d receives open on a queue, or its maximumConcurrency, if that is less", lambda.Pollers)
	say("messages", "observed by others: three empty receives a minute each (github.com/getlift/lift/issues/132)", "each receive waits 20 s for a message, like the delivery container's")
	say("messages", "warpstreamlabs/bento, internal/impl/aws/input_sqs.go", "a pod's delivery container keeps one receive open, deletes finished messages once a second, and requests %dm CPU and %d MiB; an app that pulls is assumed to receive and delete alike", kubernetes.DeliveryMilliCPU, kubernetes.DeliveryMemoryMiB)
	if c.messages(func(w cost.Workload) bool { return w.Pod.Backlog > 0 }) {
		say("messages", "keda.sh/docs/latest/scalers/aws-sqs", "KEDA counts messages every %s; while pods run, the autoscaler has it count every %s", kubernetes.KEDAPoll, kubernetes.AutoscalerSync)
		say("replicas", "Little's law", "with scale.backlog, as many as the messages in progress need, at the backlog and at the concurrency of a pod: with enough replicas, no message waits for long")
	}
	if c.messages(func(w cost.Workload) bool { return w.Pod.Min == 0 }) {
		say("replicas", "Poisson arrivals", "with scale.min 0, the last pod is removed %s after the last message; services that scale to zero are assumed to have their pods at the same time, as far as possible", spec.Duration(kubernetes.KEDACooldown))
	}
	if c.Choices.Kubernetes.NATGateways > 0 {
		say("network", "", "traffic between pods and SQS or S3 does not pass a NAT gateway, except for outboundSize")
	}
	if c.app.OverHTTP() {
		say("messages", "", "they grow in proportion to requests")
	}
}

// assumeWorkers adds the assumptions on services that run all the time by themselves.
func (c *comparison) assumeWorkers(say sayer) {
	if slices.ContainsFunc(c.app.Workloads, func(w cost.Workload) bool { return w.Worker }) {
		say("workers", "", "as many pods as scale.min, at all times; what they log and send is not known, and not included, and the CPU time that they use counts as idle")
	}
	if slices.ContainsFunc(c.app.Workloads, func(w cost.Workload) bool { return w.ClaimGB > 0 }) {
		say("disks", "", "claims are disks of gp3, at its usual speed")
	}
}

// assumeDatabases adds the assumptions on databases.
func (c *comparison) assumeDatabases(say sayer) {
	has := func(class bool) bool {
		return slices.ContainsFunc(c.app.Data.Databases, func(d cost.Database) bool { return (d.Class != "") == class })
	}
	if has(true) {
		say("data", "aws.amazon.com/blogs/database/demystifying-amazon-rds-backup-storage-costs", "database instances are as the spec has them, whatever the requests; backups are free up to the storage of all instances of a region")
	}
	if has(false) {
		say("data", "docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/aurora-storage-backup.html", "Aurora: the mean capacity is as given, or the least that the spec allows, whatever the requests; storage, reads and writes are as given, and grow with them; backups are free up to the size of the database, and for one day altogether")
	}
	if has(true) || has(false) {
		say("data", "", "databases have one instance and no proxy, and each has a secret with its password")
	}
}

// assumeData adds the assumptions on the app's data.
func (c *comparison) assumeData(r Result, say sayer) {
	if c.app.Data.Queues > 0 {
		say("alarms", "the data stack", "%d for each queue and its dead letters", data.AlarmsOfQueue)
	}
	if len(c.app.Data.Buckets) > 0 {
		say("data", "the user", "storage and requests of buckets are as given, grow with the app's requests, and are the same on both targets")
	}
	if len(c.app.Data.Tables) > 0 {
		say("data", "the user", "storage and requests of tables are as given, grow with the app's requests, and are the same on both targets")
		say("data", "docs.aws.amazon.com/amazondynamodb/latest/developerguide/read-write-operations.html", "tables: a write is metered by each 1 KB of the item, for the table and again for each index; a read by each 4 KB, at half a unit, because it may return what was there some moments ago: reads that must be current, and transactions, cost twice as much")
	}
	if slices.ContainsFunc(c.app.Data.Tables, func(t cost.Table) bool { return t.Recovery }) {
		say("data", "docs.aws.amazon.com/amazondynamodb/latest/developerguide/PointInTimeRecovery_Howitworks.html", "tables: point-in-time recovery is metered by the table without its indexes, each of which is taken to hold as much")
	}
	c.assumeDatabases(say)
	if len(c.app.Data.Caches) > 0 {
		say("data", "aws.amazon.com/elasticache/pricing", "caches: storage and commands are as given, and grow with the app's requests; ElastiCache meters at least 100 MB, and each command by the KB that it transfers, one at least")
	}
	if c.app.Data.Switch.Domains > 0 {
		say("switch", "aws.amazon.com/route53/pricing", "Route 53, the same on both targets: one hosted zone; a health check of each domain on each target, over HTTPS, every 30 s, and in AWS; and at most so many queries as if each new connection looked up the domain and then the target's own host: resolvers keep answers for %d s, and ask less often", traffic.TTLSeconds)
	}
	if left := leftOut(r.NotPriced, true); left != "" {
		say("data", "", "not included: %s", left)
	}
}
