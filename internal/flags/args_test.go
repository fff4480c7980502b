package flags_test

import (
	"os/exec"
	"testing"

	"ambi/internal/flags"
)

func TestCommandLineIsQuoted(t *testing.T) {
	for word, want := range map[string]string{"3M/month": "3M/month", "api=100/s": "api=100/s", "": "''", "a b": "'a b'", "$(rm -r x)": "'$(rm -r x)'", "it's": `'it'\''s'`} {
		if got := flags.Quote([]string{word}); got != want {
			t.Errorf("%q becomes %s, want %s", word, got, want)
		}
	}
	// A shell gives back what was put in.
	awkward := `a'b"c$d` + "`e`\n\\f*g~h"
	out, err := exec.Command("sh", "-c", "printf %s "+flags.Quote([]string{awkward})).Output()
	if err != nil || string(out) != awkward {
		t.Errorf("a shell makes %q of %q, %v", out, awkward, err)
	}
}
