package kubernetes

import "ambi/target/data"

// databases counts the connections that pods may hold to each database against what it takes:
// one for each request at work.
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
				most += poolsOf(&s)
				users = append(users, s.Name)
			}
		}
		for _, user := range users {
			at := "services." + user + ".uses." + name + ".connect"
			switch limit := data.MaxConnections(p); {
			case limit == 0:
				r.notes.Approximate(at, "up to %d connections, scale.max x concurrency of %s, if each pod's pool is as large as its concurrency: compare that with the database's max_connections, which ambi does not know", most, listed(users))
			case most > limit:
				r.notes.Approximate(at, "up to %d connections, scale.max x concurrency of %s, but the database takes %d at most and refuses the rest: give each pod a smaller pool, lower scale.max, or choose a larger database", most, listed(users), limit)
			default:
				r.notes.Exact(at, "up to %d connections, scale.max x concurrency of %s; the database takes up to about %d", most, listed(users), limit)
			}
		}
	}
}

// poolsOf is how many connections a service's pods hold at most: each one for each request, or
// message, at work. A run of a schedule is one pod with one request.
func poolsOf(s *Service) int {
	if s.Schedule != nil {
		return 1
	}
	return s.MaxReplicas * s.Concurrency
}
