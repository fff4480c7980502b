// Package lambda resolves an app for AWS Lambda behind an HTTP API. It is the
// one place that knows Lambda's limits and what each field of the spec becomes
// there; the generator prints its Model and compare prices it.
package lambda

import (
	"slices"
	"strings"

	"ambi/target/data"
)

// Model is an app resolved for Lambda.
type Model struct {
	App         string
	CORS        *CORS        // nil for none; an API has one for all its routes
	Authorizers []Authorizer // in the order of the services that use them
	Domains     []string     // host names that the API is served under, sorted
	// AccessLogRetentionDays is the longest log retention of any service.
	AccessLogRetentionDays int
	Secrets                []Secret // what the stack creates in Secrets Manager, by name
	Services               []Service
}

// Secret is one Secrets Manager secret: a JSON object with the keys that the
// services read. The stack creates it without a value.
type Secret struct {
	Name string
	Keys []string
}

// Service returns a service by its name; false if there is none.
func (m *Model) Service(name string) (Service, bool) {
	i, found := slices.BinarySearchFunc(m.Services, name, func(s Service, name string) int { return strings.Compare(s.Name, name) })
	if !found {
		return Service{}, false
	}
	return m.Services[i], true
}

// HasHTTP reports whether any service answers requests, and the app therefore has an API.
func (m *Model) HasHTTP() bool {
	return slices.ContainsFunc(m.Services, Service.HasHTTP)
}

// HasHTTP reports whether requests start the function.
func (s Service) HasHTTP() bool { return s.Events == nil && s.Schedule == nil && !s.Worker }

// Service is one function and what routes requests, or brings events, to it.
type Service struct {
	Name             string   // as in the spec
	Alone            bool     // no other target has the service: its events start it whatever else is active
	Image            string   // in ECR; empty when Zip is set
	Region           string   // of Image's repository, which is the function's
	EntryPoint       []string // that the image starts instead of its own; empty for that
	Command          []string // the same
	Zip              string   // from the project's root; empty when Image is set
	Layers           []string
	AdapterLayer     string // the Web Adapter's, as ACCOUNT:layer:NAME:VERSION; empty where Layers or the image has it, or nothing needs it
	Architecture     string
	MemoryMB         int
	MemoryDecidedBy  string // "memory" or "cpu", the field that needs the most, or "lambda.memory"
	CPU              string // the spec's cpu, which MemoryMB gives at least
	TimeoutSeconds   int
	LogRetentionDays int
	Environment      []Variable // by name
	Secrets          []string   // names of the secrets that it reads
	Permissions      []Permission
	Adapter          bool    // the Web Adapter turns each invocation into a request
	Events           *Events // what starts the function in place of requests; nil for http
	Schedule         *Schedule
	Worker           bool // runs by itself, which the target refuses
	Access           data.Access
	Routes           []string // route keys, in the spec's order
	Domain           string   // host name that the spec gives the service; the whole API answers under it
	Authorizer       string   // of Routes, by name; empty for none
	// OpenRoutes are the route keys without a token check although Routes have one: those of
	// the method OPTIONS, and one for each route of ANY.
	OpenRoutes []string
	// HealthRoute is the route key, without a token check, that says whether the target is up;
	// empty where nothing asks, or a route answers already.
	HealthRoute string
	// InternalCallers are the services that need this one, if only services of the app may call
	// it. The HTTP API is still open to the internet.
	InternalCallers []string
	// CallersAcross are the services that call this one from Kubernetes, which does not have it.
	CallersAcross []string
	Internal      bool     // only roles that may invoke the routes reach them
	Invokes       []string // the internal services that this one may call, by name
	// Connections is how many database connections the service may hold; 0 for no limit.
	Connections     int
	MostConnections int // that it holds at once
	Options
}

// Switched reports whether a stack's setting active turns what starts the function on and off.
func (s Service) Switched() bool { return (s.Events != nil || s.Schedule != nil) && !s.Alone }

// Variable is one environment variable: a value, a reference to a key of a
// secret, which the app resolves when it starts, another service's address, or an
// output of the data's stack.
type Variable struct {
	Name, Value           string
	SecretName, SecretKey string      // set for a reference
	Service               string      // set for an address
	Output                data.Output // set for where data is
}
