package compose

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"ambi/importer/draft"
	"ambi/importer/source"
	"ambi/internal/lazyregexp"
	"ambi/spec"
)

// longestData is how long the app's name, a hyphen and that of a cache may be together, which
// AWS takes the shortest of.
const longestData = 31

// dataName is what the spec calls the data that a service becomes.
func (im *importer) dataName(s *service) string {
	longest := longestData - 1 - len(im.app.Name)
	name := im.app.ServiceName(draft.Label(s.name, longest), s.kind.data)
	for i := 2; slices.ContainsFunc(im.outside, func(other *service) bool { return other.named == name }); i++ {
		name = fmt.Sprintf("%s-%d", draft.Label(s.name, longest-3), i)
	}
	return name
}

// used notes that a service uses what becomes data.
func (s *service) used(by *service) {
	if !slices.Contains(s.users, by) {
		s.users = append(s.users, by)
	}
}

// usedBy is what a name of Compose's becomes, where it is data that a service uses.
func (im *importer) usedBy(name string, by *service) *service {
	for _, b := range im.outside {
		if b.name == name && slices.Contains(b.users, by) {
			return b
		}
	}
	return nil
}

// instead is what an app has in place of an address.
func (s *service) instead() string {
	variables := spec.DataVariables(s.named, s.kind.data)
	switch s.kind.data {
	case "bucket":
		return "the app asks S3 itself, and has the bucket's name in " + variables[0]
	case "postgres":
		return fmt.Sprintf("the app has %s, and %s, the ARN of the secret with the user and the password", strings.Join(variables[:3], ", "), variables[3])
	}
	return "the app has " + strings.Join(variables, " and ") + " in its place"
}

// uses gives a service its rights on the data that it waits for, or has the address of. The
// variables that come with them take the place of its own.
func (im *importer) uses(s *service) {
	for _, b := range im.outside {
		if depends := s.node.Get("depends_on"); b.kind.data != "" && depends != nil && slices.Contains(depends.Keys, b.name) {
			b.used(s)
		}
		if !slices.Contains(b.users, s) {
			continue
		}
		s.draft.SetIn([]string{"uses"}, b.named, spec.RightsOf(b.kind.data))
		if b.kind.data != "valkey" { // which asks for no role
			s.draft.Set("kubernetes.identity", "pod-identity")
		}
		for _, name := range spec.DataVariables(b.named, b.kind.data) {
			for _, at := range []string{"env", "secrets"} {
				if given, _ := s.draft.Get(at).(map[string]any); given[name] == nil {
					continue
				}
				s.draft.Drop(at, name)
				s.Note(s.variables[name], draft.Item{
					Fate: draft.Approximated, To: s.draft.Path("uses." + b.named), Why: "comes from uses, with the value of the new " + b.kind.data, Changes: true,
				})
			}
		}
	}
}

// data turns databases, caches and object stores into data of the app.
func (im *importer) data() {
	for _, b := range im.outside {
		if b.kind.data == "" {
			continue
		}
		at := "data." + b.named
		why := ""
		switch b.kind.data {
		case "bucket":
			im.app.Set(at+".bucket", map[string]any{})
			why = "becomes a bucket in S3, made anew, and empty; " + spec.DataVariables(b.named, "bucket")[0] + " has its name, and its users ask S3 itself, as the role that they run as"
		case "postgres":
			im.postgres(b, at+".postgres")
			why = "becomes a database in RDS, made anew, and empty: copy what this one has; its users have " + strings.Join(spec.DataVariables(b.named, "postgres"), ", ") + ", and connect with TLS as the user in that secret"
		case "valkey":
			im.valkey(b, at+".valkey")
			why = "becomes a cache in ElastiCache Serverless, made anew, and empty; its users have " + strings.Join(spec.DataVariables(b.named, "valkey"), " and ") +
				", connect with TLS, without a password and in cluster mode, and keep there only what they can compute again"
		}
		if len(b.users) == 0 {
			why += "; no service is seen to use it: name those that do under uses"
		}
		b.Note(b.node, draft.Item{Fate: draft.Approximated, To: at, Changes: true, Why: why})
		for _, key := range b.node.Keys {
			r := whyData(b.kind.data, key)
			b.Rest(b.node.Child(key), saysNothing(reason{}), func(n *source.Node) (string, bool) { return r.why, r.changes })
		}
	}
}

// version matches the major version in a tag, such as 17.5-alpine, 16-3.4 or pg16.
var version = lazyregexp.New(`^(?:pg|v)?([0-9]{1,2})(?:\.([0-9]+))?(?:$|[.-])`)

// postgres says which version and class a database has.
func (im *importer) postgres(b *service, at string) {
	n := b.node.Get("image")
	folder, last := path.Split(strings.Split(b.image, "@")[0])
	name, tag, _ := strings.Cut(last, ":")
	switch m := version.FindStringSubmatch(tag); {
	case m == nil:
		im.app.Set(at+".version", draft.Unresolved{})
		im.app.Comment(at+".version", "the image's tag says none: write the version that its data has")
		b.Approximate(n, at+".version", "its tag says no version: write the one that its data has into the spec", true)
	case m[2] != "" && m[1] != "9":
		im.app.Set(at+".version", m[1])
		b.Approximate(n, at+".version", "AWS picks the minor version, and updates it", false)
	default:
		im.app.Set(at+".version", m[1])
		b.Carry(n, at+".version")
	}
	if official := slices.Contains([]string{"", "library/", "docker.io/", "docker.io/library/", "bitnami/", "bitnamilegacy/", "docker.io/bitnami/"}, folder); !official || name != "postgres" && name != "postgresql" {
		b.Note(n, draft.Item{Fate: draft.Approximated, To: at, Why: "what its image adds to PostgreSQL has to be among the extensions that RDS has", Changes: true})
	}
	im.app.Set(at+".class", "db.t4g.small")
	im.app.Comment(at+".class", "nothing in the source says how large: choose its class")
	b.Note(b.node, draft.Item{Fate: draft.Approximated, To: at + ".class", Why: "nothing says how large it is: choose its class, which is most of what it costs", Changes: true})
}

// valkey bounds a cache as its container was.
func (im *importer) valkey(b *service, at string) {
	im.app.Set(at, map[string]any{})
	if n := b.node.Get("image"); strings.Contains(b.image, "valkey") {
		b.Carry(n, at)
	} else {
		b.Approximate(n, at, "Valkey stands in for it, with the commands of Redis 7.2", true)
	}
	const unit, most = 1 << 30, 5000
	limit := first(b.node.Get("deploy", "resources", "limits", "memory"), b.node.Get("mem_limit"))
	text, _ := im.text(limit)
	if bytes, ok := bytesOf(text); ok {
		if bytes > unit {
			im.app.Set(at+".maxStorage", fmt.Sprintf("%dGi", min((bytes+unit-1)/unit, most)))
		}
		b.Approximate(limit, at+".maxStorage", "bounds what it stores, in whole Gi", false)
	}
}

// whyData is why a key of a service that becomes data has no place in the spec.
func whyData(kind, key string) reason {
	switch key {
	case "environment", "env_file", "secrets":
		if kind == "postgres" {
			return reason{why: "RDS makes the user postgres, its password and the database: their names change", changes: true}
		}
		return reason{why: "configures the container, which AWS runs another in place of", changes: false}
	case "command", "entrypoint", "configs":
		return reason{why: "AWS sets how it runs: what it changes is set in stacks/data", changes: kind != "bucket"}
	case "volumes":
		return reason{why: "none of its files come along: copy its data, and run what it runs at its start", changes: true}
	case "deploy", "cpus", "mem_limit", "mem_reservation", "shm_size":
		return reason{why: "AWS gives it what it needs; of a database, its class says how much", changes: false}
	case "ports", "expose":
		return reason{why: "only services that use it reach it, in its network", changes: false}
	case "build":
		return reason{why: "AWS runs its own build", changes: true}
	}
	return reason{why: "AWS runs it, and not a container", changes: false}
}
