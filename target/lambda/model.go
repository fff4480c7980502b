// Package lambda resolves an app for AWS Lambda behind an HTTP API. It is the
// one place that knows Lambda's limits and what each field of the spec becomes
// there; the generator prints its Model and compare prices it.
package lambda

// Model is an app resolved for Lambda.
type Model struct {
	App         string
	CORS        *CORS        // nil for none; an API has one for all its routes
	Authorizers []Authorizer // in the order of the services that use them
	Domains     []string     // host names that the API is served under, sorted
	// AccessLogRetentionDays is the longest that any service keeps its own logs.
	AccessLogRetentionDays int
	Secrets                []Secret // what the stack creates in Secrets Manager, by name
	Services               []Service
}

// CORS is what the API answers preflight requests with.
type CORS struct {
	Origins, Methods, Headers []string
	Credentials               bool
	MaxAgeSeconds             int // 0 leaves it to the browser
}

// Authorizer lets requests through that bring a good JSON Web Token.
type Authorizer struct {
	Name     string // unique within the app
	Issuer   string
	Audience []string
}

// Secret is one Secrets Manager secret: a JSON object with the keys that the
// services read. The stack creates it without a value.
type Secret struct {
	Name string
	Keys []string
}

// Service is one function and what routes requests to it.
type Service struct {
	Name             string // as in the spec
	Image            string // in ECR; empty when Zip is set
	Zip              string // from the project's root; empty when Image is set
	Layers           []string
	AdapterLayer     string // the Web Adapter's, as ACCOUNT:layer:NAME:VERSION; empty where Layers or the image has it, or nothing needs it
	Architecture     string
	MemoryMB         int
	MemoryDecidedBy  string // "memory" or "cpu": the field that needs the most
	CPU              string // the spec's cpu, which MemoryMB gives at least
	TimeoutSeconds   int
	LogRetentionDays int
	Environment      []Variable // by name
	Secrets          []string   // names of the secrets that it reads
	Permissions      []Permission
	Routes           []string // route keys, in the spec's order
	Authorizer       string   // of Routes, by name; empty for none
	// OpenRoutes are the route keys that take no token although Routes do: those of
	// the method OPTIONS, and one for each route of ANY.
	OpenRoutes  []string
	Provisioned int // environments that the alias keeps warm
	Reserved    int // environments that the function may have, and nobody else; 0 for no bound
	Tracing     bool
	VPC         bool
}

// Permission is one statement of the role's policy.
type Permission struct {
	Actions, Resources []string
	Why                string // a wildcard is needed; empty where there is none
}

// Variable is one environment variable: a value, a reference to a key of a
// secret, which the app resolves when it starts, or another service's address.
type Variable struct {
	Name, Value           string
	SecretName, SecretKey string // set for a reference
	Service               string // set for an address
}
