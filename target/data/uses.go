package data

import (
	"maps"
	"slices"
	"strings"

	"ambi/spec"
)

// Access is the app's data that a service knows, and what it may do with it.
type Access struct {
	Variables []Variable // by name
	Grants    []Grant
}

// Variable is an environment variable with the location of data.
type Variable struct {
	Name   string
	Output Output
}

// Part is the part of some data that a grant covers.
type Part string

// The parts.
const (
	Whole   Part = "whole"   // the bucket or the queue itself
	Objects Part = "objects" // the objects of a bucket
)

// Grant is one statement of a role's policy: actions on some data, and nothing else.
type Grant struct {
	Actions    []string
	Data, Kind string
	Part       Part
	// Prefixes of the keys that it covers; none for all. On a whole bucket, a listing must ask
	// for one of them.
	Prefixes []string
}

// AccessOf is what a service's uses become.
func AccessOf(app *spec.App, service string) Access {
	var access Access
	s := app.Services[service]
	for _, name := range slices.Sorted(maps.Keys(s.Uses)) {
		kind := app.Data[name].Kind()
		access.Variables = append(access.Variables, variable(name, kind))
		for _, right := range spec.RightsOf(kind) {
			if prefixes, granted := s.Uses[name][right]; granted {
				access.Grants = append(access.Grants, grants(name, kind, right, prefixes)...)
			}
		}
	}
	if events, ok := app.Events(service); ok && events.Pull {
		access.Variables = append(access.Variables, variable(events.Queue, "queue"))
	}
	slices.SortFunc(access.Variables, func(a, b Variable) int { return strings.Compare(a.Name, b.Name) })
	access.Variables = slices.Compact(access.Variables)
	return access
}

func variable(name, kind string) Variable {
	key := map[string]string{"bucket": "name", "queue": "url"}[kind]
	return Variable{Name: spec.DataVariable(name, kind), Output: Output{Data: name, Kind: kind, Key: key}}
}

// grants are the statements of one right.
func grants(name, kind, right string, prefixes []string) []Grant {
	of := func(part Part, actions ...string) Grant {
		return Grant{Actions: actions, Data: name, Kind: kind, Part: part, Prefixes: prefixes}
	}
	switch right {
	case "read":
		return []Grant{of(Objects, "s3:GetObject"), of(Whole, "s3:ListBucket")}
	case "write":
		return []Grant{of(Objects, "s3:AbortMultipartUpload", "s3:PutObject")}
	case "delete":
		return []Grant{of(Objects, "s3:DeleteObject")}
	case "send":
		return []Grant{of(Whole, "sqs:SendMessage")}
	}
	return nil
}

// Consuming is the right to receive messages from a queue.
func Consuming(queue string, actions ...string) Grant {
	return Grant{Actions: actions, Data: queue, Kind: "queue", Part: Whole}
}

// Actions lists the actions that grants allow, once each, for a finding's message.
func Actions(grants []Grant) []string {
	var all []string
	for _, g := range grants {
		all = append(all, g.Actions...)
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// GrantsOn returns the grants of an access on some data.
func (a Access) GrantsOn(name string) []Grant {
	return slices.DeleteFunc(slices.Clone(a.Grants), func(g Grant) bool { return g.Data != name })
}
