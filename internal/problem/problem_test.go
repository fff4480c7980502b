package problem_test

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"

	"ambi/internal/problem"
)

func TestShape(t *testing.T) {
	for want, p := range map[string]problem.Problem{
		"must be known":                              problem.New("must be known"),
		"--zones: must be 1 to 6, got 9":             problem.Flag("zones", "must be 1 to 6, got %d", 9),
		"zones: must be 1 to 6, got 9":               problem.Field("zones", "must be 1 to 6, got %d", 9),
		"app.yaml: is empty\nhint: write it":         problem.File("app.yaml", 0, "is empty").Hint("write %s", "it"),
		"a.csv:7: must be a time":                    problem.File("a.csv", 7, "must be a time"),
		"app.yaml:12:14: services.api.cpu: is wrong": {File: "app.yaml", Line: 12, Column: 14, Field: "services.api.cpu", Message: "is wrong"},
		"--fail-if: wrong\n  a < b\n    ^\nhint: do": {Flag: "fail-if", Message: "wrong", Detail: []string{"a < b", "  ^"}, Hints: []string{"do"}},
	} {
		if p.Error() != want {
			t.Errorf("got %q, want %q", p.Error(), want)
		}
	}
	if got := (problem.List{problem.New("a"), problem.New("b")}).Error(); got != "a\nb" {
		t.Errorf("a list prints as %q", got)
	}
}

// TestNoForgedLine fills each text of a problem with line breaks: no line but
// those of the shape comes out.
func TestNoForgedLine(t *testing.T) {
	for _, breaks := range []string{"\n", "\r", "\r\n", "\u2028", "\u2029", "\u0085", "\v", "\f"} {
		var p problem.Problem
		fields := reflect.ValueOf(&p).Elem()
		texts := 0
		for i := range fields.NumField() {
			hostile := "x" + breaks + "::error::forged"
			switch f := fields.Field(i); {
			case !f.CanSet():
			case f.Kind() == reflect.String:
				f.SetString(hostile)
				texts++
			case f.Kind() == reflect.Slice:
				f.Set(reflect.ValueOf([]string{hostile}))
				texts++
			}
		}
		if texts != 7 {
			t.Fatalf("%d texts were filled: %+v", texts, p)
		}
		lines := strings.Split((problem.List{p, p}).Error(), "\n")
		if len(lines) != 6 || strings.ContainsAny(strings.Join(lines, ""), breaks) {
			t.Errorf("%q makes %d lines: %q", breaks, len(lines), lines)
		}
		for _, line := range lines {
			if strings.HasPrefix(strings.TrimSpace(line), "::") {
				t.Errorf("%q forges %q", breaks, line)
			}
		}
	}
}

// misused classifies what it wraps, as commands do.
type misused struct{ error }

func (e misused) Unwrap() error      { return e.error }
func (e misused) Kind() problem.Kind { return problem.Misuse }

func TestAll(t *testing.T) {
	plain := errors.New("disk is full")
	err := errors.Join(
		misused{errors.Join(problem.Flag("a", "is wrong"), errors.New("plain"))},
		problem.List{problem.New("of the spec").Of(problem.Invalid)},
		nil,
		problem.As(problem.Machine, plain),
	)
	var got []string
	for _, p := range problem.All(err) {
		got = append(got, fmt.Sprint(p.Kind, " ", p))
	}
	if want := []string{"2 --a: is wrong", "2 plain", "1 of the spec", "3 disk is full"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	if problem.All(err).Kind() != problem.Machine || problem.All(plain).Kind() != problem.Fault || problem.All(nil) != nil {
		t.Errorf("kinds: %d, %d", problem.All(err).Kind(), problem.All(plain).Kind())
	}
	if !errors.Is(problem.All(err), plain) || !errors.Is(problem.New("a: %w", context.Canceled), context.Canceled) {
		t.Error("a cause is lost")
	}
	if problem.Join(nil, nil) != nil || problem.List(nil).Err() != nil || problem.As(problem.Misuse, nil) != nil {
		t.Error("nothing became an error")
	}
}

func TestPassedOn(t *testing.T) {
	list := problem.List{problem.New("is wrong"), problem.Field("memory", "is wrong").Hint("more")}
	for want, err := range map[string]error{
		"--x: is wrong\n--x: memory: is wrong\nhint: more":    problem.InFlag("x", list),
		"api: is wrong\napi: memory: is wrong\nhint: more":    problem.In("api", list),
		"f: is wrong\nf: memory: is wrong\nhint: more":        problem.InFile("f", list),
		"is wrong\nmemory: is wrong\nhint: more\nhint: again": problem.Hinted(list, "again"),
		"--own: is wrong": problem.InFlag("x", problem.Flag("own", "is wrong")),
		"--x: a name with\\u000aa line break in it cannot be read": problem.InFlag("x", errors.New("a name with\na line break in it cannot be read")),
	} {
		if err.Error() != want {
			t.Errorf("got %q, want %q", err, want)
		}
	}
	if list[0].Flag != "" || len(list[1].Hints) != 1 {
		t.Errorf("the list itself has changed: %v", list)
	}
}
