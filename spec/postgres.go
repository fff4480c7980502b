package spec

import (
	"fmt"
	"reflect"
	"strconv"
	"strings"

	"github.com/invopop/jsonschema"

	"ambi/internal/lazyregexp"
)

// Postgres is a PostgreSQL database of the app's data: an instance of Class, an Aurora cluster
// between two capacities, or one that exists already.
type Postgres struct {
	Version    string         `json:"version,omitempty" jsonschema_description:"The version of PostgreSQL, such as \"17\" or \"17.5\"; AWS picks, and updates, a minor version that is not given."`
	Class      string         `json:"class,omitempty" jsonschema_description:"The instance class of an RDS instance, such as db.t4g.medium."`
	Storage    Quantity       `json:"storage,omitempty" jsonschema:"default=20Gi" range:"20Gi to 64Ti in whole bytes" unit:"bytes" jsonschema_description:"The disk of an instance, in whole Gi; it can grow, and never shrinks."`
	Serverless *Capacity      `json:"serverless,omitempty" jsonschema_description:"Aurora Serverless v2, which scales between two capacities, instead of an instance class."`
	Backups    Age            `json:"backups,omitempty" jsonschema:"default=7d" range:"1d to 35d in whole days" jsonschema_description:"How far back the database can be restored, to any second."`
	Usage      *PostgresUsage `json:"usage,omitempty" jsonschema_description:"What compare assumes of the database; it never changes a stack."`
	Existing   bool           `json:"existing,omitempty" jsonschema_description:"It exists already, and ambi leaves it as it is: a data stack's settings NAME.host, NAME.name, NAME.secretArn and NAME.securityGroupId say which it is."`
}

// PostgresUsage is what compare assumes of a database. Like that of a bucket it has no defaults:
// what is not given is unknown.
type PostgresUsage struct {
	Backups  *Quantity `json:"backups,omitempty" range:"0 to 10000Ti in whole bytes" unit:"bytes" jsonschema_description:"Bytes that the backups hold, on average over a month: as much as the database itself is free."`
	Capacity *Quantity `json:"capacity,omitempty" range:"0 to 256" jsonschema_description:"The mean capacity of a serverless database over a month, in ACUs, between its min and max."`
	Stored   *Quantity `json:"stored,omitempty" range:"0 to 10000Ti in whole bytes" unit:"bytes" jsonschema_description:"Bytes that a serverless database holds, on average over a month; an instance pays for its storage, used or not."`
	Writes   Rate      `json:"writes,omitempty" jsonschema_description:"The mean rate at which a serverless database writes to its storage, 4 KB at a time."`
	Reads    Rate      `json:"reads,omitempty" jsonschema_description:"The mean rate at which a serverless database reads pages that are not in its memory, 8 KB each."`
}

// Capacity bounds an Aurora Serverless v2 cluster, in Aurora capacity units (ACUs) of about
// 2 GiB of memory each.
type Capacity struct {
	Min Quantity `json:"min" jsonschema:"required" range:"0 to 256" jsonschema_description:"The least capacity, in steps of 0.5; 0 pauses the database while nothing is connected."`
	Max Quantity `json:"max" jsonschema:"required" range:"1 to 256" jsonschema_description:"The most capacity, in steps of 0.5."`
}

// SetDefaults keeps backups for a week, and gives an instance the smallest disk.
func (p *Postgres) SetDefaults() { p.Storage, p.Backups = mustQuantity("20Gi"), Age(7*day) }

// Major is the major version, such as 17.
func (p *Postgres) Major() string {
	major, _, _ := strings.Cut(p.Version, ".")
	return major
}

// PostgresPort is the port that PostgreSQL listens on in RDS.
const PostgresPort = 5432

// Limits of RDS. Both RDS and Aurora list the major versions from 14 to 18 (read in November 2026).
// Sources: https://docs.aws.amazon.com/AmazonRDS/latest/PostgreSQLReleaseNotes/postgresql-versions.html,
// https://docs.aws.amazon.com/AmazonRDS/latest/AuroraPostgreSQLReleaseNotes/AuroraPostgreSQL.Extensions.html
// and https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBInstance.html
const (
	firstMajor      = 14
	lastMajor       = 18
	versionPattern  = `^1[4-8](\.[0-9]{1,2})?$`
	classPattern    = `^db\.[a-z0-9]{2,12}\.(micro|small|medium|large|([1-9][0-9]?)?xlarge)$`
	maxIdentifier   = 63 // of an instance, a cluster or a database
	generatedSuffix = 8  // a hyphen and what Pulumi makes a name unique by
)

var (
	postgresVersion = lazyregexp.New(versionPattern)
	instanceClass   = lazyregexp.New(classPattern)
)

// pausing is the first minor version of each major one that can pause at a capacity of 0.
// Source: https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/aurora-serverless-v2-auto-pause.html
func pausing(major string) int { return map[string]int{"14": 12, "15": 7, "16": 3}[major] }

func (v *validator) postgres(path, name string, p *Postgres) {
	v.identifier(path, name, maxIdentifier, "RDS")
	if p.Existing {
		v.existing(path, "version", "class", "storage", "serverless", "backups", "usage")
		return
	}
	switch at := path + ".version"; {
	case !v.app.Given(at):
		v.fail(at, "is required", fmt.Sprintf(`such as version: "%d"`, lastMajor-1))
	case v.sound(at) && !postgresVersion.MatchString(p.Version):
		v.fail(at, fmt.Sprintf("must be a version from %d to %d, such as \"17\" or \"17.5\", got %s", firstMajor, lastMajor, quote(p.Version)))
	}
	class, serverless := v.app.Given(path+".class"), v.app.Given(path+".serverless")
	switch {
	case class && serverless:
		v.fail(path+".serverless", "class and serverless: choose one", "class for an RDS instance, serverless for Aurora")
	case !class && !serverless:
		v.fail(path+".class", "is required, or serverless", "such as class: db.t4g.medium, or serverless: {min: 0.5, max: 4}")
	case class && v.sound(path+".class") && !instanceClass.MatchString(p.Class):
		v.fail(path+".class", "must be an instance class such as db.t4g.medium, got "+quote(p.Class))
	}
	if at := path + ".storage"; v.app.Given(at) && v.sound(at) {
		switch {
		case serverless:
			v.fail(at, "is only for an instance", "Aurora's storage grows by itself: remove it")
		case p.Storage.Bytes()%(1<<30) != 0:
			v.fail(at, "must be whole Gi, got "+p.Storage.String())
		}
	}
	if at := path + ".serverless"; serverless && v.sound(at) {
		v.capacity(at, p)
	}
	v.postgresUsage(path+".usage", p)
}

// postgresUsage checks that the usage is of what the database has.
func (v *validator) postgresUsage(path string, p *Postgres) {
	if p.Serverless == nil {
		for _, key := range []string{"capacity", "stored", "writes", "reads"} {
			if at := path + "." + key; v.app.Given(at) {
				v.fail(at, "is only for a serverless database", "an instance is paid by its class and storage: remove it")
			}
		}
		return
	}
	at := path + ".capacity"
	if !v.app.Given(at) || !v.sound(at) || !v.sound(parent(path)+".serverless") {
		return
	}
	if n := p.Usage.Capacity.Milli(); n < p.Serverless.Min.Milli() || n > p.Serverless.Max.Milli() {
		v.fail(at, fmt.Sprintf("must be between the database's min and max, %s and %s, got %s", p.Serverless.Min, p.Serverless.Max, p.Usage.Capacity))
	}
}

func (v *validator) capacity(path string, p *Postgres) {
	for _, c := range []struct {
		key string
		q   Quantity
	}{{"min", p.Serverless.Min}, {"max", p.Serverless.Max}} {
		if at := path + "." + c.key; v.app.Given(at) && v.sound(at) && c.q.Milli()%500 != 0 {
			v.fail(at, "must be in steps of 0.5, got "+c.q.String())
		}
	}
	least, most := p.Serverless.Min.Milli(), p.Serverless.Max.Milli()
	if at := path + ".min"; v.sound(at) && v.sound(path+".max") && least > most {
		v.fail(at, "must be at most max, which is "+p.Serverless.Max.String())
	}
	major, minor, given := strings.Cut(p.Version, ".")
	if n, err := strconv.Atoi(minor); given && err == nil && least == 0 && v.app.Given(path+".min") && v.sound(path+".min") && n < pausing(major) {
		v.fail(path+".min", fmt.Sprintf("must be at least 0.5: version %s cannot pause", p.Version), fmt.Sprintf("%s.%d and later can", major, pausing(major)))
	}
}

// identifier checks names that AWS takes only without double hyphens, and up to a length.
func (v *validator) identifier(path, name string, most int, service string) {
	if !v.sound("name") {
		return
	}
	full := v.app.Name + "-" + name
	key := parent(path)
	switch length := len(full) + generatedSuffix; {
	case strings.Contains(full, "--"):
		v.failKey(key, fmt.Sprintf("the name makes %s, and %s takes no name with two hyphens in a row", full, service))
	case length > most:
		v.failKey(key, fmt.Sprintf("the name makes %s, which has %d characters; at most %d are allowed", full, len(full), most-generatedSuffix),
			fmt.Sprintf("names in %s have at most %d characters, including a suffix that makes them unique", service, most))
	}
}

func (s schema) refinePostgres() {
	postgres := s.of(reflect.TypeFor[Postgres]())
	property(postgres, "version").Pattern = versionPattern
	property(postgres, "class").Pattern = classPattern
	existing := &jsonschema.Schema{Required: []string{"existing"}, Properties: jsonschema.NewProperties()}
	existing.Properties.Set("existing", &jsonschema.Schema{Const: true})
	postgres.AnyOf = append(postgres.AnyOf, existing,
		&jsonschema.Schema{Required: []string{"version", "class"}, Not: &jsonschema.Schema{Required: []string{"serverless"}}},
		&jsonschema.Schema{Required: []string{"version", "serverless"}, Not: &jsonschema.Schema{Required: []string{"class"}}})
}
