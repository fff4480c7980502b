package terminal

import (
	"fmt"
	"io"
	"sync"
	"time"
)

// Progress tells how far something has come: on a terminal in one line that
// changes, elsewhere in a plain line now and then. It says nothing about what
// takes less than a second.
type Progress struct {
	out      io.Writer
	what     string
	terminal bool
	begun    time.Time
	said     time.Time
	every    time.Duration
	shown    bool
	mutex    sync.Mutex
}

// NewProgress starts reporting progress.
func NewProgress(out io.Writer, what string) *Progress {
	p := &Progress{out: out, what: what, begun: time.Now(), every: 10 * time.Second}
	p.said = p.begun.Add(time.Second - p.every) // the first line after a second
	if Is(out) {
		p.terminal, p.every = true, 200*time.Millisecond
		p.said = p.begun.Add(time.Second - p.every)
	}
	return p
}

// At reports a part of the whole, from 0 to 1, and what stands for it. A part
// below 0 is unknown.
func (p *Progress) At(part float64, text string) {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	now := time.Now()
	if now.Sub(p.said) < p.every {
		return
	}
	p.said, p.shown = now, true
	line := p.what + ": " + text
	if part > 0 {
		left := time.Duration(float64(now.Sub(p.begun)) * (1 - min(part, 1)) / part)
		line = fmt.Sprintf("%s: %2.0f %%, %s, about %s left", p.what, 100*part, text, left.Round(time.Second))
	}
	if p.terminal {
		Redraw(p.out, line)
	} else {
		fmt.Fprintln(p.out, line)
	}
}

// Done clears the line.
func (p *Progress) Done() {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	if p.terminal && p.shown {
		Redraw(p.out, "")
	}
}
