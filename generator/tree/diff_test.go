package tree

import "testing"

func TestDiff(t *testing.T) {
	changes := []Change{
		{Path: "stacks/a.go", Kind: Create, Want: []byte("package a\n\nfunc a() {}\n")},
		{Path: "stacks/b.go", Kind: Update, Have: []byte("1\n2\n3\n4\n5\n6\n7\n8\n"), Want: []byte("1\n2\n3\n4\nfive\n6\n7\n8\n")},
		{Path: "stacks/c.go", Kind: Unchanged, Have: []byte("x\n"), Want: []byte("x\n"), Base: []byte("y\n")},
		{Path: "stacks/d.go", Kind: Edited, Have: []byte("mine"), Want: []byte("new\n"), Base: []byte("old\n")},
		{Path: "stacks/e.go", Kind: Remove, Have: []byte("gone\n"), Base: []byte("gone\n")},
		{Path: "stacks/empty.go", Kind: Create, Want: []byte{}},
		{Path: "stacks/f.go", Kind: Leftover, Have: []byte("mine\n"), Base: []byte("old\n")},
		{Path: "stacks/g.go", Kind: Unchanged, Base: []byte("y\n")},
		{Path: "stacks/h.go", Kind: Foreign, Have: []byte("\x00\x01"), Want: []byte("new\n")},
		{Path: "stacks/i.go", Kind: Remove, Have: []byte("\xff\n"), Base: []byte("\xff\n")},
	}
	const want = `--- /dev/null
+++ b/stacks/a.go
@@ -0,0 +1,3 @@
+package a
+
+func a() {}
--- a/stacks/b.go
+++ b/stacks/b.go
@@ -2,7 +2,7 @@
 2
 3
 4
-5
+five
 6
 7
 8
--- a/stacks/d.go
+++ b/stacks/d.go
@@ -1 +1 @@
-mine
\ No newline at end of file
+new
--- a/stacks/e.go
+++ /dev/null
@@ -1 +0,0 @@
-gone
--- /dev/null
+++ b/stacks/empty.go
--- a/stacks/f.go
+++ /dev/null
@@ -1 +0,0 @@
-mine
Binary files a/stacks/h.go and b/stacks/h.go differ
Binary files a/stacks/i.go and /dev/null differ
`
	if got := Diff(changes); got != want {
		t.Errorf("got:\n%s\nwant:\n%s", got, want)
	}
	if got := Diff(nil); got != "" {
		t.Errorf("no change prints %q", got)
	}
}
