package compare_test

import (
	"slices"
	"strings"
	"testing"

	"ambi/compare"
	"ambi/compare/demand"
	"ambi/compare/price"
	"ambi/spec"
)

const sessions = `apiVersion: ambi/v1
name: sessions
image: 123456789012.dkr.ecr.us-east-1.amazonaws.com/sessions:1.0.0
data:
  sessions: {table: {key: id, indexes: {by-user: {key: user}}, usage: {stored: 3Gi, writes: 2M/month, reads: 10M/month, itemSize: 1500}}}
services:
  api: {http: {routes: [GET /]}, uses: {sessions: [read, write]}, kubernetes: {identity: pod-identity}}
usage: {requests: 3M/month, duration: 20ms, cpuTime: 8ms, startTime: 300ms, logSize: 100, requestSize: 100, responseSize: 100, outboundSize: 0, shape: steady}
`

// withTables is the input of a spec, tables included.
func withTables(t *testing.T, text string) compare.Input {
	t.Helper()
	in := input(t, text)
	app, err := spec.Parse("app.yaml", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	in.Data = demand.DataFromSpec(app)
	return in
}

// A table adds the same to both bills: 3 GB x .25, 2 M writes x 2 KB x 2, for the index, x .625 / M, 10 M
// reads x half a unit x .125 / M, and recovery of 1.5 GB x .20 are 6.675 a month.
func TestTablesAreOnBothBills(t *testing.T) {
	with := run(t, withTables(t, sessions))
	without := run(t, input(t, sessions))
	for name, difference := range map[string]price.USD{
		"lambda":     *with.Lambda.Bill.Total - *without.Lambda.Bill.Total,
		"kubernetes": *with.Kubernetes.Bill.Total - *without.Kubernetes.Bill.Total,
	} {
		if d := difference.Dollars(); d < 6.67 || d > 6.68 {
			t.Errorf("%s: the table adds %v dollars", name, d)
		}
	}
	// Shared by both, a table does not change which one is cheaper, nor where they meet.
	if with.Verdict.Answer != without.Verdict.Answer {
		t.Errorf("%s with a table, %s without", with.Verdict.Answer, without.Verdict.Answer)
	}
	if left := without.Left(); !strings.Contains(left, "sessions (stored, writes, reads, itemSize)") {
		t.Errorf("without usage: %s", left)
	}
	if !slices.ContainsFunc(with.Assumptions, func(a compare.Assumption) bool { return strings.Contains(a.Text, "again for each index") }) {
		t.Error("no assumption says how requests are metered")
	}
}

// A database adds the same to both bills, but a class without a sourced price: it is named, unless the user gives one.
func TestDatabasesAreOnBothBills(t *testing.T) {
	text := strings.Replace(sessions, "data:\n", `data:
  db: {postgres: {version: "17", class: db.t4g.medium, storage: 50Gi, usage: {backups: 20Gi}}}
  ledger: {postgres: {version: "17", serverless: {min: 0.5, max: 4}, usage: {capacity: 1, stored: 10Gi, reads: 1M/month, writes: 1M/month, backups: 5Gi}}}
  cache: {valkey: {usage: {stored: 50Mi}}}
`, 1)
	text = strings.Replace(text, "uses: {", "uses: {db: [connect], ledger: [connect], cache: [connect], ", 1)
	with, without := run(t, withTables(t, text)), run(t, withTables(t, sessions))
	// 50 GB x .115 + 730 x .12 + 10 GB x .10 + 2 M x .20 / M + 2 x .40 for secrets, and on Lambda a NAT gateway and its
	// address, 730 x .05.
	for name, difference := range map[string]float64{
		"lambda":     (*with.Lambda.Bill.Total - *without.Lambda.Bill.Total).Dollars() - 730*.05,
		"kubernetes": (*with.Kubernetes.Bill.Total - *without.Kubernetes.Bill.Total).Dollars(),
	} {
		if want := 5.75 + 87.60 + 1 + .40 + .80; difference < want-.01 || difference > want+.01 {
			t.Errorf("%s: the databases add %v dollars, not %v", name, difference, want)
		}
	}
	left := with.Left()
	for _, want := range []string{"instances of db.t4g.medium for PostgreSQL, by the hour (--price rds.db.t4g.medium=DOLLARS)", "(--price elasticache.storage=DOLLARS)", "(--price elasticache.units=DOLLARS)", "cache (writes, reads, itemSize)"} {
		if !strings.Contains(left, want) {
			t.Errorf("%s is not named: %s", want, left)
		}
	}
}
