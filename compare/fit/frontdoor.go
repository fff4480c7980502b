package fit

import (
	"fmt"
	"time"

	"ambi/compare/demand"
	"ambi/compare/price/cost"
	"ambi/target/lambda"
)

// door is what a front door of functions is bounded by.
type door struct {
	name string
	// seconds is how long it waits for a function, and page the one that says so.
	seconds int
	page    string
	// quota names the code of the quota that seconds can be raised by; empty: it cannot.
	quota string
	// rated is whether API Gateway's requests a second bound it.
	rated bool
}

func (c *checker) door() door {
	switch d := c.Choices.Lambda.Door(); d {
	case cost.RESTAPI:
		return door{"a REST API", lambda.RESTAPITimeoutSeconds, lambda.RESTAPIQuotasPage, lambda.APITimeoutQuota, true}
	case cost.FunctionURL:
		return door{d.Name(), lambda.MaxTimeoutSeconds, lambda.FunctionURLPage, "", false}
	case cost.ALB:
		return door{d.Name(), lambda.MaxTimeoutSeconds, lambda.ALBTargetPage, "", false}
	default:
		return door{cost.HTTPAPI.Name(), lambda.MaxRouteTimeoutSeconds, lambda.HTTPAPIQuotasPage, "", true}
	}
}

// frontDoor checks a service against what the chosen front door lacks.
func (c *checker) frontDoor(w cost.Workload, f lambda.Service, add addLimit) {
	chosen := c.Choices.Lambda.Door()
	if chosen == cost.HTTPAPI {
		return
	}
	at, d := "services."+w.Name+".http", c.door()
	wait := time.Duration(d.seconds) * time.Second
	if timeout := time.Duration(f.TimeoutSeconds) * time.Second; chosen == cost.RESTAPI && timeout > wait {
		add(Knob, "services."+w.Name+".timeout", Limit{
			Name: "timeout of " + d.name, Value: "29 s", Actual: fmt.Sprintf("%d s", f.TimeoutSeconds), Page: d.page,
			Message: fmt.Sprintf("a REST API waits 29 s, and the timeout is %d s", f.TimeoutSeconds),
			Hint:    ask("apigateway", d.quota, float64(timeout.Milliseconds())),
			Quota:   fmt.Sprintf("%d s for an integration, of a regional REST API", f.TimeoutSeconds),
		})
	}
	switch chosen {
	case cost.FunctionURL:
		c.authorizer(at, f, add)
		if f.Domain != "" {
			add(Blocker, at+".domain", Limit{
				Name: "domain of a function URL", Value: "one of AWS's", Actual: f.Domain, Page: lambda.FunctionURLPage,
				Message: "a function URL only has AWS's host name",
				Hint:    "compare with the HTTP API, or put CloudFront in front of it, which --cdn prices",
			})
		}
	case cost.RESTAPI:
		if f.Authorizer != "" {
			add(Blocker, at+".auth", Limit{
				Name: "authorizers of a REST API", Value: "Cognito, IAM or a function", Actual: "JSON Web Tokens", Page: lambda.RESTAPIAuthPage,
				Message: "a REST API does not verify JSON Web Tokens from your own issuer: it has Cognito, IAM, or a function that verifies them",
				Hint:    "compare with the HTTP API, or verify the token in the app and leave http.auth out",
			})
		}
	case cost.ALB:
		for _, body := range []struct {
			name string
			size demand.Maybe[int64]
		}{{"request", w.Traffic.Request}, {"response", w.Traffic.Response}} {
			if bytes, ok := body.size.Get(); ok && bytes > lambda.MaxALBPayloadBytes {
				add(Blocker, at, Limit{
					Name: body.name + " payload of a load balancer", Value: "1 MB", Actual: megabytes(bytes), Page: lambda.ALBTargetPage,
					Message: fmt.Sprintf("a %s of %s is too large: a load balancer passes at most 1 MB to a function and back", body.name, megabytes(bytes)),
					Hint:    "let clients exchange large bodies with S3, by presigned URLs",
				})
			}
		}
		if f.TimeoutSeconds > 60 {
			add(Warning, "services."+w.Name+".timeout", Limit{
				Name: "idle timeout of the load balancer", Value: "60 s by default", Actual: fmt.Sprintf("%d s", f.TimeoutSeconds), Page: lambda.ALBTargetPage,
				Message: "an Application Load Balancer closes a connection that is idle for 60 s",
				Hint:    "raise the load balancer's idle timeout above the service's",
			})
		}
	case cost.HTTPAPI:
	}
	handMade := fmt.Sprintf("the stack that ambi writes has an HTTP API: this prices %s, which you would build yourself", d.name)
	if chosen == cost.FunctionURL && w.Routes > 1 {
		handMade += ", where the app itself must answer requests that match no route"
	}
	add(Warning, at, Limit{
		Name: "front door", Value: cost.HTTPAPI.Name(), Actual: d.name, Page: d.page,
		Message: handMade, Hint: "compare without it to price what ambi writes",
	})
}

// ask is the command that asks for a higher quota.
func ask(service, code string, n float64) string {
	return fmt.Sprintf("aws service-quotas request-service-quota-increase --service-code %s --quota-code %s --desired-value %.0f", service, code, n)
}
