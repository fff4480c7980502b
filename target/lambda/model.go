// Package lambda resolves an app for AWS Lambda behind an HTTP API. It is the
// one place that knows Lambda's limits and what each field of the spec becomes
// there; the generator prints its Model and compare prices it.
package lambda

// Model is an app resolved for Lambda.
type Model struct {
	App      string
	Secrets  []Secret // what the stack creates in Secrets Manager, by name
	Services []Service
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
	Architecture     string
	MemoryMB         int
	MemoryDecidedBy  string // "memory" or "cpu": the field that needs the most
	CPU              string // the spec's cpu, which MemoryMB gives at least
	TimeoutSeconds   int
	LogRetentionDays int
	Environment      []Variable // by name
	Secrets          []string   // names of the secrets that it reads
	Routes           []string   // route keys, in the spec's order
}

// Variable is one environment variable: a value, or a reference to a key of a
// secret, which the app resolves when it starts.
type Variable struct {
	Name, Value           string
	SecretName, SecretKey string // set for a reference
}
