package compare_test

import (
	"slices"
	"strings"
	"testing"

	"ambi/compare"
	"ambi/compare/price"
	"ambi/compare/price/cost"
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
	in.Tables = compare.TablesOf(app)
	return in
}

// A table adds the same to both bills: 3 GB x .25, 2 M writes x 2 KB x 2, for the index, x .625 / M, and 10 M
// reads x half a unit x .125 / M are 6.375 a month.
func TestTablesAreOnBothBills(t *testing.T) {
	with := run(t, withTables(t, sessions))
	without := run(t, input(t, sessions))
	for name, difference := range map[string]price.USD{
		"lambda":     *with.Lambda.Bill.Total - *without.Lambda.Bill.Total,
		"kubernetes": *with.Kubernetes.Bill.Total - *without.Kubernetes.Bill.Total,
	} {
		if d := difference.Dollars(); d < 6.37 || d > 6.38 {
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

// Point-in-time recovery has no sourced price: it is named, unless it is off or the user gives one.
func TestRecoveryIsNamedWithoutAPrice(t *testing.T) {
	named := func(in compare.Input) bool {
		return strings.Contains(run(t, in).Left(), "point-in-time recovery of tables (--price dynamodb.backups=DOLLARS)")
	}
	if !named(withTables(t, sessions)) {
		t.Errorf("not named: %s", run(t, withTables(t, sessions)).Left())
	}
	if named(withTables(t, strings.Replace(sessions, "key: id,", "key: id, recovery: false,", 1))) {
		t.Error("named for a table without recovery")
	}
	book, err := price.Embedded()
	if err != nil {
		t.Fatal(err)
	}
	change, err := price.ParseOverride("dynamodb.backups=0.2")
	if err != nil {
		t.Fatal(err)
	}
	in := withTables(t, sessions)
	if in.Sheet, err = book.In("us-east-1", change); err != nil {
		t.Fatal(err)
	}
	if named(in) || !slices.ContainsFunc(run(t, in).Lambda.Bill.Components, func(c cost.Component) bool { return c.Name == "Table backups" && c.Cost.Dollars() > .29 }) {
		t.Errorf("with a price that is given: %s", run(t, in).Left())
	}
}
