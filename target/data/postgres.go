package data

import (
	"strconv"
	"strings"

	"ambi/internal/lazyregexp"
	"ambi/spec"
)

// Postgres is one PostgreSQL database: an instance in RDS, or a serverless cluster in Aurora.
type Postgres struct {
	Name       string
	Existing   bool   // it is not made here: a stack's settings say which it is
	Database   string // its name within PostgreSQL
	Version    string
	Major      string // of Version
	Class      string // of an instance; empty for Aurora
	StorageGiB int    // of an instance
	Serverless *Capacity
	BackupDays int
	// MaxConnections is PostgreSQL's setting max_connections as AWS derives it from the memory,
	// of which the operating system takes a part first; 0 where it is unknown.
	MaxConnections int
}

// Capacity bounds an Aurora cluster, in ACUs.
type Capacity struct{ Min, Max float64 }

// Secret is the secret with a database's user and password.
const Secret Part = "secret"

func (r *resolver) postgres(at, name string, p *spec.Postgres) Postgres {
	if p.Existing {
		r.notes.Approximate(at, "a database that exists already: the data stack registers nothing for it, and its settings %[1]s.host, %[1]s.name, %[1]s.secretArn and %[1]s.securityGroupId say which it is. The secret must be a JSON object with username and password; whether the database is encrypted, demands TLS, or has backups is its owner's", name)
		r.notes.Exact(at+".existing", "the data stack exports where it is from the settings of %s", name)
		return Postgres{Name: name, Existing: true}
	}
	if path := at + ".existing"; r.app.Given(path) {
		r.notes.Exact(path, "the data stack makes the database")
	}
	out := Postgres{
		Name: name, Database: strings.ReplaceAll(r.app.Name+"_"+name, "-", "_"), Version: p.Version, Major: p.Major(),
		BackupDays: int(p.Backups.Std().Hours() / 24), MaxConnections: MaxConnections(p),
	}
	const kept = ", in the stack's subnetIds: encrypted, only accessible with TLS and from security groups that are let in, with a final snapshot, and protected from deletion by Pulumi and RDS unless a stack's configuration turns that off. RDS makes the password of its user postgres, keeps it in Secrets Manager and changes it every 7 days; neither the program nor its state has it"
	r.notes.Exact(at+".backups", "automated backups: a restore creates a new database, as of any second of that time")
	if p.Serverless != nil {
		out.Serverless = &Capacity{float64(p.Serverless.Min.Milli()) / 1000, float64(p.Serverless.Max.Milli()) / 1000}
		r.notes.Exact(at, "an Aurora Serverless v2 cluster of the data stack, which both targets share"+kept)
		r.notes.Exact(at+".version", "the cluster's version; AWS installs newer minor versions in its maintenance window. Another version here is an upgrade with downtime, during the update")
		if out.Serverless.Min == 0 {
			r.notes.Approximate(at+".serverless.min", "the cluster's minimum capacity: without connections it pauses, and the next one waits some 15 s. A pool that holds connections keeps it awake")
		} else {
			r.notes.Exact(at+".serverless.min", "the cluster's minimum capacity")
		}
		r.notes.Exact(at+".serverless.max", "the cluster's maximum capacity")
		return out
	}
	out.Class, out.StorageGiB = p.Class, int(p.Storage.Bytes()>>30)
	r.notes.Exact(at, "an RDS instance of the data stack, in one availability zone, which both targets share"+kept)
	r.notes.Exact(at+".version", "the instance's version; AWS installs newer minor versions in its maintenance window. Another version here is an upgrade with downtime, during the update")
	r.notes.Exact(at+".class", "the instance's class; another one restarts it during the update")
	r.notes.Exact(at+".storage", "the instance's gp3 storage")
	return out
}

// MaxConnections is what AWS sets max_connections to, at most: memory / 9,531,392 bytes, and no
// more than 5,000; 0 where the memory is unknown.
// Source: https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/CHAP_Limits.html#RDS_Limits.MaxConnections
func MaxConnections(p *spec.Postgres) int {
	if p.Serverless != nil {
		return serverlessConnections(p.Serverless)
	}
	return int(min(memoryGiB(p.Class)*(1<<30)/9_531_392, mostConnections))
}

const mostConnections = 5000

// serverlessConnections is the least that AWS lists for a maximum capacity: it follows from that
// and not from the capacity at the time. A cluster that scales down to 0.5 ACU takes fewer.
// Source: https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/aurora-serverless-v2.setting-capacity.html#aurora-serverless-v2.max-connections
func serverlessConnections(c *spec.Capacity) int {
	connections := 0
	for _, row := range []struct{ acus, connections int }{{1, 189}, {4, 823}, {8, 1669}, {16, 3360}, {32, mostConnections}} {
		if c.Max.Milli() >= int64(row.acus)*1000 {
			connections = row.connections
		}
	}
	if c.Min.Milli() < 1000 {
		connections = min(connections, 2000)
	}
	return connections
}

var classParts = lazyregexp.New(`^db\.([a-z]+)[0-9a-z]*\.([0-9]*)(micro|small|medium|large|xlarge)$`)

// memoryGiB is the memory of an instance class of the families t, m and r; 0 for others.
// Source: https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/Concepts.DBInstanceClass.Summary.html
func memoryGiB(class string) int64 {
	parts := classParts.FindStringSubmatch(class)
	if parts == nil {
		return 0
	}
	perLarge := map[string]int64{"t": 8, "m": 8, "r": 16}[parts[1]]
	switch parts[3] {
	case "micro":
		return perLarge / 8
	case "small":
		return perLarge / 4
	case "medium":
		return perLarge / 2
	case "large":
		return perLarge
	}
	times, err := strconv.ParseInt("0"+parts[2], 10, 64)
	if err != nil {
		return 0
	}
	return 2 * perLarge * max(times, 1)
}
