package cost

import (
	"slices"

	"ambi/compare/demand"
	"ambi/compare/price"
	"ambi/spec"
	"ambi/target/finding"
	"ambi/target/lambda"
)

// FrontDoor is what clients of the functions call. The stack that ambi writes has an HTTP API;
// the others are priced as alternatives that you would build yourself.
type FrontDoor string

// The front doors.
const (
	HTTPAPI     FrontDoor = "http-api"
	RESTAPI     FrontDoor = "rest-api"     // of API Gateway, regional
	FunctionURL FrontDoor = "function-url" // one a function
	ALB         FrontDoor = "alb"          // one Application Load Balancer, with functions as targets
)

// FrontDoors are all of them, the usual one first.
func FrontDoors() []FrontDoor { return []FrontDoor{HTTPAPI, RESTAPI, FunctionURL, ALB} }

// Name is the name of a front door, with its article.
func (d FrontDoor) Name() string {
	return map[FrontDoor]string{HTTPAPI: "an HTTP API", RESTAPI: "a REST API", FunctionURL: "a function URL", ALB: "an Application Load Balancer"}[d]
}

// Door is the chosen front door, by default an HTTP API.
func (l LambdaChoices) Door() FrontDoor {
	switch {
	case l.FrontDoor != "":
		return l.FrontDoor
	case l.FunctionURL:
		return FunctionURL
	}
	return HTTPAPI
}

// Through chooses a front door.
func (l *LambdaChoices) Through(d FrontDoor) { l.FrontDoor, l.FunctionURL = d, d == FunctionURL }

// logs reports whether the front door logs each request to CloudWatch: an API of API
// Gateway's does, as the stack has it do. The others are taken to log nothing.
func (d FrontDoor) logs() bool { return d == HTTPAPI || d == RESTAPI }

// Lifts reports whether a finding of the Lambda target only concerns the HTTP API, which this
// front door replaces.
func (d FrontDoor) Lifts(f finding.Finding) bool {
	return d != HTTPAPI && f.Target == spec.Lambda && f.Limit == "timeout" && f.Page == lambda.HTTPAPIQuotasPage
}

// check reports what makes no sense of the choice.
func (l LambdaChoices) check(fail func(ok bool, choice, format string, args ...any)) {
	fail(l.FrontDoor == "" || slices.Contains(FrontDoors(), l.FrontDoor), "frontDoor", "must be http-api, rest-api, function-url or alb, got %q", l.FrontDoor)
	fail(!l.FunctionURL || l.FrontDoor == "" || l.FrontDoor == FunctionURL, "frontDoor", "is %s, and functionURL chooses another front door", l.FrontDoor)
}

// The GB of one capacity unit of a load balancer whose targets are functions, instead of lcuGB:
// aws.amazon.com/elasticloadbalancing/pricing.
const lcuGBOfFunctions = .4

// doorLines are the numbers of the front doors' lines.
type doorLines struct {
	api, rest, url, balancer, lcus, addresses int
	rules                                     float64 // of the load balancer, beyond those that are free
}

func (b *builder) doorLines(routes int) doorLines {
	l := doorLines{rules: float64(max(0, routes-lcuFreeRules))}
	door := b.choices.Lambda.Door()
	payload := []demand.Input{demand.Requests, demand.Request, demand.Response}
	l.api = b.optional(door == HTTPAPI, "httpapi.requests", price.Request, line{
		name: "HTTP API requests", category: Entry, inputs: payload,
		formula: "requests x 512 KB units of request and response",
	})
	l.url = b.optional(door == FunctionURL, "lambda.url", price.Request, line{
		name: "Function URL requests", category: Entry, inputs: []demand.Input{demand.Requests}, formula: "requests",
	})
	if door == RESTAPI {
		l.rest = b.add("restapi.requests", price.Request, line{name: "REST API requests", category: Entry, inputs: []demand.Input{demand.Requests}, formula: "requests"})
	}
	if door == ALB {
		l.balancer = b.add("alb.hours", price.Hour, line{name: "Application Load Balancer", category: Entry, formula: "730 h", fixed: true})
		l.lcus = b.add("alb.lcu", price.LCUHour, line{
			name: "Load balancer capacity", category: Entry, inputs: append(payload[:3:3], demand.Duration, demand.CPUTime),
			formula: "the largest of new connections / 25 a second, active ones / 3,000, GB an hour / 0.4, rules evaluated / 1,000 a second, x 730 h",
		})
		l.addresses = b.add("ipv4.hours", price.Hour, line{name: "Public IPv4 addresses, load balancer", category: Network, formula: "zones x 730 h", fixed: true})
	}
	return l
}

// addFixed adds what a load balancer costs, by its hours and by how it is used.
func (l doorLines) addFixed(c Choices, use Dimensions, q []float64) {
	if c.Lambda.Door() == ALB {
		q[l.lcus] += use.LCUs() * price.HoursPerMonth
		q[l.balancer] += price.HoursPerMonth
		q[l.addresses] += float64(c.Kubernetes.Zones) * price.HoursPerMonth
	}
}

// add adds what a service's requests a month cost at the front door, and what they take
// of a load balancer.
func (l doorLines) add(f *function, requests float64, q []float64, use *Dimensions) {
	switch f.choices.Lambda.Door() {
	case FunctionURL:
		q[l.url] += requests
	case RESTAPI:
		q[l.rest] += requests
	case ALB:
		k, perSecond := f.choices.Kubernetes, requests/demand.SecondsPerMonth
		connections := perSecond / k.RequestsPerConnection
		use.add(Dimensions{
			NewConnections:    connections,
			ActiveConnections: connections * max(k.ConnectionTime.Std().Seconds(), f.seconds),
			GB:                float64(perSecond*f.payloadGB*3600) * lcuGB / lcuGBOfFunctions,
			Rules:             perSecond * l.rules,
		})
	case HTTPAPI:
		q[l.api] += float64(requests * f.units)
	}
}
