// Package data resolves what an app's services share and keep: buckets, queues, tables and
// databases in AWS, which have a program and stacks of their own, and which both targets use. It
// knows neither target; they read from it what a service finds and may do.
package data

import (
	"fmt"
	"hash/fnv"
	"strconv"
	"strings"

	"ambi/spec"
)

// Model is an app's data, resolved.
type Model struct {
	App      string
	Buckets  []Bucket   // by name
	Queues   []Queue    // by name, those of uploads too
	Tables   []Table    // by name
	Postgres []Postgres // by name
	Caches   []Valkey   // by name
}

// Empty reports whether the app has no data and needs no program for it.
func (m *Model) Empty() bool {
	return len(m.Buckets)+len(m.Queues)+len(m.Tables)+len(m.Postgres)+len(m.Caches) == 0
}

// Output is one output of the data's stacks, which services read.
type Output struct {
	Data, Kind string // such as originals, bucket
	Key        string // such as name, url or arn
	FIFO       bool   // of a FIFO queue, whose name ends in .fifo
}

// Name is the output's own.
func (o Output) Name() string { return o.Data + "." + o.Key }

// Example is an output of the form that AWS gives it, for what has a name in a region.
func (o Output) Example(name, region string) string {
	const account = "123456789012"
	if o.FIFO {
		name += ".fifo"
	}
	switch o.Kind + " " + o.Key {
	case "bucket arn":
		return "arn:aws:s3:::" + name
	case "queue arn":
		return "arn:aws:sqs:" + region + ":" + account + ":" + name
	case "queue url":
		return "https://sqs." + region + ".amazonaws.com/" + account + "/" + name
	case "table arn":
		return "arn:aws:dynamodb:" + region + ":" + account + ":table/" + name
	case "postgres host":
		return name + ".c9akciq32." + region + ".rds.amazonaws.com"
	case "postgres port":
		return strconv.Itoa(spec.PostgresPort)
	case "postgres name":
		return strings.ReplaceAll(name, "-", "_")
	case "postgres secret":
		return "arn:aws:secretsmanager:" + region + ":" + account + ":secret:rds!" + name + "-a1B2c3"
	case "valkey host":
		return name + "-c9akciq32.serverless." + region + ".cache.amazonaws.com"
	case "valkey port":
		return strconv.Itoa(spec.ValkeyPort)
	case "postgres group", "valkey group":
		sum := fnv.New64a()
		sum.Write([]byte(name))
		return fmt.Sprintf("sg-%017x", sum.Sum64())
	}
	return name
}

// Outputs lists what a stack of the data exports for the services.
func (m *Model) Outputs() []Output {
	var list []Output
	for _, b := range m.Buckets {
		list = append(list, Output{Data: b.Name, Kind: "bucket", Key: "name"}, Output{Data: b.Name, Kind: "bucket", Key: "arn"})
	}
	for _, q := range m.Queues {
		list = append(list, Output{q.Name, "queue", "url", q.FIFO}, Output{q.Name, "queue", "arn", q.FIFO})
	}
	for _, t := range m.Tables {
		list = append(list, Output{Data: t.Name, Kind: "table", Key: "name"}, Output{Data: t.Name, Kind: "table", Key: "arn"})
	}
	for _, c := range m.Caches {
		for _, key := range []string{"host", "port", "group"} {
			list = append(list, Output{Data: c.Name, Kind: "valkey", Key: key})
		}
	}
	for _, p := range m.Postgres {
		for _, key := range []string{"host", "port", "name", "secret", "group"} {
			list = append(list, Output{Data: p.Name, Kind: "postgres", Key: key})
		}
	}
	return list
}

// Switched reports whether a data stack says which target takes the messages of some queue.
func (m *Model) Switched() bool {
	for _, q := range m.Queues {
		if q.Switched {
			return true
		}
	}
	return false
}
