// Package functions makes services of the functions of serverless frameworks. What reads a
// framework's files fills in [App]: functions with their settings and what starts each, and
// the queues, buckets and tables that they use. Write turns them into a draft.
//
// A service of ambi answers HTTP on both targets and has one trigger, and a function has
// neither to be true: one that several kinds of events start becomes a service for each, of
// one image, and functions that only differ by their routes become one service.
package functions

import (
	"encoding/json"
	"strings"
	"unicode"

	"ambi/importer/draft"
	"ambi/importer/source"
)

// App is what a framework's files say.
type App struct {
	*draft.App
	Functions []*Function
	Data      []*Datum
	Implied   []*Datum // that come with an event, unless Data has them
	Usual     Usual
	Later     []func() // what the report says once all services are made

	told map[place]bool // shared values that the report has
}

// Usual is what a framework sets where a function says nothing.
type Usual struct {
	Memory  int // MiB
	Timeout int // seconds
}

// Function is one function of the source. Fields are nil where it does not say them.
type Function struct {
	draft.Object
	Name string // in the source
	Node *source.Node

	Image               *source.Node // the image's name
	Built               *source.Node // what an image is built from instead
	Code                *source.Node // what a zip has
	Handler, Runtime    *source.Node
	EntryPoint, Command *source.Node // of the image

	Memory, Timeout, Architecture, Tracing *source.Node
	Reserved, Provisioned, Retention, VPC  *source.Node
	Layers                                 *source.Node
	Variables                              []Variable
	Statements                             []Statement
	Role                                   *source.Node // of the resources, or from outside; nil once it was read
	RoleOutside                            bool         // what it may do is not in the files
	Adapted                                bool         // the Lambda Web Adapter is in it

	Triggers []Trigger
	secret   string   // what its secret values are to be kept in
	Others   []string // what else starts it, such as an SNS topic, which no service has
}

// Variable is an environment variable.
type Variable struct {
	Name string
	At   *source.Node
}

// Trigger is one event that starts a function.
type Trigger struct {
	draft.Object
	Kind string       // http, queue, uploads or schedule
	Name string       // in the source; empty for one without a name
	At   *source.Node // what it is, as a whole
	HTTP *HTTP
	// Fill sets the trigger of a service; nil for HTTP.
	Fill func(a *App, s *draft.Service)
}

// HTTP is a route of a function.
type HTTP struct {
	Routes     []string
	At         *source.Node // which names them
	Why        string       // what differs; empty where nothing does
	Authorizer *Authorizer
	CORS       *CORS
	Old        bool // an API of the first kind, whose events have another form
}

// Authorizer is who may call a route.
type Authorizer struct {
	At       *source.Node
	Kind     string // such as a Lambda authorizer; empty for none
	Issuer   *source.Node
	Audience *source.Node
}

type place struct {
	file         string
	line, column int
	path         string
}

// first reports whether a value is dealt with for the first time: what several functions share
// is in the report once.
func (a *App) first(n *source.Node) bool {
	if n == nil {
		return false
	}
	if a.told == nil {
		a.told = map[place]bool{}
	}
	at := place{n.File, n.Line, n.Column, n.Path}
	if a.told[at] {
		n.See()
		return false
	}
	a.told[at] = true
	return true
}

func (a *App) carry(o draft.Object, n *source.Node, to string) {
	if a.first(n) {
		o.Carry(n, to)
	}
}

func (a *App) approximate(o draft.Object, n *source.Node, to, why string, changes bool) {
	if a.first(n) {
		o.Approximate(n, to, why, changes)
	}
}

func (a *App) leave(o draft.Object, n *source.Node, why string, changes bool) {
	if a.first(n) {
		o.Leave(n, why, changes)
	}
}

// Write makes services of all functions.
func (a *App) Write() {
	for _, d := range a.Implied {
		if a.Find(d.Node) == nil {
			a.Data = append(a.Data, d)
		}
	}
	a.nameData()
	for _, g := range a.groups() {
		a.write(g)
	}
	a.writeData()
	for _, later := range a.Later {
		later()
	}
	a.Settle()
}

func canonical(n *source.Node) string {
	if n == nil {
		return ""
	}
	var value any
	if n.Decode(&value) != nil {
		return n.Text
	}
	out, _ := json.Marshal(value)
	return string(out)
}

// Words makes a name of the spec from one in the source, such as ProcessOrderFunction.
func Words(name string) string {
	var b strings.Builder
	runes := []rune(name)
	for i, c := range runes {
		if i > 0 && unicode.IsUpper(c) && (unicode.IsLower(runes[i-1]) || unicode.IsDigit(runes[i-1]) || i+1 < len(runes) && unicode.IsLower(runes[i+1])) {
			b.WriteByte('-')
		}
		b.WriteRune(c)
	}
	out := strings.ToLower(b.String())
	for _, suffix := range []string{"-function", "-lambda", "-handler"} {
		if short := strings.TrimSuffix(out, suffix); short != "" {
			out = short
		}
	}
	return out
}
