// Package awsapi checks what a stack would ask of AWS against AWS's own models of
// its APIs, which its SDKs are generated from: required members, types, patterns,
// lengths, ranges and allowed values.
//
//	models, err := awsapi.Open(ctx, "tools/aws-models")
//	...
//	problems, err := models.Check("aws:lambda/function:Function", inputs)
//
// A table ([Check] reads it) says which API operations a resource type calls, and where each of
// the resource's inputs goes. A type or an input without an entry is an error, so that nothing
// is left unchecked by accident.
//
// What it proves: that AWS's own description of a request allows it. What it does
// not: limits, names that are taken, permissions, and whatever AWS checks beyond its
// models.
package awsapi

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

	"github.com/dlclark/regexp2"
)

const sdk = "github.com/aws/aws-sdk-go"

// Models are AWS's models, read when they are needed.
type Models struct {
	dir      string // has a folder for each API
	services map[string]*service
	patterns map[string]*regexp2.Regexp
}

// Open finds the models in the module that the module in dir requires; Go downloads
// it where it is not in the module cache.
func Open(ctx context.Context, dir string) (*Models, error) {
	cmd := exec.CommandContext(ctx, "go", "mod", "download", "-json", sdk)
	cmd.Dir = dir
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	output, err := cmd.Output()
	var module struct{ Dir, Error string }
	if json.Unmarshal(output, &module) != nil || module.Dir == "" {
		return nil, fmt.Errorf("downloading AWS's models: %w: %s%s", err, module.Error, &stderr)
	}
	return &Models{filepath.Join(module.Dir, "models", "apis"), map[string]*service{}, map[string]*regexp2.Regexp{}}, nil
}

// service is the model of one API.
type service struct {
	Operations map[string]struct{ Input reference }
	Shapes     map[string]*shape
}

type reference struct{ Shape string }

// shape is a type of the model. Min and max bound a string's or a list's length, or
// a number.
type shape struct {
	name     string
	Type     string
	Required []string
	Members  map[string]reference // of a structure
	Member   reference            // of a list
	Key      reference            // of a map
	Value    reference
	Enum     []string
	Pattern  string
	Min, Max *float64
}

// service reads the newest version of an API's model.
func (m *Models) service(name string) (*service, error) {
	if known := m.services[name]; known != nil {
		return known, nil
	}
	files, err := filepath.Glob(filepath.Join(m.dir, name, "*", "api-2.json"))
	if err != nil || len(files) == 0 {
		return nil, fmt.Errorf("no model of the API %s in %s", name, m.dir)
	}
	text, err := os.ReadFile(slices.Max(files)) // versions are dates
	if err != nil {
		return nil, err
	}
	model := &service{}
	if err := json.Unmarshal(text, model); err != nil {
		return nil, fmt.Errorf("%s: %w", slices.Max(files), err)
	}
	for name, shape := range model.Shapes {
		shape.name = name
	}
	m.services[name] = model
	return model, nil
}

// input returns the shape of an operation's input.
func (m *Models) input(api, operation string) (*service, *shape, error) {
	model, err := m.service(api)
	if err != nil {
		return nil, nil, err
	}
	input := model.Shapes[model.Operations[operation].Input.Shape]
	if input == nil {
		return nil, nil, fmt.Errorf("the API %s has no operation %s", api, operation)
	}
	return model, input, nil
}

// checker collects what is wrong with one call.
type checker struct {
	models   *Models
	model    *service
	problems []string
}

func (c *checker) report(at, format string, arguments ...any) {
	c.problems = append(c.problems, at+": "+fmt.Sprintf(format, arguments...))
}

// check holds a value, as encoding/json has it, to a shape.
func (c *checker) check(s *shape, value any, at string) {
	switch s.Type {
	case "structure":
		members, ok := value.(map[string]any)
		if !ok {
			c.report(at, "must be a structure, got %v", value)
			return
		}
		for _, name := range s.Required {
			if members[name] == nil {
				c.report(at, "%s is required", name)
			}
		}
		for name, value := range sorted(members) {
			if member, ok := s.Members[name]; ok {
				c.check(c.model.Shapes[member.Shape], value, at+"."+name)
			} else {
				c.report(at, "%s is no member of %s", name, s.name)
			}
		}
	case "list":
		elements, ok := value.([]any)
		if !ok {
			c.report(at, "must be a list, got %v", value)
			return
		}
		c.bound(s, float64(len(elements)), at, "elements")
		for i, element := range elements {
			c.check(c.model.Shapes[s.Member.Shape], element, fmt.Sprintf("%s[%d]", at, i))
		}
	case "map":
		entries, ok := value.(map[string]any)
		if !ok {
			c.report(at, "must be a map, got %v", value)
			return
		}
		c.bound(s, float64(len(entries)), at, "entries")
		for key, value := range sorted(entries) {
			c.check(c.model.Shapes[s.Key.Shape], key, at+"'s key "+key)
			c.check(c.model.Shapes[s.Value.Shape], value, at+"."+key)
		}
	case "string":
		text, ok := value.(string)
		if !ok {
			c.report(at, "must be a string, got %v", value)
			return
		}
		c.checkString(s, text, at)
	case "integer", "long", "float", "double":
		number, ok := value.(float64)
		whole := s.Type == "integer" || s.Type == "long"
		if !ok || whole && number != float64(int64(number)) {
			c.report(at, "must be a number (%s), got %v", s.Type, value)
			return
		}
		c.bound(s, number, at, "")
	case "boolean":
		if _, ok := value.(bool); !ok {
			c.report(at, "must be true or false, got %v", value)
		}
	case "blob", "timestamp": // no input of a stack has more of these than that it is there
	default:
		c.report(at, "the model has an unknown type %s", s.Type)
	}
}

func (c *checker) checkString(s *shape, text, at string) {
	c.bound(s, float64(len([]rune(text))), at, "characters")
	if len(s.Enum) > 0 && !slices.Contains(s.Enum, text) {
		c.report(at, "must be one of %s, got %q", strings.Join(s.Enum, ", "), text)
	}
	if s.Pattern == "" {
		return
	}
	pattern, err := c.models.pattern(s.Pattern)
	if err != nil {
		c.report(at, "%v", err)
		return
	}
	if match, err := pattern.MatchString(text); err != nil || !match {
		c.report(at, "must match %s, got %q", s.Pattern, text)
	}
}

// pattern compiles a pattern, which a text must match as a whole. They are Java's,
// with lookahead that package regexp does not have.
func (m *Models) pattern(text string) (*regexp2.Regexp, error) {
	if known := m.patterns[text]; known != nil {
		return known, nil
	}
	compiled, err := regexp2.Compile(`\A(?:`+text+`)\z`, regexp2.None)
	if err != nil {
		return nil, fmt.Errorf("the model's pattern %s: %w", text, err)
	}
	m.patterns[text] = compiled
	return compiled, nil
}

func (c *checker) bound(s *shape, size float64, at, unit string) {
	if unit != "" {
		unit = " " + unit
	}
	if s.Min != nil && size < *s.Min {
		c.report(at, "must have at least %v%s, got %v", *s.Min, unit, size)
	}
	if s.Max != nil && size > *s.Max {
		c.report(at, "must have at most %v%s, got %v", *s.Max, unit, size)
	}
}
