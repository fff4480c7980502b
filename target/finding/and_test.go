package finding_test

import (
	"testing"

	"ambi/target/finding"
)

func TestAnd(t *testing.T) {
	all := []string{"a", "b", "c", "d", "e", "f"}
	for n, want := range []string{"", "a", "a and b", "a, b and c", "a, b, c and d", "a, b, c and 2 more", "a, b, c and 3 more"} {
		if got := finding.And(all[:n]); got != want {
			t.Errorf("of %d: %q, want %q", n, got, want)
		}
	}
	if all[3] != "d" {
		t.Errorf("the list was changed: %v", all)
	}
}
