package cloudformation

import (
	"fmt"
	"strconv"
	"strings"

	"ambi/importer/functions"
	"ambi/importer/source"
)

// data reads queues, buckets and tables.
func (r *reading) data() {
	dead := map[string]bool{} // queues for messages that failed
	r.find("AWS::SQS::Queue", func(_ string, n *source.Node) {
		if name, _ := r.target(n.Get("Properties", "RedrivePolicy", "deadLetterTargetArn")); name != "" {
			dead[name] = true
		}
	})
	add := func(kind, physical string, fill func(d *functions.Datum, a *functions.App, path string)) func(string, *source.Node) {
		return func(name string, n *source.Node) {
			r.used[name] = true
			if dead[name] && !r.consumed(name) {
				r.objects[name].Leave(n, "a queue has its own queue for messages that fail: it comes by itself", false)
				return
			}
			d := &functions.Datum{Object: r.objects[name], Node: n, Logical: name, Kind: kind}
			if called := n.Get("Properties", physical); called != nil {
				if d.Physical = called.Text; called.Why != "" && !strings.Contains(called.Text, "-") {
					d.Physical = ""
				}
				d.Skip(called) // a name of its own comes from the stack
			}
			d.Fill = func(a *functions.App, d *functions.Datum, path string) { fill(d, a, path) }
			r.app.Data = append(r.app.Data, d)
		}
	}
	r.find("AWS::SQS::Queue", add("queue", "QueueName", fillQueue))
	r.find("AWS::S3::Bucket", add("bucket", "BucketName", fillBucket))
	r.find("AWS::DynamoDB::Table", add("table", "TableName", fillTable))
	r.find("AWS::Serverless::SimpleTable", add("table", "TableName", fillSimple))
}

// consumed reports whether the messages of a queue start a function.
func (r *reading) consumed(queue string) bool {
	found := false
	look := func(n *source.Node) {
		if name, _ := r.target(n); name == queue {
			found = true
		}
	}
	r.find("AWS::Lambda::EventSourceMapping", func(_ string, n *source.Node) { look(n.Get("Properties", "EventSourceArn")) })
	r.find("AWS::Serverless::Function", func(_ string, n *source.Node) {
		events := n.Get("Properties", "Events")
		if events == nil {
			return
		}
		for _, key := range events.Keys {
			look(events.Get(key, "Properties", "Queue"))
		}
	})
	return found
}

func fillQueue(d *functions.Datum, a *functions.App, path string) {
	p := d.Node.Get("Properties")
	if p.Get("FifoQueue").String() == "true" {
		a.Set(path+".fifo", true)
	}
	d.Carry(p.Get("FifoQueue"), path+".fifo")
	if seconds, ok := p.Get("MessageRetentionPeriod").Int(); ok {
		if longest := 13 * 86400; seconds > longest {
			a.Set(path+".retention", "13d")
			d.Approximate(p.Get("MessageRetentionPeriod"), path+".retention", "13 days are the longest: the queue for messages that fail keeps them 14", false)
		} else {
			a.Set(path+".retention", age(seconds))
			d.Carry(p.Get("MessageRetentionPeriod"), path+".retention")
		}
	}
	if redrive := p.Get("RedrivePolicy"); redrive != nil {
		if n, ok := redrive.Get("maxReceiveCount").Int(); ok && n > 0 && n <= 1000 {
			a.Set(path+".attempts", n)
			d.Carry(redrive.Get("maxReceiveCount"), path+".attempts")
		}
		d.Skip(redrive.Child("deadLetterTargetArn"))
	}
	d.Leave(p.Get("VisibilityTimeout"), "is six times the timeout of the service that receives from it", false)
	for _, key := range []string{"SqsManagedSseEnabled", "KmsMasterKeyId", "KmsDataKeyReusePeriodSeconds", "ReceiveMessageWaitTimeSeconds"} {
		d.Leave(p.Get(key), "the stack encrypts the queue with SQS's own key and waits for messages", key == "KmsMasterKeyId")
	}
}

// age writes seconds as a spec does.
func age(seconds int) string {
	for _, unit := range []struct {
		name string
		of   int
	}{{"d", 86400}, {"h", 3600}, {"m", 60}} {
		if seconds%unit.of == 0 && seconds > 0 {
			return strconv.Itoa(seconds/unit.of) + unit.name
		}
	}
	return strconv.Itoa(seconds) + "s"
}

func fillBucket(d *functions.Datum, a *functions.App, path string) {
	p := d.Node.Get("Properties")
	if status := p.Get("VersioningConfiguration", "Status"); status.String() == "Enabled" {
		a.Set(path+".versioning", true)
		d.Carry(status, path+".versioning")
	}
	for _, rule := range p.Get("LifecycleConfiguration", "Rules").List() {
		days, ok := rule.Get("ExpirationInDays").Int()
		if ok && days > 0 && days <= 3650 && rule.Get("Prefix").String() == "" && rule.Get("TagFilters") == nil && rule.Get("Status").String() == "Enabled" {
			a.Set(path+".expire", fmt.Sprintf("%dd", days))
			d.Carry(rule.Get("ExpirationInDays"), path+".expire")
			d.Skip(rule.Get("Id"), rule.Get("Status"))
		}
	}
	rules := p.Get("CorsConfiguration", "CorsRules")
	if rules == nil {
		rules = p.Get("CorsConfiguration", "CORSRules")
	}
	if all := rules.List(); len(all) == 1 {
		rule := all[0]
		for key, from := range map[string]string{"origins": "AllowedOrigins", "methods": "AllowedMethods", "headers": "AllowedHeaders"} {
			for _, item := range rule.Get(from).List() {
				if key != "headers" || item.Text != "*" {
					a.Add(path+".cors."+key, item.Text)
				}
			}
		}
		d.Approximate(rules, path+".cors", "headers are named one by one in a spec, and * is none", false)
	}
	for _, key := range []string{"PublicAccessBlockConfiguration", "BucketEncryption", "OwnershipControls"} {
		d.Leave(p.Get(key), "the stack encrypts the bucket and blocks public access", false)
	}
	d.Leave(p.Get("AccessControl"), "the stack encrypts the bucket and blocks public access", p.Get("AccessControl").String() != "Private")
	d.Leave(p.Get("WebsiteConfiguration"), "a bucket of a spec is not public: serve the site from elsewhere", true)
}

func fillSimple(d *functions.Datum, a *functions.App, path string) {
	p := d.Node.Get("Properties")
	name := p.Get("PrimaryKey", "Name")
	key := "id"
	if name != nil {
		key = name.String()
	}
	a.Set(path+".key", key)
	d.Carry(name, path+".key")
	keyType(d, a, path, key, p.Get("PrimaryKey", "Type").String())
	d.Carry(p.Get("PrimaryKey", "Type"), path+".types")
	throughput(d)
}

func throughput(d *functions.Datum) {
	p := d.Node.Get("Properties")
	d.Leave(p.Get("ProvisionedThroughput"), "a table is paid by request", false)
	d.Leave(p.Get("SSESpecification"), "DynamoDB encrypts every table", p.Get("SSESpecification", "KMSMasterKeyId") != nil)
	d.Skip(p.Get("BillingMode"))
}

// keyType sets the type of a key that is not text.
func keyType(d *functions.Datum, a *functions.App, path, key, kind string) {
	switch kind {
	case "N", "Number":
		a.SetIn(append(strings.Split(path, "."), "types"), key, "number")
	case "B", "Binary":
		a.SetIn(append(strings.Split(path, "."), "types"), key, "binary")
	}
}

// fillTable reads a table of DynamoDB's.
// Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-dynamodb-table.html
func fillTable(d *functions.Datum, a *functions.App, path string) {
	p := d.Node.Get("Properties")
	types := map[string]string{}
	for _, attribute := range p.Get("AttributeDefinitions").List() {
		types[attribute.Get("AttributeName").String()] = attribute.Get("AttributeType").String()
	}
	keys := func(to string, schema *source.Node) {
		for _, item := range schema.List() {
			name := item.Get("AttributeName").String()
			at := to + ".key"
			if item.Get("KeyType").String() == "RANGE" {
				at = to + ".sort"
			}
			a.Set(at, name)
			keyType(d, a, path, name, types[name])
		}
		d.Carry(schema, to)
	}
	keys(path, p.Get("KeySchema"))
	d.Carry(p.Get("AttributeDefinitions"), path+".types")
	for _, index := range p.Get("GlobalSecondaryIndexes").List() {
		name := index.Get("IndexName").String()
		if name == "" || index.Get("IndexName").Why != "" || strings.Contains(name, ".") {
			d.Leave(index, "has no name that a spec can have", true)
			continue
		}
		keys(path+".indexes."+name, index.Get("KeySchema"))
		d.Skip(index.Get("IndexName"), index.Get("ProvisionedThroughput"))
		if projection := index.Get("Projection"); projection.Get("ProjectionType").String() == "ALL" {
			d.Skip(projection)
		} else {
			d.Approximate(projection, path+".indexes", "an index holds all attributes", false)
		}
	}
	if ttl := p.Get("TimeToLiveSpecification"); ttl.Get("Enabled").String() == "true" {
		a.Set(path+".ttl", ttl.Get("AttributeName").String())
		d.Carry(ttl, path+".ttl")
	}
	recovery := p.Get("PointInTimeRecoverySpecification", "PointInTimeRecoveryEnabled")
	if recovery.String() == "true" {
		d.Carry(recovery, path+".recovery")
	} else {
		a.Set(path+".recovery", false)
		a.Comment(path+".recovery", "was off: without it, no earlier state can be restored")
		d.Carry(recovery, path+".recovery")
	}
	d.Leave(p.Get("StreamSpecification"), "a table of a spec has no stream", true)
	d.Leave(p.Get("LocalSecondaryIndexes"), "a spec has global indexes alone", true)
	throughput(d)
}
