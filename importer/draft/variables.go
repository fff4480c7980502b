package draft

import (
	"cmp"
	"strings"

	"ambi/importer/source"
	"ambi/internal/lazyregexp"
	"ambi/spec"
)

var (
	// secretName matches variables that are named after what a secret is.
	secretName = lazyregexp.New(`(?i)(^|_)(pass(word|wd|phrase)?|pwd|secrets?|secret_?key(_base)?|token|api_?key|access_?key|private_?key|signing_?key|encryption_?key|credentials?|auth_?key)(_?[0-9]+)?$`)
	// noSecret matches values that are switches, numbers, places or names of other variables.
	noSecret = lazyregexp.New(`^(?i:|true|false|yes|no|on|off|null|none|[0-9.]{1,3}|/\S*|https?://[^@]*|\$\{?[A-Za-z_]*\}?)$`)
)

// Secret reports whether a variable seems to hold a secret: by its value's form, or by its
// name.
func Secret(name, value string) bool {
	if spec.HoldsCredential(value) {
		return true
	}
	return secretNamed(name) && !noSecret.MatchString(value)
}

func secretNamed(name string) bool {
	return secretName.MatchString(camel.ReplaceAllString(name, "${1}_${2}"))
}

// camel is where a word begins in a name such as dbPassword.
var camel = lazyregexp.New(`([a-z0-9])([A-Z])`)

// NoVariable is the reason that a name such as a-b or X cannot be a variable's.
const NoVariable = "is no name of a variable on Lambda: it takes a letter, and then one or more letters, digits or underscores"

// Variable sets an environment variable of a service from a value of the source. What
// looks like a secret becomes a reference to one that the user has to make.
func (s *Service) Variable(a *App, o Object, n *source.Node, name, value string) {
	to := s.Path("env." + name)
	switch owner := spec.SetByPlatform(name); {
	case name == "":
		o.Leave(n, "a variable without a name", false)
	case !spec.ValidVariable(name):
		o.Leave(n, NoVariable, true)
	case owner != "":
		o.Leave(n, strings.TrimSuffix(owner, ",")+" sets "+name+" itself; on Kubernetes nothing does, unless the app's image does", true)
	case Secret(name, value):
		s.Reference(name, s.secretObject(a), name)
		s.Comment("secrets."+name, "was written out: keep it as a secret of this name")
		o.Approximate(n, s.Path("secrets."+name), "looks like a secret, and a spec holds none: create the secret "+s.secretObject(a)+" with the key "+name, true)
	default:
		s.Drop("secrets", name)
		s.SetIn([]string{"env"}, name, value)
		o.Carry(n, to)
	}
}

// secretObject is the secret that values of the source are to be kept in.
func (s *Service) secretObject(a *App) string { return cmp.Or(s.Secrets, a.Name+"-"+s.Name) }

// Reference sets a variable that a key of a secret holds.
func (s *Service) Reference(name, object, key string) {
	s.Drop("env", name)
	s.SetIn([]string{"secrets"}, name, map[string]any{"name": object, "key": key})
}

// Missing sets a variable whose value the source does not hold, so that validate asks for
// it; where its name says that it holds a secret, it refers to one that the user has to make.
func (s *Service) Missing(a *App, o Object, n *source.Node, name, why string) {
	switch {
	case !spec.ValidVariable(name):
		o.Leave(n, NoVariable, true)
		return
	case spec.SetByPlatform(name) != "":
		o.Leave(n, "the platform sets "+name+" itself", true)
		return
	}
	if n.Secret || secretNamed(name) {
		s.Reference(name, s.secretObject(a), name)
		s.Comment("secrets."+name, "%s", why)
		o.Approximate(n, s.Path("secrets."+name), why+": make the secret "+s.secretObject(a)+" with the key "+name, true)
		return
	}
	s.SetIn([]string{"env"}, name, Unresolved{})
	s.Comment("env."+name, "%s", why)
	o.Approximate(n, s.Path("env."+name), why+": write the value into the spec", true)
}

// Path is where the spec has something of the service.
func (s *Service) Path(path string) string {
	if path == "" {
		return "services." + s.Name
	}
	return "services." + s.Name + "." + path
}
