package engine

import (
	"strings"

	"ambi/internal/problem"
)

// ProjectError is a failure whose cause is in the project: its Pulumi.yaml, its
// stack's configuration or its program. Everything else is the machine's.
type ProjectError struct{ err error }

func (e *ProjectError) Error() string { return e.err.Error() }

func (e *ProjectError) Unwrap() error { return e.err }

// Kind says that the project is wrong, and not the machine.
func (e *ProjectError) Kind() problem.Kind { return problem.Invalid }

// saying adds to a problem what another program said, a line for each of its lines.
func saying(p problem.Problem, messages ...string) problem.Problem {
	for _, message := range messages {
		for line := range strings.SplitSeq(strings.TrimSpace(message), "\n") {
			if line = strings.TrimRight(line, " \r"); line != "" {
				p.Detail = append(p.Detail, line)
			}
		}
	}
	return p
}

// tail keeps the end of what is written to it.
type tail struct{ text []byte }

// tailSize is what tail keeps, in bytes: more than a screen.
const tailSize = 8 << 10

func (t *tail) Write(p []byte) (int, error) {
	t.text = append(t.text, p...)
	if len(t.text) > tailSize {
		t.text = t.text[len(t.text)-tailSize:]
	}
	return len(p), nil
}

func (t *tail) String() string { return string(t.text) }
