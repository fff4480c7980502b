// Package problem describes what is wrong as values: where, what and what to do
// next. A problem is made once, where it is found, and printed once, at the end.
//
//	return problem.New("must be 1 to 6, got %d", n).Hint("an ALB is in two zones at least")
//
// Code that passes a problem on adds what it knows, such as the flag with the value, and never
// parses the text:
//
//	return problem.InFlag("zones", err)
//
// A problem's kind decides ambi's exit code. It is set on the problem, or by an error around it
// that has a method Kind. A problem without one is a fault of ambi's own: an unexpected error.
package problem

import (
	"errors"
	"fmt"
	"runtime/debug"
	"strconv"
	"strings"

	"ambi/internal/terminal"
)

// Kind says whose problem it is.
type Kind int

// The kinds, from the mildest to the worst. Several problems together are of the
// worst kind among them.
const (
	unclassified Kind = iota
	Invalid           // what was read is wrong, or the answer is no
	Misuse            // ambi was used wrongly: a flag, an argument, a file that is not there
	Machine           // the machine failed: disk, network, engine
	Fault             // ambi itself is wrong
)

// Problem is one thing that is wrong. All but the message may be missing.
type Problem struct {
	Kind Kind

	File   string
	Line   int // from 1; 0 is the file as a whole
	Column int // from 1, in characters; 0 is the line as a whole

	Flag   string // of the command line, without its dashes
	Within string // what the field is a part of, such as "usage of api"
	Field  string // such as services.api.memory

	Message string
	Detail  []string // lines below the message that show the place
	Hints   []string // what to do next

	cause error
}

// New returns a problem. Of the errors that %w wraps, errors.Is and errors.As
// see the causes; their problems become this one's text.
func New(format string, args ...any) Problem {
	err := fmt.Errorf(format, args...)
	return Problem{Message: err.Error(), cause: errors.Unwrap(err)}
}

// Flag returns a problem with a flag of the command line, which was used wrongly.
func Flag(name, format string, args ...any) Problem {
	p := New(format, args...).Of(Misuse)
	p.Flag = name
	return p
}

// Field returns a problem with a value that a caller gave, such as a field of a
// struct that has a method Check.
func Field(name, format string, args ...any) Problem {
	p := New(format, args...).Of(Misuse)
	p.Field = name
	return p
}

// File returns a problem with a file, which is invalid; line 0 is the file as a whole.
func File(name string, line int, format string, args ...any) Problem {
	p := New(format, args...).Of(Invalid)
	p.File, p.Line = name, line
	return p
}

// Hint adds what to do next.
func (p Problem) Hint(format string, args ...any) Problem {
	p.Hints = append(p.Hints[:len(p.Hints):len(p.Hints)], fmt.Sprintf(format, args...))
	return p
}

// Of says whose problem it is.
func (p Problem) Of(kind Kind) Problem {
	p.Kind = kind
	return p
}

// Unwrap returns what caused the problem, or nil.
func (p Problem) Unwrap() error { return p.cause }

// Error prints the problem as compilers do, its hints on lines of their own. No
// part of it can begin a line: line breaks in names and values are made visible.
func (p Problem) Error() string {
	var b strings.Builder
	part := func(text string) {
		if text != "" {
			b.WriteString(terminal.Line(text) + ": ")
		}
	}
	place := terminal.Line(p.File)
	for _, n := range []int{p.Line, p.Column} {
		if n == 0 {
			break
		}
		place += ":" + strconv.Itoa(n)
	}
	part(place)
	if p.Flag != "" {
		part("--" + p.Flag)
	}
	part(p.Within)
	part(p.Field)
	b.WriteString(terminal.Line(p.Message))
	for _, line := range p.Detail {
		b.WriteString("\n  " + tabbed(line))
	}
	for _, hint := range p.Hints {
		b.WriteString("\nhint: " + terminal.Line(hint))
	}
	return b.String()
}

// tabbed makes visible what is hidden in a line of a file, but for its tabs.
func tabbed(line string) string {
	parts := strings.Split(line, "\t")
	for i, part := range parts {
		parts[i] = terminal.Line(part)
	}
	return strings.Join(parts, "\t")
}

// List is several problems, in the order in which they are printed.
type List []Problem

// Error prints all problems, one after the other.
func (l List) Error() string {
	texts := make([]string, len(l))
	for i, p := range l {
		texts[i] = p.Error()
	}
	return strings.Join(texts, "\n")
}

// Unwrap returns the problems, for errors.Is and errors.As.
func (l List) Unwrap() []error {
	errs := make([]error, len(l))
	for i, p := range l {
		errs[i] = p
	}
	return errs
}

// Kind is the worst kind among the problems.
func (l List) Kind() Kind {
	var worst Kind
	for _, p := range l {
		worst = max(worst, p.classified())
	}
	return worst
}

func (p Problem) classified() Kind {
	if p.Kind == unclassified {
		return Fault
	}
	return p.Kind
}

// Err is the list as an error, or nil when it is empty.
func (l List) Err() error {
	if len(l) == 0 {
		return nil
	}
	return l
}

// Add adds the problems of errors; nil adds none.
func (l *List) Add(errs ...error) {
	for _, err := range errs {
		*l = append(*l, All(err)...)
	}
}

// Join is the problems of several errors as one, or nil without any.
func Join(errs ...error) error {
	var list List
	list.Add(errs...)
	return list.Err()
}

// All returns the problems that an error holds, in order. An error that is no
// problem is one with its text as the message.
func All(err error) List { return collect(nil, err, unclassified) }

func collect(list List, err error, kind Kind) List {
	add := func(p Problem) {
		if p.Kind == unclassified {
			p.Kind = kind
		}
		list = append(list, p)
	}
	// How an error is made is the question here, and not what is in it.
	switch e := err.(type) { //nolint:errorlint // see above
	case nil:
	case Problem:
		add(e)
	case List:
		for _, p := range e {
			add(p)
		}
	case interface{ Problems() List }:
		for _, p := range e.Problems() {
			add(p)
		}
	case interface {
		Kind() Kind
		Unwrap() error
	}:
		return collect(list, e.Unwrap(), e.Kind())
	case interface{ Unwrap() []error }:
		for _, each := range e.Unwrap() {
			list = collect(list, each, kind)
		}
	default:
		add(Problem{Message: err.Error(), cause: err})
	}
	return list
}

// Guard runs what may panic: a panic is an error without a kind, which has the stack.
// Go ends the whole program at a panic in a goroutine that nothing guards.
func Guard(run func() error) (err error) {
	defer func() {
		if reason := recover(); reason != nil {
			err = fmt.Errorf("%v\n%s", reason, debug.Stack())
		}
	}()
	return run()
}

// As classifies the problems of an error that have no kind yet; nil stays nil.
func As(kind Kind, err error) error {
	return Each(err, func(p *Problem) {
		if p.Kind == unclassified {
			p.Kind = kind
		}
	})
}

// InFlag says of an error's problems which flag gave the value.
func InFlag(name string, err error) error {
	return Each(err, func(p *Problem) {
		if p.Flag == "" {
			p.Flag = name
		}
	})
}

// InFile says of an error's problems which file they are in.
func InFile(name string, err error) error {
	return Each(err, func(p *Problem) {
		if p.File == "" {
			p.File = name
		}
	})
}

// In says of an error's problems what they are a part of.
func In(name string, err error) error {
	return Each(err, func(p *Problem) {
		if p.Within != "" {
			p.Within = name + ": " + p.Within
			return
		}
		p.Within = name
	})
}

// Hinted adds a hint to the last of an error's problems.
func Hinted(err error, format string, args ...any) error {
	list := All(err)
	if len(list) == 0 {
		return nil
	}
	list[len(list)-1] = list[len(list)-1].Hint(format, args...)
	return list
}

// Each changes each of an error's problems; nil stays nil.
func Each(err error, change func(*Problem)) error {
	list := append(List(nil), All(err)...)
	for i := range list {
		change(&list[i])
	}
	return list.Err()
}
