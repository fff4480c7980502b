package spectest

import (
	"fmt"
	"slices"
	"strings"
)

// The app's data, and what it starts.

// datum is one of the data that is drawn.
type datum struct {
	name     string
	queue    bool
	table    bool
	postgres bool
	valkey   bool
	taken    bool     // a queue whose messages a service takes
	fifo     bool     // a queue that keeps the order of groups
	exists   bool     // and is not made
	starts   []string // prefixes of a bucket's keys whose uploads start a service, "" for all
}

// draw picks what there is to keep, and what starts each service.
func (g *generator) draw() {
	g.triggers, g.fifo = make([]string, len(g.names)), make([]bool, len(g.names))
	for i := range g.triggers {
		g.triggers[i] = "http"
	}
	for i := range g.triggers {
		if g.IntN(8) == 0 && (i > 0 || g.sometimes()) {
			g.triggers[i] = "schedule"
		} else if g.anything && g.IntN(8) == 0 { // lambda refuses it
			g.triggers[i] = "worker"
		}
	}
	if g.sometimes() {
		return // an app without data
	}
	names := []string{
		"originals", "thumbnails", "jobs", "type", "main", "init", "func", "string", "url", "arn", "name", "region", "consumer", "protect", "data", "datastack",
		"queue", "bucket", "queue-test", "load-test", "api-linux", "x86-64", "error", "err", "nil", "ctx", "pulumi", "stack", "settings", "a", "a1", "read", "reader", "r",
	}
	g.Shuffle(len(names), func(i, j int) { names[i], names[j] = names[j], names[i] })
	for _, name := range names[:1+g.IntN(4)] {
		d := &datum{name: name}
		switch g.IntN(7) {
		case 0:
			d.table = true
		case 6:
			d.valkey = true
		case 5:
			d.postgres, d.exists = true, g.IntN(4) == 0
		case 1, 2:
			d.queue, d.exists = true, g.IntN(4) == 0
			d.fifo = g.IntN(3) == 0
		default:
			d.exists = g.IntN(4) == 0
		}
		g.data = append(g.data, d)
	}
	for i := range g.names {
		if !g.requests(i) || g.IntN(2) == 0 || i == 0 && g.IntN(4) > 0 {
			continue
		}
		switch d := g.data[g.IntN(len(g.data))]; {
		case d.queue && !d.taken:
			d.taken = true
			g.triggers[i] = "queue: {from: " + g.key(d.name)
			g.fifo[i] = d.fifo
		case !d.queue && !d.table && !d.postgres && !d.valkey && !d.exists:
			filter := "prefix: " + g.names[i] + g.one("/", "/in/", "/it's(1)!/") + ", "
			prefix := strings.TrimSuffix(strings.TrimPrefix(filter, "prefix: "), ", ")
			if len(d.starts) == 0 && g.IntN(4) == 0 {
				filter, prefix = "", ""
			} else if slices.Contains(d.starts, "") {
				continue
			}
			d.starts = append(d.starts, prefix)
			if g.sometimes() {
				filter += "suffix: " + g.one(".jpg", "/x.tar.gz", "('!')") + ", "
			}
			g.triggers[i] = "uploads: {" + filter + "from: " + g.key(d.name)
		}
	}
}

// events reports whether messages start a service, requests whether requests do, scheduled
// whether it runs at set times, and works whether it runs all the time.
func (g *generator) events(i int) bool    { return !g.requests(i) && !g.scheduled(i) && !g.works(i) }
func (g *generator) works(i int) bool     { return g.triggers[i] == "worker" }
func (g *generator) requests(i int) bool  { return g.triggers[i] == "http" }
func (g *generator) scheduled(i int) bool { return g.triggers[i] == "schedule" }

// schedule writes when a service runs.
func (g *generator) schedule() {
	entries := []string{"cron: " + g.quoted(g.one("0 6 * * MON-FRI", "*/5 * * * *", "30 2 * * *", "59 23 29 2 *", "0 0 1 jan,jul *", "1-3,7 8-18/5 * * 0,6"))}
	if g.sometimes() {
		entries = append(entries, "timeZone: "+g.one("UTC", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe"))
	}
	if g.sometimes() {
		entries = append(entries, "input: "+g.quoted(g.one("null", "{}", `{"kind": "it's $(HOME)"}`, `"$ \\ ü"`, "[1, 2.50]", "{\"tick\": \"`\"}")))
	}
	if g.sometimes() {
		entries = append(entries, "path: "+g.one("/", "/events", "/jobs/.x_y~z"))
	}
	if g.sometimes() {
		most := 10
		if !g.anything {
			most = 3 // what Lambda takes
		}
		entries = append(entries, fmt.Sprintf("attempts: %d", g.between(1, most)))
	}
	if g.sometimes() {
		entries = append(entries, "overlap: "+g.one("allow", "forbid"))
	}
	g.line(2, "schedule: {%s}", strings.Join(entries, ", "))
}

// keep writes data.
func (g *generator) keep() {
	if len(g.data) == 0 {
		return
	}
	g.line(0, "data:")
	for _, d := range g.data {
		var entries []string
		if d.exists {
			entries = append(entries, "existing: true")
		}
		if d.fifo {
			entries = append(entries, "fifo: true")
		}
		switch {
		case d.postgres && !d.exists:
			g.line(1, "%s: {postgres: {%s}}", g.key(d.name), g.postgres())
			continue
		case d.valkey:
			g.line(1, "%s: {valkey: {%s}}", g.key(d.name), g.one("", "maxStorage: 1Gi", "maxStorage: 5000Gi", "usage: {stored: 0, writes: 1/s, reads: 5M/month, itemSize: 1500}"))
			continue
		case d.postgres:
			g.line(1, "%s: {postgres: {existing: true}}", g.key(d.name))
			continue
		case d.exists:
			g.line(1, "%s: {%s: {%s}}", g.key(d.name), map[bool]string{true: "queue", false: "bucket"}[d.queue], strings.Join(entries, ", "))
			continue
		case d.queue:
			if g.sometimes() {
				entries = append(entries, fmt.Sprintf("attempts: %d", g.between(1, 15)))
			}
			if g.sometimes() {
				entries = append(entries, "retention: "+g.one("4d", "100h", "13d", "1000000s"))
			}
			g.line(1, "%s: {queue: {%s}}", g.key(d.name), strings.Join(entries, ", "))
			continue
		case d.table:
			g.line(1, "%s: {table: {%s}}", g.key(d.name), g.table())
			continue
		case g.sometimes():
			entries = append(entries, "versioning: "+g.one("true", "false"))
		}
		if g.sometimes() {
			entries = append(entries, "expire: "+g.one("1d", "24h", "3650d"))
		}
		if g.IntN(3) == 0 {
			origins := []string{`"*"`}
			if g.sometimes() {
				origins = g.allQuoted(g.some("https://app.example.com", "http://localhost:3000"))
			}
			cors := []string{"origins: [" + strings.Join(origins, ", ") + "]", "methods: [" + strings.Join(g.some("GET", "HEAD", "PUT", "POST", "DELETE"), ", ") + "]"}
			if g.sometimes() {
				cors = append(cors, "headers: ["+strings.Join(g.some("Content-Type", "x-amz-acl"), ", ")+"]")
			}
			if g.sometimes() {
				cors = append(cors, "maxAge: "+g.one("1s", "1h", "24h"))
			}
			entries = append(entries, "cors: {"+strings.Join(cors, ", ")+"}")
		}
		if g.IntN(3) == 0 {
			usage := g.some("stored: "+g.one("0", "50Gi", "9T"), "writes: "+g.one("1/month", "1M/month", "3/s"), "reads: "+g.one("1/month", "5k/day"))
			entries = append(entries, "usage: {"+strings.Join(usage, ", ")+"}")
		}
		g.line(1, "%s: {bucket: {%s}}", g.key(d.name), strings.Join(entries, ", "))
	}
}

// table writes what a table has.
func (g *generator) table() string {
	entries := []string{"key: " + g.one("id", "_k", "a.b-c")}
	types := []string{}
	if g.sometimes() {
		entries = append(entries, "sort: at")
		types = append(types, "at: "+g.one("string", "number", "binary"))
	}
	if g.sometimes() {
		entries = append(entries, "ttl: "+g.one("expires", "e_1"))
	}
	if g.sometimes() {
		entries = append(entries, "recovery: "+g.one("true", "false"))
	}
	if g.IntN(3) == 0 {
		usage := g.some("stored: "+g.one("0", "3Gi"), "writes: "+g.one("1/month", "2M/month"), "reads: "+g.one("1/month", "5k/day"), "itemSize: "+g.one("0", "1500", "1Mi"))
		entries = append(entries, "usage: {"+strings.Join(usage, ", ")+"}")
	}
	if g.sometimes() {
		var indexes []string
		for _, name := range g.some("by-x", "type", "A.b_c") {
			index := name + ": {key: " + g.one("x", "id")
			if g.sometimes() {
				index += ", sort: created"
			}
			indexes = append(indexes, index+"}")
		}
		entries = append(entries, "indexes: {"+strings.Join(indexes, ", ")+"}")
	}
	if len(types) > 0 && g.sometimes() {
		entries = append(entries, "types: {"+strings.Join(types, ", ")+"}")
	}
	return strings.Join(entries, ", ")
}

// postgres writes what a database has.
func (g *generator) postgres() string {
	entries := []string{"version: " + g.quoted(g.one("14", "15.10", "16.6", "17", "18"))}
	if g.sometimes() {
		entries = append(entries, "serverless: {min: "+g.one("0", "0.5", "1")+", max: "+g.one("1", "4", "128.5")+"}")
		if g.IntN(3) == 0 {
			usage := g.some("capacity: 1", "stored: "+g.one("0", "20Gi"), "writes: 1/s", "reads: 5M/month", "backups: 30Gi")
			entries = append(entries, "usage: {"+strings.Join(usage, ", ")+"}")
		}
	} else {
		entries = append(entries, "class: "+g.one("db.t4g.micro", "db.r7g.2xlarge", "db.x2g.large"))
		if g.sometimes() {
			entries = append(entries, "storage: "+g.one("20Gi", "64Ti", "100Gi"), "usage: {backups: "+g.one("0", "70Gi")+"}")
		}
	}
	if g.sometimes() {
		entries = append(entries, "backups: "+g.one("1d", "48h", "35d"))
	}
	return strings.Join(entries, ", ")
}

// trigger writes what starts a service by events.
func (g *generator) trigger(i int) {
	entries := []string{g.triggers[i]}
	if g.sometimes() {
		entries = append(entries, "path: "+g.one("/", "/events", "/jobs/.x_y~z"))
	}
	switch g.IntN(3) {
	case 0:
		entries = append(entries, fmt.Sprintf("batch: %d", g.between(1, 10)))
	case 1:
		if g.fifo[i] {
			break
		}
		entries = append(entries, fmt.Sprintf("batch: %d", g.between(1, 10_000)), "window: "+g.one("1s", "90s", "5m"))
	}
	if g.IntN(4) == 0 {
		entries = append(entries, "pull: app")
	}
	g.line(2, "%s}", strings.Join(entries, ", "))
}

// startable says whether objects can start the service, by whatever lies between.
func (g *generator) startable(i int) bool {
	byItself := g.triggers[i] == "http" || g.triggers[i] == "schedule"
	return !byItself || slices.ContainsFunc(g.calls, func(calls []bool) bool { return calls[i] })
}

// uses writes what a service may do with the data, and never what would start it again.
func (g *generator) uses(s *service, i int) {
	s.permissions = s.permissions || g.events(i)
	var lines []string
	for _, d := range g.data {
		if g.sometimes() {
			continue
		}
		if d.queue {
			lines = append(lines, g.key(d.name)+": [send]")
			continue
		}
		if d.postgres || d.valkey {
			lines = append(lines, g.key(d.name)+": [connect]")
			s.reaches = true
			continue
		}
		if d.table {
			lines = append(lines, g.key(d.name)+": ["+strings.Join(g.some("read", "write"), ", ")+"]")
			continue
		}
		var rights []string
		byPrefix := g.sometimes()
		for _, right := range g.some("read", "write", "delete") {
			switch {
			case right == "write" && g.startable(i) && len(d.starts) > 0:
				if !slices.Contains(d.starts, "") && byPrefix {
					rights = append(rights, "write: [out/]")
				}
			case !byPrefix:
				rights = append(rights, right)
			case g.sometimes():
				rights = append(rights, right+": []")
			default:
				rights = append(rights, right+": ["+strings.Join(g.some("incoming/", "a.b-c", "it's(1)!/"), ", ")+"]")
			}
		}
		switch {
		case len(rights) == 0:
		case byPrefix:
			lines = append(lines, g.key(d.name)+": {"+strings.Join(rights, ", ")+"}")
		default:
			lines = append(lines, g.key(d.name)+": ["+strings.Join(rights, ", ")+"]")
		}
	}
	if len(lines) == 0 {
		return
	}
	s.permissions = true
	g.line(2, "uses:")
	for _, line := range lines {
		g.line(3, "%s", line)
	}
}

// eventsScale is [generator.scale] for a service that events start.
func (g *generator) eventsScale(s *service) {
	most := 1000
	if !g.anything {
		most = 1000 / s.concurrency // what an event source mapping takes
	}
	s.max = g.between(2, most)
	low, metric := g.between(1, s.max), ""
	switch g.IntN(4) {
	case 0:
		metric = fmt.Sprintf(", cpu: %d", g.between(1, 100))
	case 1:
		metric = fmt.Sprintf(", memory: %d", g.between(1, 100))
	case 2:
		if s.worker {
			break
		}
		metric = fmt.Sprintf(", backlog: %d", g.between(1, 100_000))
	}
	if backlog := metric == "" || strings.HasPrefix(metric, ", backlog"); (backlog || g.anything) && g.sometimes() {
		low = 0
	}
	g.line(2, "scale: {min: %d, max: %d%s}", low, s.max, metric)
}
