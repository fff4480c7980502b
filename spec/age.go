package spec

import (
	"strconv"
	"strings"
	"time"

	"github.com/invopop/jsonschema"

	"ambi/internal/lazyregexp"
	"ambi/internal/problem"
)

const day = 24 * time.Hour

// Age is how long something is kept: days such as 30d, or a duration.
type Age time.Duration

var wholeDays = lazyregexp.New(`^(0|[1-9][0-9]{0,5})d$`)

// ParseAge reads days, or a duration that is not negative.
func ParseAge(s string) (Age, error) {
	if m := wholeDays.FindStringSubmatch(s); m != nil {
		n, err := strconv.Atoi(m[1]) // of six digits at most
		return Age(time.Duration(n) * day), err
	}
	d, err := ParseDuration(s)
	if err != nil {
		return 0, problem.New("must be days or a duration such as 4d or 36h, got %s", quote(s))
	}
	return Age(d), nil
}

// Std is the age as the standard library has it.
func (a Age) Std() time.Duration { return time.Duration(a) }

// String prints days where they are whole.
func (a Age) String() string {
	if a > 0 && a.Std()%day == 0 {
		return strconv.Itoa(int(a.Std()/day)) + "d"
	}
	return Duration(a).String()
}

// MarshalText writes what String prints.
func (a Age) MarshalText() ([]byte, error) { return []byte(a.String()), nil }

// UnmarshalText reads what ParseAge does.
func (a *Age) UnmarshalText(text []byte) (err error) {
	*a, err = ParseAge(string(text))
	return err
}

// JSONSchema describes the text form.
func (Age) JSONSchema() *jsonschema.Schema {
	return &jsonschema.Schema{
		Type:     "string",
		Pattern:  `^((0|[1-9][0-9]{0,5})d|` + strings.TrimPrefix(strings.TrimSuffix(Duration(0).JSONSchema().Pattern, "$"), "^") + `)$`,
		Examples: []any{"30d", "36h"},
	}
}

func (Age) form() form {
	return form{noun: "days or a duration such as 4d or 36h", meant: meantDuration}
}

func (a Age) within(low, high string) bool { return mustAge(low) <= a && a <= mustAge(high) }

func (a Age) whole(of string) bool { return a%mustAge(of) == 0 }

// mustAge is for ages that are part of this program.
func mustAge(s string) Age {
	a, err := ParseAge(s)
	if err != nil {
		panic(err)
	}
	return a
}
