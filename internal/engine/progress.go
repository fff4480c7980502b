package engine

import (
	"fmt"
	"io"
	"os"
	"sync"
	"time"

	"ambi/internal/problem"
	"ambi/internal/terminal"
)

const (
	quietFor   = 2 * time.Second        // steps shorter than this are not worth a line
	redraw     = 200 * time.Millisecond // on a terminal
	reassure   = 30 * time.Second       // elsewhere, so that a log is never silent for long
	detailSize = 50                     // characters of a step's detail
)

// progress says what a long step does. On a terminal it redraws one line, with the
// time that has passed; elsewhere it prints a line at the start, one from time to
// time and one at the end.
type progress struct {
	out      io.Writer
	terminal bool
}

func newProgress(out io.Writer) *progress {
	return &progress{out: out, terminal: terminal.Is(out) && os.Getenv("TERM") != "dumb"}
}

func (p *progress) say(text string) { fmt.Fprintln(p.out, text) }

// step runs work and shows for how long it has been running. The work may give a
// detail at any moment: how far it is. Short steps stay silent.
func (p *progress) step(name string, work func(detail func(string)) error) error {
	var (
		mutex  sync.Mutex
		detail string
	)
	done := make(chan error, 1)
	start := time.Now()
	go func() {
		done <- problem.Guard(func() error {
			return work(func(text string) {
				mutex.Lock()
				defer mutex.Unlock()
				detail = text
			})
		})
	}()
	wait, interval, shown := quietFor, reassure, false
	if p.terminal {
		interval = redraw
	}
	for {
		select {
		case err := <-done:
			p.finish(name, time.Since(start), shown, err)
			return err
		case <-time.After(wait):
			mutex.Lock()
			p.show(name, detail, time.Since(start), shown)
			mutex.Unlock()
			wait, shown = interval, true
		}
	}
}

func (p *progress) show(name, detail string, elapsed time.Duration, again bool) {
	if runes := []rune(detail); len(runes) > detailSize {
		detail = string(runes[:detailSize-1]) + "…"
	}
	if detail != "" {
		detail = ": " + detail
	}
	switch {
	case p.terminal:
		terminal.Redraw(p.out, fmt.Sprintf("%s... %s%s", name, seconds(elapsed), detail))
	case again:
		fmt.Fprintf(p.out, "%s... %s%s\n", name, seconds(elapsed), detail)
	default:
		fmt.Fprintf(p.out, "%s...\n", name)
	}
}

func (p *progress) finish(name string, elapsed time.Duration, shown bool, err error) {
	if !shown {
		return
	}
	if p.terminal {
		terminal.Redraw(p.out, "")
	}
	if err == nil {
		fmt.Fprintf(p.out, "%s: done in %s\n", name, seconds(elapsed))
	}
}

func seconds(d time.Duration) string { return d.Truncate(time.Second).String() }
