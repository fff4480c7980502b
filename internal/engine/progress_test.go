package engine

import (
	"bytes"
	"errors"
	"testing"
	"testing/synctest"
	"time"
)

func TestProgress(t *testing.T) {
	work := func(duration time.Duration, err error) func(func(string)) error {
		return func(detail func(string)) error {
			time.Sleep(duration / 2)
			detail("half of it")
			time.Sleep(duration - duration/2)
			return err
		}
	}
	failed := errors.New("failed")
	tests := []struct {
		what     string
		terminal bool
		duration time.Duration
		err      error
		want     string
	}{
		{"a short step is silent", false, 1900 * time.Millisecond, nil, ""},
		{"also on a terminal", true, 1900 * time.Millisecond, nil, ""},
		{"a line at the start and one at the end", false, 5500 * time.Millisecond, nil, "working...\nworking: done in 5s\n"},
		{"a log is never silent for long", false, 70 * time.Second, nil, "working...\nworking... 32s\nworking... 1m2s: half of it\nworking: done in 1m10s\n"},
		{"the error says the rest", false, 3 * time.Second, failed, "working...\n"},
		{"a terminal is redrawn and left clean", true, 2300 * time.Millisecond, failed, "\r\x1b[Kworking... 2s: half of it\r\x1b[Kworking... 2s: half of it\r\x1b[K"},
	}
	for _, test := range tests {
		t.Run(test.what, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var out bytes.Buffer
				p := newProgress(&out)
				p.terminal = test.terminal
				if err := p.step("working", work(test.duration, test.err)); !errors.Is(err, test.err) {
					t.Errorf("got %v", err)
				}
				if out.String() != test.want {
					t.Errorf("got %q, want %q", out.String(), test.want)
				}
			})
		})
	}
}

func TestLongDetailIsCut(t *testing.T) {
	var out bytes.Buffer
	p := newProgress(&out)
	p.show("a", "downloading example.com/a/module/with/a/name/that/fits/no/terminal v1.2.3", time.Second, true)
	if want := "a... 1s: downloading example.com/a/module/with/a/name/that…\n"; out.String() != want {
		t.Errorf("got %q", out.String())
	}
}
