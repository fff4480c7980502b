package fit

import (
	"fmt"
	"math"
	"strconv"
	"time"

	"ambi/compare/price/cost"
	"ambi/spec"
	"ambi/target/finding"
	"ambi/target/kubernetes"
	"ambi/target/lambda"
)

// entry checks a service against what serves it from outside the cluster.
func (c *checker) entry(w cost.Workload, d kubernetes.Service, add addLimit) {
	at := "services." + w.Name
	if in := d.Ingress; in != nil && in.ALB != nil && in.ALB.Internal() {
		hint := "set scheme: internet-facing, or internal if that is intended"
		if in.ALB.Scheme != "" {
			hint = "protect the routes with http.auth on Lambda too, or have the app verify its callers"
		}
		add(Warning, at+".kubernetes.ingress", Limit{
			Name: "scheme of the load balancer", Value: "reachable within the network", Actual: "reachable from the internet, as on Lambda", Page: kubernetes.ALBIngressPage,
			Message: "the controller creates an internal load balancer, which is unreachable from outside the network; Lambda's API is open to the internet",
			Hint:    hint,
		})
	}
	if len(d.Apart) > 0 {
		add(Warning, at+".http.domain", Limit{
			Name: "one domain", Value: "leads to one place", Actual: "something else serves it for " + finding.And(d.Apart), Page: kubernetes.IngressPage,
			Message: fmt.Sprintf("%s has %s too, and something else serves it there: DNS can only point to one of them, and the other service is unreachable", finding.And(d.Apart), d.Domain),
			Hint:    "serve both through the same class or Gateway; with class alb, give both the same kubernetes.ingress.group",
		})
	}
	for _, o := range d.Overlaps {
		add(Warning, fmt.Sprintf("%s.http.routes[%d]", at, o.Index), Limit{
			Name: "requests of another service", Value: o.Answer + " of " + o.Service, Actual: o.Path, Page: kubernetes.IngressPage,
			Message: fmt.Sprintf("%s also receives %s, so %s answers it, while on Lambda %s does, by its route %s", o.Path, o.Request, w.Name, o.Service, o.Answer),
			Hint:    "give each service a prefix or a domain of its own",
		})
	}
	if d.AnyNode {
		add(Warning, c.Resolved.App.ImagePath(at), Limit{
			Name: "architecture", Value: "arm64, as the function runs it", Actual: "nodes of any", Page: kubernetes.NodesPage,
			Message: "the function runs the image on arm64, and the pods may be scheduled on nodes of another architecture, where they do not start",
			Hint:    "set kubernetes.architecture, unless the image supports several",
		})
	}
	c.podConnections(d, add)
	if !w.OverHTTP() {
		return
	}
	if mean, ok := w.Traffic.Duration.Get(); ok && mean > d.EntryTimeout() {
		waits, takes := spec.Duration(d.EntryTimeout()), spec.Duration(mean)
		l := Limit{Name: "timeout", Value: waits.String(), Actual: takes.String() + " on average", Page: kubernetes.NginxPage, Hint: "raise timeout"}
		severity, longest := Blocker, spec.MaxTimeoutSeconds
		seconds := int(math.Ceil(mean.Seconds()))
		if seconds <= lambda.MaxRouteTimeoutSeconds {
			longest = lambda.MaxRouteTimeoutSeconds // so that Lambda takes it too
		}
		if seconds <= longest {
			severity, l.Write = Knob, []spec.Edit{writeTimeout(at, seconds, longest)}
		}
		switch {
		case d.Gateway != nil:
			l.Page = kubernetes.GatewayPage
			l.Message = fmt.Sprintf("the average request takes %s, and the HTTPRoute gives up after %s, the service's timeout", takes, waits)
			add(severity, at+".timeout", l)
		case d.Ingress != nil && d.Ingress.ALB != nil:
			l.Page = kubernetes.ALBPage
			l.Message = fmt.Sprintf("the average request takes %s, and the load balancer closes a connection that is idle for %s, the service's timeout", takes, waits)
			add(severity, at+".timeout", l)
		case d.Ingress != nil && d.Ingress.Nginx():
			l.Message = fmt.Sprintf("the average request takes %s, and nginx gives up after %s without a byte, the service's timeout", takes, waits)
			add(severity, at+".timeout", l)
		default:
			l.Name, l.Value, l.Page = "idle timeout of the load balancer", "60 s by default", kubernetes.ALBPage
			l.Message = fmt.Sprintf("the average request takes %s, and an Application Load Balancer, which is assumed to serve the routes, closes a connection that is idle for 60 s", takes)
			l.Hint, l.Write = "raise the load balancer's idle timeout above the service's", nil
			add(Warning, at+".timeout", l)
		}
	}
	if mean, timeout := w.Traffic.Duration.Or(0), min(d.EntryTimeout(), time.Duration(d.TimeoutSeconds)*time.Second); mean <= timeout {
		if tail, ok := cutOff(w.Traffic.Usage, timeout, w.Traffic.CPUTime.Or(0), kubernetes.ALBPage); ok {
			add(Warning, at+".timeout", tail)
		}
	}
	if bytes, ok := w.Traffic.Request.Get(); ok && d.MaxBodyBytes > 0 && bytes > d.MaxBodyBytes {
		add(Knob, at+".http.maxBody", Limit{
			Write: []spec.Edit{{Path: at + ".http.maxBody", Value: strconv.FormatInt((bytes+1<<20-1)>>20, 10) + "Mi"}},
			Name:  "request body", Value: megabytes(d.MaxBodyBytes), Actual: megabytes(bytes), Page: kubernetes.NginxPage,
			Message: fmt.Sprintf("a request of %s gets status 413: nginx accepts bodies of up to %s, as http.maxBody says", megabytes(bytes), megabytes(d.MaxBodyBytes)),
			Hint:    "raise http.maxBody",
		})
	}
}

// functionConnections checks the connections of a function's environments.
func (c *checker) functionConnections(f lambda.Service, add addLimit) {
	by, hint := "the account's concurrency", "set lambda.reserved, which limits the function to scale.max x concurrency, or use a connection proxy"
	if f.Reserved > 0 || f.Events != nil {
		by, hint = "scale.max x concurrency", "lower scale.max or concurrency, or use a connection proxy"
	}
	connections("services."+f.Name, f.Connections, f.MostConnections, by, lambda.ScalingPage, hint, add)
}

// podConnections checks the connections of a service's pods.
func (c *checker) podConnections(d kubernetes.Service, add addLimit) {
	connections("services."+d.Name, d.Connections, d.MostConnections, "scale.max x concurrency", kubernetes.AutoscalingPage, "lower scale.max or concurrency, or use a connection pool", add)
}

// connections warns of more connections to a database than a service may hold.
func connections(at string, limit, most int, by, page, hint string, add addLimit) {
	if limit == 0 || most <= limit {
		return
	}
	add(Warning, at+".connections", Limit{
		Name: "database connections", Value: strconv.Itoa(limit), Actual: fmt.Sprintf("up to %d", most), Page: page,
		Message: fmt.Sprintf("up to %d connections to the database, from %s, but the spec allows %d: the database refuses the rest", most, by, limit),
		Hint:    hint,
	})
}
