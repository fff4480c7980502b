package engine

import "strings"

// ProjectError is a failure whose cause is in the project: its Pulumi.yaml, its
// stack's configuration or its program. Everything else is the machine's.
type ProjectError struct{ err error }

func (e *ProjectError) Error() string { return e.err.Error() }

func (e *ProjectError) Unwrap() error { return e.err }

// indent returns messages as lines to stand below an error's first, or "".
func indent(messages ...string) string {
	var b strings.Builder
	for _, message := range messages {
		for line := range strings.SplitSeq(strings.TrimSpace(message), "\n") {
			if line = strings.TrimRight(line, " \r"); line != "" {
				b.WriteString("\n  " + line)
			}
		}
	}
	return b.String()
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
