package generator

import (
	"go/token"
	"slices"

	"ambi/internal/goname"
)

// names are what a service is called in emitted Go. Each stands where no other name can
// meet it: within a longer one that begins or ends like no other, or as a field of a
// struct that has services alone.
type names struct {
	Ident  string // begins its variables: api in apiFacts
	Title  string // stands within its functions: API in deployAPIService
	Field  string // of the struct that has all services
	File   string // the stem of its file
	Suffix string // follows the app's name in its resources' names
}

// naming is what all services are called.
type naming map[string]names

// suffix sets a service's name apart from that of another, which is the same once the
// words are joined, and from a keyword.
const suffix = "Service"

// name gives each service names that no other service has.
func name(in Input) naming {
	all, used := naming{}, map[string]bool{}
	for _, service := range in.services() {
		n := names{
			Ident:  goname.Unexported(service),
			Title:  goname.Exported(service),
			File:   goname.File(service, "service"),
			Suffix: "-" + service,
		}
		for n.Field = n.Ident; used[n.Title] || used[n.File] || used[n.Field] || token.IsKeyword(n.Field); n.Field += suffix {
			if used[n.Title] {
				n.Ident, n.Title = n.Ident+suffix, n.Title+suffix
			}
			if used[n.File] {
				n.File += "_service"
			}
		}
		used[n.Title], used[n.File], used[n.Field] = true, true, true
		all[service] = n
	}
	return all
}

// services lists the services of both models.
func (in Input) services() []string {
	var list []string
	if in.Lambda != nil {
		for _, s := range in.Lambda.Services {
			list = append(list, s.Name)
		}
	}
	if in.Kubernetes != nil {
		for _, s := range in.Kubernetes.Services {
			list = append(list, s.Name)
		}
	}
	slices.Sort(list)
	return slices.Compact(list)
}
