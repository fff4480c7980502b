package condition_test

import (
	"errors"
	"strings"
	"testing"

	"ambi/compare/condition"
)

func names() []string { return []string{"lambda", "kubernetes", "lambda.idle", "unknown"} }

func figure(name string) (float64, bool) {
	value, known := map[string]float64{"lambda": 10, "kubernetes": 200, "lambda.idle": 0}[name]
	return value, known
}

func TestConditions(t *testing.T) {
	for text, want := range map[string]bool{
		"lambda < kubernetes":                         true,
		"lambda > 1.2 * kubernetes":                   false,
		"kubernetes / lambda == 20":                   true,
		"lambda + 2 * 5 == 20":                        true, // * binds more strongly
		"(lambda + 2) * 5 == 60":                      true,
		"lambda - 3 - 2 == 5":                         true, // from the left
		"40 / 2 / 2 == 10":                            true,
		"-lambda < 0":                                 true,
		"2 - -lambda == 12":                           true,
		"lambda >= 10 and lambda <= 10":               true,
		"lambda != 10 or kubernetes > 1k":             false,
		"lambda>5&&kubernetes<.5k||lambda==0":         true,
		"lambda == 0 and lambda == 0 or lambda == 10": true, // and binds more strongly
		"lambda == 10 or lambda == 0 and lambda == 0": true,
		"not lambda == 0":                             true,
		"!(lambda == 10 and kubernetes == 200)":       false,
		"not lambda == 0 and kubernetes == 0":         false, // not binds more strongly than and
		"kubernetes == 200 and not not lambda == 10":  true,
		"3M == 3000000 and 2G == 2000000000":          true,
		"lambda < 50% * kubernetes":                   true,
		"lambda.idle == 0":                            true,
		"(((lambda))) == ((10))":                      true,
		"\tlambda\n==\t10 ":                           true,
		"unknown > 3 or lambda == 10":                 true, // whatever it is
		"lambda == 0 and unknown > 3":                 false,
		"not (unknown > 3 and lambda == 0)":           true,
		strings.Repeat("(", 40) + "lambda" + strings.Repeat(")", 40) + " == 10": true,
	} {
		c, err := condition.Parse(text, names())
		if err != nil {
			t.Errorf("%s: %v", text, err)
			continue
		}
		got, unknown := c.Holds(figure)
		if got != want || unknown != nil {
			t.Errorf("%s: %v, %v", text, got, unknown)
		}
	}
}

func TestUnknownFiguresDecideNothing(t *testing.T) {
	for text, want := range map[string]string{
		"unknown > 3":                                "unknown",
		"unknown * 0 == 0":                           "unknown",
		"not unknown > 3":                            "unknown",
		"unknown > 3 and lambda == 10":               "unknown",
		"unknown > unknown":                          "unknown",
		"lambda == 0 or unknown > 3":                 "unknown",
		"lambda / lambda.idle > 3":                   "a division by zero",
		"lambda.idle / lambda.idle == lambda.idle/0": "a division by zero",
	} {
		c, err := condition.Parse(text, names())
		if err != nil {
			t.Fatal(err)
		}
		if holds, unknown := c.Holds(figure); holds || strings.Join(unknown, " ") != want {
			t.Errorf("%s: %v, %q", text, holds, unknown)
		}
	}
}

func TestErrorsHaveTheirPlace(t *testing.T) {
	for _, c := range []struct {
		text   string
		column int
		want   string
	}{
		{"", 1, "expected a figure or a number, got the end"},
		{"lambda", 1, "must be a comparison"},
		{"lambda + 3", 1, "must be a comparison"},
		{"lamda > 3", 1, "hint: did you mean lambda?"},
		{"3 < azure", 5, "hint: the figures are lambda, kubernetes, lambda.idle, unknown"},
		{"lambda >", 9, "got the end"},
		{"lambda > > 3", 10, "got >"},
		{"lambda = 3", 8, "hint: write =="},
		{"lambda > 3 3", 12, "expected an operator or the end, got 3"},
		{"(lambda > 3", 12, "expected ), got the end"},
		{"lambda > 3)", 11, "got )"},
		{"lambda ; 3", 8, `cannot read ";"`},
		{"lambda > 3€", 11, `cannot read "€"`},
		{"1 < lambda < 3", 12, "< stands between numbers"},
		{"lambda and kubernetes > 3", 8, "and stands between comparisons"},
		{"lambda > (kubernetes > 3)", 8, "> stands between numbers"},
		{"not lambda", 1, "not stands before a comparison"},
		{"-(lambda > 3)", 1, "- stands before a number"},
		{"and > 3", 1, "got and"},
		{strings.Repeat("(", 60), 51, "nested more than 50 deep"},
		{strings.Repeat("-", 60) + "1 > 3", 51, "nested more than 50 deep"},
		{strings.Repeat("not ", 60) + "1 > 3", 201, "nested more than 50 deep"},
		{strings.Repeat("1", 1001), 1, "at most 1000 characters"},
	} {
		_, err := condition.Parse(c.text, names())
		e, ok := errors.AsType[*condition.Error](err)
		if !ok {
			t.Errorf("%s: %v", c.text, err)
			continue
		}
		if e.Column != c.column || !strings.Contains(e.Error(), c.want) {
			t.Errorf("%s: column %d, want %d\n%v", c.text, e.Column, c.column, e)
		}
		if lines := strings.Split(e.Error(), "\n"); len(e.Text) > 1 && len(lines[2]) != c.column+2 {
			t.Errorf("%s: the mark is wrong:\n%v", c.text, e)
		}
	}
}

// Whatever Parse takes, it decides, or says what is unknown.
func FuzzParse(f *testing.F) {
	for _, text := range []string{"lambda > 1.2 * kubernetes", "not (unknown == 3M) or -1 < 2%", "((", "1<2<3", "lambda\x00", "1.5.5k"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		c, err := condition.Parse(text, names())
		if err != nil {
			if e, ok := errors.AsType[*condition.Error](err); !ok || e.Column < 1 || e.Column > len(text)+1 {
				t.Fatalf("%q: %v", text, err)
			}
			return
		}
		if holds, unknown := c.Holds(figure); holds && unknown != nil {
			t.Errorf("%q holds, and %v is unknown", text, unknown)
		}
		again, err := condition.Parse(c.String(), names())
		if err != nil || len(again.Names()) != len(c.Names()) {
			t.Errorf("%q: %v", text, err)
		}
	})
}
