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
	Whole   Part = "whole"   // the bucket, the queue or the table itself
	Objects Part = "objects" // the objects of a bucket
	Indexes Part = "indexes" // the indexes of a table
)

// Grant is one statement of a role's policy: actions on some data, and nothing else.
type Grant struct {
	Actions    []string
	Data, Kind string
	Part       Part
	// Prefixes of the keys that it covers; none for all. On a whole bucket, a listing must ask
	// for one of them.
	Prefixes []string
	Indexes  []string // that it holds for
}

// AccessOf is what a service's uses become.
func AccessOf(app *spec.App, service string) Access {
	var access Access
	s := app.Services[service]
	for _, name := range slices.Sorted(maps.Keys(s.Uses)) {
		d := app.Data[name]
		access.Variables = append(access.Variables, variables(name, d.Kind())...)
		for _, right := range spec.RightsOf(d.Kind()) {
			if prefixes, granted := s.Uses[name][right]; granted {
				access.Grants = append(access.Grants, grants(name, d, right, prefixes)...)
			}
		}
	}
	if events, ok := app.Events(service); ok && events.Pull {
		access.Variables = append(access.Variables, variables(events.Queue, "queue")...)
	}
	slices.SortFunc(access.Variables, func(a, b Variable) int { return strings.Compare(a.Name, b.Name) })
	access.Variables = slices.Compact(access.Variables)
	return access
}

// variables are those that [spec.DataVariables] names, with what they hold.
func variables(name, kind string) []Variable {
	keys := map[string][]string{"bucket": {"name"}, "queue": {"url"}, "table": {"name"}, "postgres": {"host", "port", "name", "secret"}, "valkey": {"host", "port"}}[kind]
	var all []Variable
	for i, variable := range spec.DataVariables(name, kind) {
		all = append(all, Variable{variable, Output{Data: name, Kind: kind, Key: keys[i]}})
	}
	return all
}

// grants are the statements of one right.
func grants(name string, d *spec.Data, right string, prefixes []string) []Grant {
	of := func(part Part, actions ...string) Grant {
		return Grant{Actions: actions, Data: name, Kind: d.Kind(), Part: part, Prefixes: prefixes}
	}
	switch d.Kind() + " " + right {
	case "bucket read":
		return []Grant{of(Objects, "s3:GetObject"), of(Whole, "s3:ListBucket")}
	case "bucket write":
		return []Grant{of(Objects, "s3:AbortMultipartUpload", "s3:PutObject")}
	case "bucket delete":
		return []Grant{of(Objects, "s3:DeleteObject")}
	case "queue send":
		return []Grant{of(Whole, "sqs:SendMessage")}
	case "table read":
		list := []Grant{of(Whole, "dynamodb:BatchGetItem", "dynamodb:GetItem", "dynamodb:Query", "dynamodb:Scan")}
		if len(d.Table.Indexes) > 0 { // which take no other actions
			onIndexes := of(Indexes, "dynamodb:Query", "dynamodb:Scan")
			onIndexes.Indexes = d.Table.IndexNames()
			list = append(list, onIndexes)
		}
		return list
	case "postgres connect":
		return []Grant{of(Secret, "secretsmanager:GetSecretValue")}
	case "table write":
		return []Grant{of(Whole, "dynamodb:BatchWriteItem", "dynamodb:ConditionCheckItem", "dynamodb:DeleteItem", "dynamodb:PutItem", "dynamodb:UpdateItem")}
	}
	return nil
}

// Output is the output of the data's stack with the ARN that the grant is about.
func (g Grant) Output() Output {
	key := "arn"
	if g.Part == Secret {
		key = "secret"
	}
	return Output{Data: g.Data, Kind: g.Kind, Key: key}
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
