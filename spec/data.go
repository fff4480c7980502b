package spec

import (
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"

	"github.com/invopop/jsonschema"

	"ambi/internal/goname"
)

// Data is what both targets share and what outlives the compute; exactly one of its fields is
// set.
type Data struct {
	Bucket   *Bucket   `json:"bucket,omitempty" jsonschema_description:"A bucket in S3."`
	Queue    *Queue    `json:"queue,omitempty" jsonschema_description:"A queue in SQS; its dead-letter queue comes with it."`
	Table    *Table    `json:"table,omitempty" jsonschema_description:"A table in DynamoDB, paid by request."`
	Valkey   *Valkey   `json:"valkey,omitempty" jsonschema_description:"A cache in ElastiCache Serverless, for Valkey."`
	Postgres *Postgres `json:"postgres,omitempty" jsonschema_description:"A PostgreSQL database: an RDS instance, or Aurora Serverless v2."`
}

// dataKind is what a kind of data is like to those that use it.
type dataKind struct {
	name      string // its key
	rights    []string
	variables []string // what the variables that say where it is add to its name
}

func dataKinds() []dataKind {
	return []dataKind{
		{"bucket", []string{"read", "write", "delete"}, []string{"_BUCKET"}},
		{"queue", []string{"send"}, []string{"_QUEUE_URL"}},
		{"table", []string{"read", "write"}, []string{"_TABLE"}},
		{"postgres", []string{"connect"}, []string{"_HOST", "_PORT", "_NAME", "_SECRET"}},
		{"valkey", []string{"connect"}, []string{"_HOST", "_PORT"}},
	}
}

// DataKinds lists the kinds of data by their keys.
func DataKinds() []string {
	var names []string
	for _, k := range dataKinds() {
		names = append(names, k.name)
	}
	return names
}

// kindOfData is what is known of a kind; nothing of one that there is not.
func kindOfData(name string) dataKind {
	for _, k := range dataKinds() {
		if k.name == name {
			return k
		}
	}
	return dataKind{}
}

// Kind is the key of the field that is set, such as bucket.
func (d *Data) Kind() string {
	switch {
	case d.Bucket != nil:
		return "bucket"
	case d.Queue != nil:
		return "queue"
	case d.Table != nil:
		return "table"
	case d.Postgres != nil:
		return "postgres"
	case d.Valkey != nil:
		return "valkey"
	}
	return ""
}

// DataUsage is what the spec says about the use of some data: of one kind, or nothing.
type DataUsage struct {
	Bucket   *BucketUsage
	Table    *TableUsage
	Postgres *PostgresUsage
	Valkey   *ValkeyUsage
}

// UsageOfData is what the spec says about the use of the data of a name.
func (a *App) UsageOfData(name string) DataUsage {
	switch d := a.Data[name]; {
	case d.Bucket != nil:
		return DataUsage{Bucket: d.Bucket.Usage}
	case d.Table != nil:
		return DataUsage{Table: d.Table.Usage}
	case d.Postgres != nil:
		return DataUsage{Postgres: d.Postgres.Usage}
	case d.Valkey != nil:
		return DataUsage{Valkey: d.Valkey.Usage}
	}
	return DataUsage{}
}

// DataNames lists the app's data in order.
func (a *App) DataNames() []string { return slices.Sorted(maps.Keys(a.Data)) }

// UploadsQueue is the name, among the data, of the queue through which a bucket's events reach
// a service.
func UploadsQueue(service string) string { return service + "-uploads" }

// DeadLetters is the name of a queue's dead-letter queue.
func DeadLetters(queue string) string { return queue + "-dead-letters" }

// DataVariables are the environment variables with the location of data, such as
// ORIGINALS_BUCKET, JOBS_QUEUE_URL or SESSIONS_TABLE.
func DataVariables(name, kind string) []string {
	var all []string
	for _, suffix := range kindOfData(kind).variables {
		all = append(all, strings.ToUpper(strings.ReplaceAll(name, "-", "_"))+suffix)
	}
	return all
}

// data checks each name, and what the data is.
func (v *validator) data() {
	if v.app.Given("data") && len(v.app.Data) == 0 {
		return // not empty, the grammar says
	}
	identifiers := map[string]string{}
	queues := map[string]string{} // the queues that come by themselves -> why
	for _, name := range v.app.ServiceNames() {
		if s := v.app.Services[name]; s != nil && s.Uploads != nil {
			queues[UploadsQueue(name)] = "the queue of the uploads to " + name
		}
	}
	for _, name := range v.app.DataNames() {
		if d := v.app.Data[name]; d.Queue != nil && !d.Queue.Existing {
			queues[DeadLetters(name)] = "the dead-letter queue of " + name
		}
	}
	for _, name := range v.app.DataNames() {
		path := child("data", name)
		if !v.sound(path) {
			continue
		}
		if problem := labelProblem(name); problem != "" {
			v.failKey(path, "the name "+problem)
			continue
		}
		if full := len(v.app.Name) + 1 + len(name); full > maxName && v.sound("name") {
			v.failKey(path, fmt.Sprintf("the name makes %s-%s, which has %d characters; at most %d are allowed", v.app.Name, name, full, maxName),
				"a bucket's name may have 63 characters, a queue's 80, including a suffix that makes it unique")
		}
		for _, id := range []string{goname.Unexported(name), goname.Exported(name)} {
			if first, taken := identifiers[id]; taken && first != name {
				v.failKey(path, fmt.Sprintf("the name becomes %s in Go, as %s in line %d does", id, first, v.keys[child("data", first)].Line), "rename one of the two")
				break
			}
			identifiers[id] = name
		}
		d := v.app.Data[name]
		if owner, taken := queues[name]; taken && d.Queue != nil {
			v.failKey(path, "the name is used by "+owner, "choose another name")
		}
		v.datum(path, name, d)
	}
}

func (v *validator) datum(path, name string, d *Data) {
	var kinds []string
	for _, key := range DataKinds() {
		if v.app.Given(path + "." + key) {
			kinds = append(kinds, key)
		}
	}
	switch {
	case len(kinds) > 1:
		v.fail(path+"."+kinds[1], strings.Join(kinds, " and ")+": choose one", "give each its own name")
	case len(kinds) == 0:
		v.fail(path, "must be one of "+strings.Join(DataKinds(), ", "), "such as {bucket: {}}")
	}
	if d.Bucket != nil && v.sound(path+".bucket") {
		v.bucket(path+".bucket", d.Bucket)
	}
	if d.Table != nil && v.sound(path+".table") {
		v.table(path+".table", d.Table)
	}
	if d.Valkey != nil && v.sound(path+".valkey") {
		v.valkey(path+".valkey", name, d.Valkey)
	}
	if d.Postgres != nil && v.sound(path+".postgres") {
		v.postgres(path+".postgres", name, d.Postgres)
	}
	if d.Queue != nil && d.Queue.Existing && v.sound(path+".queue") {
		v.existing(path+".queue", "attempts", "retention")
	}
}

// existing refuses keys of data that is left as it is.
func (v *validator) existing(path string, keys ...string) {
	for _, key := range keys {
		if at := path + "." + key; v.app.Given(at) {
			v.fail(at, "is only for what ambi makes, and this exists already", "remove it here, and set it where this is made")
		}
	}
}

// suggestData is a hint for a name that no data of a kind has.
func (v *validator) suggestData(name, kind string) []string {
	if len(v.found) > maxErrors {
		return nil
	}
	var all []string
	for _, n := range v.app.DataNames() {
		if kind == "" || v.app.Data[n].Kind() == kind {
			all = append(all, n)
		}
	}
	if len(all) == 0 {
		what := kind
		if kind == "" {
			what = "bucket"
		}
		return []string{fmt.Sprintf("name it under data, such as %s: {%s: {}}", quoteKey(name), what)}
	}
	if kind == "" {
		kind = "data's name"
	}
	if hint := nearest(name, all, kind); hint != "" {
		return []string{hint}
	}
	return nil
}

// quoteKey prints a name as a key of YAML.
func quoteKey(name string) string {
	if labelProblem(name) != "" {
		return "NAME"
	}
	return name
}

func (s schema) refineData() {
	data := property(s.root, "data")
	data.MaxProperties = number(maxServices)
	data.PropertyNames = &jsonschema.Schema{Pattern: labelPattern, MaxLength: number(maxName - 2)}
	for _, kind := range DataKinds() {
		data := s.of(reflect.TypeFor[Data]())
		data.OneOf = append(data.OneOf, &jsonschema.Schema{Required: []string{kind}})
	}
}
