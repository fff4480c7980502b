package lambda

import (
	"ambi/spec"
	"ambi/target/data"
)

// VPCPage is about functions in a VPC.
const VPCPage = "https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html"

// databases counts the connections that functions may hold to each database against what it
// takes. An environment has one request at a time, and so one connection.
func (r *resolver) databases(services []Service) {
	for _, name := range r.app.DataNames() {
		p := r.app.Data[name].Postgres
		if p == nil {
			continue
		}
		most := 0
		var users []string
		for _, s := range services {
			if r.app.Services[s.Name].Uses[name] != nil {
				connections, _ := environments(&s)
				most += connections
				users = append(users, s.Name)
			}
		}
		most = min(most, AccountConcurrency)
		for _, user := range users {
			at := "services." + user + ".uses." + name + ".connect"
			switch limit := data.MaxConnections(p); {
			case limit == 0:
				r.notes.Approximate(at, "up to %d connections, one for each environment of %s: compare that with the database's max_connections, which ambi does not know", most, listed(users))
			case most > limit:
				r.notes.Approximate(at, "up to %d connections, one for each environment of %s, but the database takes %d at most and refuses the rest: set lambda.reserved with a lower scale.max, choose a larger database, or put a pooler such as RDS Proxy before it", most, listed(users), limit)
			default:
				r.notes.Exact(at, "up to %d connections, one for each environment of %s; the database takes up to about %d", most, listed(users), limit)
			}
		}
	}
}

// environments is the most that a function runs in at once, and what bounds it.
func environments(s *Service) (most int, bound string) {
	switch {
	case s.Schedule != nil:
		return 1, "a run is one environment, and runs may overlap"
	case s.Reserved > 0:
		return s.Reserved, "lambda.reserved bounds its environments"
	case s.Events != nil:
		return s.Events.MaximumConcurrency, "the mapping's maximumConcurrency bounds its environments"
	}
	return AccountConcurrency, "the account's concurrency, 1,000, bounds its environments"
}

// connections says how many connections to a database the environments hold, each one.
func (r *resolver) connections(at string, s *spec.Service, out *Service) {
	if s.Connections == 0 {
		return
	}
	most, bound := environments(out)
	out.Connections, out.MostConnections = s.Connections, most
	more := ""
	if out.MostConnections > out.Connections {
		more = ", more than the " + itoa(out.Connections) + " allowed"
	}
	r.notes.Dropped(at+".connections", "nothing enforces it: %s, each with one connection, so the service can hold up to %d%s", bound, out.MostConnections, more)
}
