package main

import (
	"errors"
	"strings"
	"testing"

	"ambi/internal/problem"
)

// A panic ends as a fault of ambi's own, with what to report, and not with Go's
// exit code 2, which means "used wrongly".
func TestPanicIsAFault(t *testing.T) {
	err := problem.Guard(func() error { panic("index out of range") })
	if exitCode(err) != exitFault {
		t.Errorf("exit code %d: %v", exitCode(err), err)
	}
	text := errorText(err)
	for _, want := range []string{"internal error", "index out of range", "main_test.go", "please report it"} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q in %s", want, text)
		}
	}
	if exitCode(errors.New("of no kind")) != exitFault {
		t.Error("an error of no kind is not a fault")
	}
}
