package main

import "example.com/golden/stacks/stacktest"

// wantDatabase holds the stack to saying where a database is.
func wantDatabase(t stacktest.T, g *stacktest.Graph, of string, host any, name string, secret any, group string) {
	t.Helper()
	wantExport(t, g, of+".host", host)
	wantExport(t, g, of+".port", "5432")
	wantExport(t, g, of+".name", name)
	wantExport(t, g, of+".secret", secret)
	wantExport(t, g, of+".group", group)
}
